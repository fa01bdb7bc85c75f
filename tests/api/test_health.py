"""What the machines ask: alive, able to work, counted, and a log that tells no secrets."""

import logging
import re
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from tests.api.browser import PASSWORD, Browser, an_email
from tests.factories import Business, Visitor, a_business
from tests.waiting import until
from vulkn_app.local.ports import free_port
from vulkn_app.local.supabase import Supabase
from vulkn_app.logs import set_up_logs
from vulkn_app.settings import settings

SECRET_QUESTION = "¿Abren hoy? Soy Luis Tovar, luis.tovar@correo.example, 55 4321 8765"
TOLD = ("¿Abren hoy?", "Tovar", "luis.tovar@", "4321 8765", "43218765")


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def maintenance(database_url: str) -> Iterator[Callable[[], None]]:
    """Takes the database away: nobody is let in and who was in is out. Given back at the end."""
    name = database_url.rpartition("/")[2]
    with psycopg.connect(database_url.replace(f"/{name}", "/postgres"), autocommit=True) as admin:

        def allow(yes: bool) -> None:
            admin.execute(f"alter database {name} with allow_connections {str(yes).lower()}".encode())

        def away() -> None:
            allow(False)
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,)
            )

        yield away
        allow(True)


@pytest.fixture
def readable_logs(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """As production writes them, and whatever the libraries say at INFO."""
    before = structlog.get_config()
    monkeypatch.setattr(settings, "log_json", True)
    levels = {name: logging.getLogger(name).level for name in ("httpx", "psycopg.pool", "procrastinate")}
    caplog.set_level(logging.INFO)
    set_up_logs()
    yield
    structlog.configure(**before)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def test_the_process_says_that_it_lives(http: httpx.AsyncClient) -> None:
    answer = await http.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_ready_when_every_part_answers(auth_server: Supabase, http: httpx.AsyncClient) -> None:
    answer = await http.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "queue": "ok", "auth": "ok"}


async def test_without_the_auth_server_it_is_not_ready_and_says_why(
    auth_server: Supabase, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "supabase_url", f"http://127.0.0.1:{free_port()}")

    answer = await http.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "away", "database": "ok", "queue": "ok", "auth": "away"}


async def test_without_the_database_it_is_alive_but_not_ready_and_recovers(
    http: httpx.AsyncClient, maintenance: Callable[[], None], database_url: str
) -> None:
    maintenance()

    away = await http.get("/readyz")

    assert away.status_code == 503
    assert (away.json()["database"], away.json()["queue"]) == ("away", "away")
    assert (await http.get("/healthz")).status_code == 200


async def test_a_lost_database_comes_back_without_a_restart(
    auth_server: Supabase, http: httpx.AsyncClient, database_url: str
) -> None:
    assert (await http.get("/readyz")).status_code == 200
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )

    async def ready() -> bool:
        return (await http.get("/readyz")).status_code == 200

    await until(ready)


async def test_metrics_count_turns_and_refusals_without_naming_anybody(
    http: httpx.AsyncClient, business: Business, database_url: str
) -> None:
    other = a_business(database_url)
    for slug in (business.slug, other.slug):
        visitor = Visitor(http, slug)
        await visitor.open()
        await visitor.ask("¿A qué hora abren?")
    await http.get("/api/widget/nobody-here/config")

    scraped = (await http.get("/metrics")).text

    families = {family.name: family for family in text_string_to_metric_families(scraped)}
    counted = {
        (sample.name, *sorted(sample.labels.items()))
        for name, family in families.items()
        if name.startswith("vulkn_")
        for sample in family.samples
    }
    assert ("vulkn_turns_total", ("outcome", "answered")) in counted
    assert ("vulkn_refused_total", ("code", "unknown_business")) in counted
    labels = {label for family in families.values() for sample in family.samples for label in sample.labels}
    assert not {label for label in labels if re.search("org|tenant|slug|business|user|email", label)}
    for named in (business.slug, other.slug, str(business.org_id), str(other.org_id)):
        assert named not in scraped


@pytest.fixture
async def told(
    readable_logs: None,
    auth_server: Supabase,
    served: str,
    business: Business,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> dict[str, str]:
    """Everything that is printed while somebody signs up, fails to sign in, asks and resets; and what is secret."""
    email, browser = an_email(), Browser(served)
    async with browser.http as http:
        await browser.sign_up(email, name="Berenice")
        sid = browser.sid
        await browser.sign_in(email, "contraseña-mala")
        await browser.sign_in(email)
        await browser.post("reset", email=email)
        visitor = Visitor(http, business.slug)
        await visitor.open()
        answer = await visitor.ask(SECRET_QUESTION)
        token = visitor.token
        visitor.token = "forged-token-of-nobody"
        await visitor.ask("hola")
    printed = "".join(capsys.readouterr()) + caplog.text
    return {
        "printed": printed,
        "conversation": visitor.conversation_id,
        "email": email,
        "sid": sid,
        "visitor": token,
        "answer": answer.text,
    }


async def test_a_turn_leaves_a_line_with_its_ids(told: dict[str, str], business: Business) -> None:
    line = next(line for line in told["printed"].splitlines() if '"turn.done"' in line)

    assert f'"org": "{business.org_id}"' in line
    assert f'"conversation": "{told["conversation"]}"' in line
    assert re.search(r'"turn": "[0-9a-f-]{36}"', line)
    assert '"level": "info"' in line


async def test_signing_in_and_failing_to_leave_lines(told: dict[str, str]) -> None:
    lines = told["printed"].splitlines()

    assert any('"account.entered"' in line and re.search(r'"user": "[0-9a-f-]{36}"', line) for line in lines)
    assert any('"account.refused"' in line and '"wrong_credentials"' in line for line in lines)


async def test_no_line_tells_a_secret_or_what_anybody_wrote(told: dict[str, str]) -> None:
    secrets = [
        told["email"],
        told["sid"],
        told["visitor"],
        told["answer"],
        PASSWORD,
        "contraseña-mala",
        "Berenice",
    ]
    secrets += [
        "eyJ",
        "forged-token-of-nobody",
        "refresh_token",
        settings.supabase_publishable_key or "-",
        *TOLD,
    ]

    assert all(secrets)
    assert [secret for secret in secrets if secret in told["printed"]] == []
