"""Where knowledge comes from, and the imports that bring it in."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database


class SourceKind(StrEnum):
    FILE = "file"
    PAGE = "page"


class ImportState(StrEnum):
    """waiting → reading → ready → confirmed → applying → done; `failed` and `cancelled` end it before."""

    WAITING = "waiting"
    READING = "reading"
    READY = "ready"
    CONFIRMED = "confirmed"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RowState(StrEnum):
    """What becomes of a row."""

    OK = "ok"
    REPLACE = "replace"
    DUPLICATE = "duplicate"
    ERROR = "error"


class KnowledgeSource(SQLModel, table=True):
    """A file or a site; its entries go with it."""

    __tablename__ = "knowledge_sources"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    kind: SourceKind = Field(sa_type=Text)
    name: str
    created_at: datetime = made_by_database(Moment)
    updated_at: datetime = made_by_database(Moment)
    created_by: UUID | None = made_by_database(nullable=True)


class KnowledgeImport(SQLModel, table=True):
    """One file or site on its way in."""

    __tablename__ = "knowledge_imports"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    kind: SourceKind = Field(sa_type=Text)
    name: str
    size: int = made_by_database()
    pages: int = made_by_database()
    state: ImportState = made_by_database(Text)
    progress: int = made_by_database()
    total: int = made_by_database()
    problem: str | None = made_by_database(nullable=True)
    counts: dict[str, Any] = made_by_database(Document)
    changes: int = made_by_database()
    source_id: UUID | None = made_by_database(nullable=True)
    attempt: int = made_by_database()
    lease_until: datetime | None = made_by_database(Moment, nullable=True)
    created_at: datetime = made_by_database(Moment)
    created_by: UUID | None = made_by_database(nullable=True)
    decided_by: UUID | None = made_by_database(nullable=True)
    finished_at: datetime | None = made_by_database(Moment, nullable=True)


class KnowledgeImportRow(SQLModel, table=True):
    """One entry that an import would make, and what becomes of it."""

    __tablename__ = "knowledge_import_rows"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    import_id: UUID = Field(primary_key=True)
    place: int = Field(primary_key=True)
    line: int
    state: RowState = Field(sa_type=Text)
    title: str = made_by_database()
    language: str = made_by_database()
    problem: str | None = None
    entry: dict[str, Any] | None = Field(default=None, sa_type=Document)
    before: str | None = None
    skipped: bool = made_by_database()
