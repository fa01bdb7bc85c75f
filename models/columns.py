"""The column shapes that SQLModel does not bring along."""

from typing import Any

from sqlalchemy import DateTime, FetchedValue
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


class Moment(DateTime):
    """timestamptz."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)


class Document(JSONB):
    """jsonb, where None is an absent value and not the JSON word null."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)


def made_by_database(sa_type: Any = None, **more: Any) -> Any:
    """A column that an insert leaves out and reads back: an id, a moment, a counter, a default.

    Nobody holds the right to insert these columns, so a value set here would be refused."""
    more = {"default": None, "nullable": False, "sa_column_kwargs": {"server_default": FetchedValue()}} | more
    return Field(sa_type=sa_type, **more) if sa_type else Field(**more)
