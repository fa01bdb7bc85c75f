"""Businesses on a certain plan, and people to join them."""

import hashlib
import json
from uuid import UUID, uuid4

import psycopg

from tests.factories import Business, a_business


def on_plan(url: str, plan: str) -> Business:
    """By the house's word: no trial, nobody pays."""
    return a_business(url, plan=plan)


def root(url: str, statement: str, *values: object) -> list[tuple]:
    """As the superuser."""
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def as_person(url: str, user_id: UUID, statement: str, *values: object) -> list[tuple]:
    """As PostgREST lets a person's own token act: no code of ours in between."""
    with psycopg.connect(url) as connection:
        claims = json.dumps({"sub": str(user_id), "role": "authenticated"})
        connection.execute(
            "select set_config('request.jwt.claims', %s, true), set_config('role', 'authenticated', true)",
            (claims,),
        )
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]


def somebody(url: str) -> tuple[UUID, str]:
    """A person with an account and no business."""
    user_id = uuid4()
    email = f"{user_id.hex}@somebody.test"
    root(url, "insert into auth.users (id, email) values (%s, %s)", user_id, email)
    root(url, "insert into profiles (user_id, email, name) values (%s, %s, 'Eva')", user_id, email)
    return user_id, email


def joins(url: str, business: Business, count: int = 1) -> None:
    for _ in range(count):
        user_id, _ = somebody(url)
        root(
            url,
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'member')",
            business.org_id,
            user_id,
        )


def invited(url: str, business: Business, email: str) -> str:
    """An invitation from a time when there was room for it."""
    token = uuid4().hex
    root(
        url,
        "with off as (select set_config('session_replication_role', 'replica', false))"
        " insert into invitations (org_id, email, role, token_hash) select %s, %s, 'member', %s from off",
        business.org_id,
        email,
        hashlib.sha256(token.encode()).digest(),
    )
    return token


def knows(url: str, business: Business, count: int) -> None:
    root(
        url,
        "insert into knowledge_entries (org_id, title, body)"
        " select %s, 'Dato ' || n || ' ' || gen_random_uuid(), 'Texto' from generate_series(1, %s) n",
        business.org_id,
        count,
    )


def alerts(url: str, business: Business) -> list[str]:
    found = root(
        url,
        "select coalesce(detail ->> 'what', detail ->> 'percent') from alerts where org_id = %s order by created_at",
        business.org_id,
    )
    return [row[0] for row in found]


def plan_of(url: str, business: Business) -> tuple[str, str]:
    """The plan, and how it was come by."""
    query = (
        "select o.plan, s.state from organizations o join subscriptions s on s.org_id = o.id where o.id = %s"
    )
    return root(url, query, business.org_id)[0]
