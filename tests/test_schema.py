"""models/ says what the database has: a column that only one of the two knows is found here, not in production."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from typing import Any, get_args

import psycopg
import pytest
from sqlalchemy import Column, NullPool, Table, text
from sqlalchemy.dialects import postgresql
from sqlmodel import Session, SQLModel, create_engine, select

import models
from models.agents import Agent, Channel, ChannelKind
from models.conversations import Contact, Conversation, Message, Sender
from models.knowledge import KnowledgeEntry
from models.organizations import Invitation
from tests.factories import a_business
from vulkn_app.db import BECOME_MEMBER

for module in pkgutil.iter_modules(models.__path__):
    importlib.import_module(f"models.{module.name}")

VIEWS = ("lead_cards",)
# Nobody may read it, so the model does not have it.
LEFT_OUT = {("invitations", "token_hash")}

# Copied by the database from a column that has the check.
COPIED = {("conversations", "last_sender")}

COLUMNS = """
  select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
    and a.attnum > 0 and not a.attisdropped
"""
KEYS = """
  select c.relname, array_agg(a.attname::text order by a.attnum) from pg_index i
  join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
  where i.indisprimary group by 1
"""
CLOSED_SETS = """
  select c.relname, a.attname, substring(pg_get_constraintdef(k.oid) from 'ARRAY\\[(.*)\\]') from pg_constraint k
  join pg_class c on c.oid = k.conrelid and c.relnamespace = 'public'::regnamespace
  join pg_attribute a on a.attrelid = c.oid and k.conkey = array[a.attnum]
  where k.contype = 'c' and pg_get_constraintdef(k.oid) ~ '= ANY'
"""
NOT_INSERTABLE = """
  select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    and has_any_column_privilege(%(role)s, c.oid, 'insert')
    and not has_column_privilege(%(role)s, c.oid, a.attnum, 'insert')
"""


@pytest.fixture(scope="module")
def catalogue(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def test_every_table_and_column_has_its_model_and_no_model_is_alone(catalogue: psycopg.Connection) -> None:
    in_database = {(table, column) for table, column, *_ in catalogue.execute(COLUMNS).fetchall()}

    assert in_database - LEFT_OUT == {(column.table.name, column.name) for column in _columns()}


def test_types_are_the_same(catalogue: psycopg.Connection) -> None:
    in_database = {
        (table, column): type_ for table, column, type_, _ in catalogue.execute(COLUMNS).fetchall()
    }

    assert {name: type_ for name, type_ in in_database.items() if name not in LEFT_OUT} == {
        (column.table.name, column.name): _type(column) for column in _columns()
    }


def test_what_may_be_null_is_the_same(catalogue: psycopg.Connection) -> None:
    in_database = {
        (table, column): nullable
        for table, column, _, nullable in catalogue.execute(COLUMNS).fetchall()
        if table not in VIEWS and (table, column) not in LEFT_OUT
    }

    assert in_database == {
        (column.table.name, column.name): column.nullable
        for column in _columns()
        if column.table.name not in VIEWS
    }


def test_primary_keys_are_the_same(catalogue: psycopg.Connection) -> None:
    in_database = {table: set(columns) for table, columns in catalogue.execute(KEYS).fetchall()}

    assert in_database == {
        table.name: {column.name for column in table.primary_key}
        for table in _tables()
        if table.name not in VIEWS
    }


def test_every_closed_set_is_an_enum_with_the_same_values(catalogue: psycopg.Connection) -> None:
    in_database = {
        (table, column): set(re.findall(r"-?\w+", re.sub(r"::\w+", "", values)))
        for table, column, values in catalogue.execute(CLOSED_SETS).fetchall()
    }

    assert in_database == {
        name: {str(value.value) for value in values}
        for name, values in _enums()
        if name[0] not in VIEWS and name not in COPIED
    }


@pytest.mark.parametrize("role", ["vulkn_web", "authenticated"])
def test_a_column_that_people_may_not_insert_is_left_to_the_database(
    catalogue: psycopg.Connection, role: str
) -> None:
    refused = set(catalogue.execute(NOT_INSERTABLE, {"role": role}).fetchall()) - LEFT_OUT
    filled_in = {(column.table.name, column.name) for column in _columns() if column.server_default is None}

    assert not refused & filled_in, "an insert through the model would name these columns and be refused"


def test_a_person_adds_rows_through_the_models(database_url: str) -> None:
    business = a_business(database_url)
    org, author = business.org_id, business.owner.user_id
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    with Session(engine) as session:
        channel = session.exec(select(Channel).where(Channel.org_id == org)).one()
        contact = Contact(org_id=org)
        session.add(contact)
        session.flush()
        conversation = Conversation(org_id=org, channel_id=channel.id, contact_id=contact.id)
        session.add(conversation)
        session.flush()
        session.execute(BECOME_MEMBER, {"claims": business.owner.claims})
        session.execute(text("set local role vulkn_web"))
        rows = [
            Agent(org_id=org, name="Luz"),
            Channel(org_id=org, agent_id=channel.agent_id, kind=ChannelKind.WEB),
            KnowledgeEntry(org_id=org, title="Hours", body="9 to 5"),
            Message(
                org_id=org,
                conversation_id=conversation.id,
                sender=Sender.HUMAN,
                body="hola",
                author_id=author,
            ),
        ]
        session.add_all(rows)
        session.flush()

        assert all(row.id for row in rows)
        assert session.exec(select(Message.seq).where(Message.org_id == org)).all() == [1]
        assert session.exec(select(Invitation)).all() == []
        session.rollback()


def _tables() -> list[Table]:
    return list(SQLModel.metadata.tables.values())


def _columns() -> list[Column[Any]]:
    return [column for table in _tables() for column in table.columns]


def _type(column: Column[Any]) -> str:
    name = column.type.compile(dialect=postgresql.dialect()).lower()
    return name.replace("varchar", "text")


def _enums() -> Iterator[tuple[tuple[str, str], type[StrEnum] | type[IntEnum]]]:
    for mapper in SQLModel._sa_registry.mappers:
        model = mapper.class_
        for name, field in model.model_fields.items():
            for kind in (field.annotation, *get_args(field.annotation)):
                if isinstance(kind, type) and issubclass(kind, StrEnum | IntEnum):
                    yield (model.__tablename__, name), kind
