"""The exam before an agent meets customers: what was asked, what was answered, what counted."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Text, Uuid
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment, made_by_database
from models.knowledge import EntryLanguage


class ExamState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class QuestionKind(StrEnum):
    OWN = "own"
    VERTICAL = "vertical"
    TRAP = "trap"


class QuestionRule(StrEnum):
    ANSWER = "answer"
    DECLINE = "decline"
    GRANT = "grant"
    REVEAL = "reveal"
    PREMISE = "premise"


class Exam(SQLModel, table=True):
    """Begun by app.exam_begin, sat by the worker; `score` of 100."""

    __tablename__ = "exams"  # pyright: ignore[reportAssignmentType]

    id: UUID = made_by_database(primary_key=True)
    org_id: UUID
    seed: int
    state: ExamState = Field(default=ExamState.WAITING, sa_type=Text)
    attempt: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    total: int
    answered: int = 0
    passed: int = 0
    score: int | None = None
    created_at: datetime = made_by_database(Moment)
    created_by: UUID | None = None
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    override_reason: str | None = None
    overridden_at: datetime | None = Field(default=None, sa_type=Moment)
    overridden_by: UUID | None = None


class ExamQuestion(SQLModel, table=True):
    """`expects`: groups of entries, one of each stands behind a good answer; `before`: how it went the last time."""

    __tablename__ = "exam_questions"  # pyright: ignore[reportAssignmentType]

    org_id: UUID = Field(primary_key=True)
    exam_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: QuestionKind = Field(sa_type=Text)
    rule: QuestionRule = Field(sa_type=Text)
    style: str = ""
    key: str = ""
    language: EntryLanguage = Field(sa_type=Text)
    question: str
    expects: list[Any] = Field(default_factory=list, sa_type=Document)
    never: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    before: bool | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    answer: str = ""
    outcome: str = ""
    sources: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    reasons: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    passed: bool | None = None
    cost_micro_usd: int = Field(default=0, sa_type=BigInteger)
