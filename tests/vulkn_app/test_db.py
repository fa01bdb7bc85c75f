"""Which address is asked for what, where the database is a Supabase project's."""

import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from vulkn_app.db import _prepare_after, login_dsn, session_dsn
from vulkn_app.settings import settings

POOLER = "postgresql://postgres.abcd:x@aws-0-us-east-1.pooler.supabase.com:{port}/postgres?sslmode=require"


@pytest.mark.parametrize(("port", "prepared_after"), [(6543, None), (5432, 2)])
def test_nothing_is_prepared_behind_the_transaction_pooler(
    port: int, prepared_after: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "database_url", POOLER.format(port=port))
    monkeypatch.setattr(settings, "vulkn_secret_key", SecretStr("x"))

    dsn = login_dsn("vulkn_engine")

    parts = conninfo_to_dict(dsn)
    assert parts["user"] == "vulkn_engine.abcd"
    assert int(str(parts["keepalives_idle"])) + int(str(parts["keepalives_interval"])) * 3 <= 60
    assert _prepare_after(dsn) == prepared_after


@pytest.mark.parametrize(("port", "there"), [(6543, "5432"), (5432, "5432"), (7000, "7000")])
def test_what_needs_a_session_goes_around_the_transaction_pooler(port: int, there: str) -> None:
    parts = conninfo_to_dict(session_dsn(POOLER.format(port=port)))

    assert parts["port"] == there
    assert (parts["user"], parts["sslmode"]) == ("postgres.abcd", "require")
