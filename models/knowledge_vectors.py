"""What entries mean, as a model of embeddings puts it."""

from uuid import UUID

from sqlalchemy import ARRAY, Column
from sqlalchemy.dialects.postgresql import REAL
from sqlmodel import Field, SQLModel


class KnowledgeVector(SQLModel, table=True):
    """One entry's; `digest` tells whether its words or the model changed since."""

    __tablename__ = "knowledge_vectors"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    digest: str
    vector: list[float] = Field(sa_column=Column(ARRAY(REAL), nullable=False))
