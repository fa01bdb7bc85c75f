"""The local Supabase behaves like a project where it matters to us."""

import email
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from vulkn_app.local.bootstrap import AUTH_LOGIN
from vulkn_app.local.children import run
from vulkn_app.local.supabase import Supabase, node

PRIVILEGES = """
    select coalesce(relacl::text, ''), (select string_agg(attacl::text, ' ' order by attnum) from pg_attribute where attrelid = c.oid)
    from pg_class c join pg_namespace n on n.oid = relnamespace
    where nspname in ('public', 'app', 'auth') order by c.oid
"""
TABLES = """
    select table_name, column_name, data_type, is_nullable from information_schema.columns
    where table_schema = 'auth' order by 1, 2
"""


@pytest.fixture
async def browser(local_supabase: Supabase) -> AsyncIterator[AsyncClient]:
    """Somebody with the publishable key."""
    key = local_supabase.keys.publishable_key.get_secret_value()
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
        options = AsyncClientOptions(auto_refresh_token=False, persist_session=False, httpx_client=http)
        yield await acreate_client(local_supabase.url, key, options)


async def test_serving_requests_changes_no_grant(browser: AsyncClient, database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        before = admin.execute(PRIVILEGES).fetchall()
    await browser.auth.sign_up({"email": "grants@example.com", "password": "secreto-123"})

    with pytest.raises(Exception, match=r"42501|PGRST205"):
        await browser.table("organizations").delete().eq("slug", "x").execute()

    with psycopg.connect(database_url) as admin:
        assert admin.execute(PRIVILEGES).fetchall() == before


def test_its_login_is_no_superuser_and_owns_only_auth(database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        rights = "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = %s"
        owned = "select distinct relnamespace::regnamespace::text from pg_class where relowner = %s::regrole"

        assert admin.execute(rights, [AUTH_LOGIN]).fetchone() == (False, False, False, False)
        assert admin.execute(owned, [AUTH_LOGIN]).fetchall() in (
            [("auth",), ("pg_toast",)],
            [("pg_toast",), ("auth",)],
        )


async def test_a_forgotten_password_is_replaced_through_the_link_in_the_mail(
    browser: AsyncClient, local_supabase: Supabase
) -> None:
    await browser.auth.sign_up({"email": "olvido@example.com", "password": "secreto-123"})

    await browser.auth.reset_password_for_email("olvido@example.com")
    link = _link(local_supabase.mail)
    token = re.search(r"token_hash=([^&\"]+)", link)
    assert link.startswith("http://127.0.0.1:8000/reset?")
    assert token
    await browser.auth.verify_otp({"token_hash": token[1], "type": "recovery"})
    await browser.auth.update_user({"password": "otro-secreto"})

    assert (
        await browser.auth.sign_in_with_password({"email": "olvido@example.com", "password": "otro-secreto"})
    ).session
    with pytest.raises(Exception, match="expired"):
        await browser.auth.verify_otp({"token_hash": token[1], "type": "recovery"})


async def test_a_restart_keeps_address_and_sessions(browser: AsyncClient, local_supabase: Supabase) -> None:
    signed = await browser.auth.sign_up({"email": "sigue@example.com", "password": "secreto-123"})
    assert signed.session
    address = local_supabase.url

    await local_supabase.stop()
    await local_supabase.start()

    assert local_supabase.url == address
    assert (await browser.auth.refresh_session(signed.session.refresh_token)).user


async def test_our_auth_tables_are_those_of_the_package(
    supabase_home: Path, new_database: Callable[[], str]
) -> None:
    """The bootstrap carries a copy of its schema; an upgrade of the package must not drift from it."""
    package = f"{supabase_home}/node_modules/@supabase/lite/dist/index.js"
    script = f'import {{getAuthSchemaSql as sql}} from "{package}"; console.log(sql())'
    theirs = await run([node(), "--input-type=module", "-e", script], within=timedelta(seconds=30))
    with psycopg.connect(new_database(), autocommit=True) as admin:
        ours = admin.execute(TABLES).fetchall()
        admin.execute("drop schema auth cascade")
        admin.execute(theirs.encode())

        assert ours == admin.execute(TABLES).fetchall()


def _link(mail: Path) -> str:
    newest = max(mail.glob("*.eml"))
    body = email.message_from_bytes(newest.read_bytes()).get_payload(decode=True)
    assert isinstance(body, bytes)
    found = re.search(r'href="([^"]+)"', body.decode())
    assert found
    return found[1].replace("&amp;", "&")
