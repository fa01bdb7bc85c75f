"""An import from the upload to the entries: shown first, written whole or not at all, by whom it was allowed."""

import asyncio
import json
import zipfile
from io import BytesIO

import psycopg
import pytest

from models.knowledge_imports import ImportState, RowState
from tests.factories import Business, a_business
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, NotAllowed, NotFound, TooMuch
from vulkn_app.knowledge import incoming
from vulkn_app.knowledge.sources import work

pytestmark = pytest.mark.usefixtures("deployment")

PRICES = "Servicio;Precio\nLimpieza;$650\nBlanqueamiento;$2,400\n;\n".encode("cp1252")


@pytest.fixture
def business(database_url: str) -> Business:
    """Nobody else's imports wait."""
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("delete from knowledge_imports")
    return a_business(database_url, knowledge=())


async def brought_in(member: Member, name: str, content: bytes) -> incoming.Incoming:
    """Handed in, read, confirmed, written."""
    made = await incoming.begin_file(member, name, content)
    await work.do_waiting()
    if (await found(member, made)).state is ImportState.READY:
        await incoming.confirm(member, made)
        await work.do_waiting()
    return await found(member, made)


async def found(member: Member, import_id: object) -> incoming.Incoming:
    return next(one for one in await incoming.latest(member) if one.id == import_id)


def entries(url: str, business: Business) -> list[tuple[str, str]]:
    with psycopg.connect(url) as admin:
        return admin.execute(
            "select title, body from knowledge_entries where org_id = %s order by title", [business.org_id]
        ).fetchall()


async def test_nothing_is_written_before_somebody_says_yes(database_url: str, business: Business) -> None:
    made = await incoming.begin_file(business.owner, "precios.csv", PRICES)
    await work.do_waiting()

    shown, total = await incoming.rows(business.owner, made)

    assert entries(database_url, business) == []
    assert (await found(business.owner, made)).state is ImportState.READY
    assert [(row.state, row.title, row.body) for row in shown] == [
        (RowState.OK, "Limpieza", "Limpieza\nPrecio: $650"),
        (RowState.OK, "Blanqueamiento", "Blanqueamiento\nPrecio: $2,400"),
    ]
    assert total == 2


async def test_what_no_database_stores_costs_its_row_only(database_url: str, business: Business) -> None:
    """NULs and halves of characters, in every field that a row of the plan repeats."""
    half, nul = "\ud83d", "\x00"
    rows = [
        {"title": f"A{half}", "text": f"a{nul}"},
        {"title": f"B{nul}", "language": f"{half}{nul}", "text": "b"},
        {
            "title": f"C{nul}",
            "text": f"c{nul}c",
            "source": f"s{half}",
            "twin": f"t{half}{nul}",
            "language": "es",
        },
    ]

    done = await brought_in(business.owner, "k.jsonl", "\n".join(map(json.dumps, rows)).encode())

    assert (done.state, done.fresh, done.faulty) == (ImportState.DONE, 1, 2)
    assert entries(database_url, business) == [("C", "cc")]


async def test_the_same_file_again_changes_nothing(database_url: str, business: Business) -> None:
    first = await brought_in(business.owner, "precios.csv", PRICES)
    again = await brought_in(business.owner, "precios.csv", PRICES)

    assert (first.changes, again.changes) == (2, 0)
    assert (again.state, again.repeated) == (ImportState.DONE, 2)
    assert len(entries(database_url, business)) == 2


async def test_a_row_that_was_left_out_is_not_written(database_url: str, business: Business) -> None:
    made = await incoming.begin_file(business.owner, "precios.csv", PRICES)
    await work.do_waiting()
    shown, _ = await incoming.rows(business.owner, made)

    await incoming.leave_out(business.owner, made, shown[0].place, skipped=True)
    await incoming.confirm(business.owner, made)
    await work.do_waiting()

    assert [title for title, _ in entries(database_url, business)] == ["Blanqueamiento"]


async def test_history_and_audit_name_the_person_who_confirmed(database_url: str, business: Business) -> None:
    await brought_in(business.owner, "precios.csv", PRICES)

    with psycopg.connect(database_url) as admin:
        authors = admin.execute(
            "select distinct updated_by from knowledge_entries where org_id = %s", [business.org_id]
        ).fetchall()
        noted = admin.execute(
            "select action, actor_id from audit_log where org_id = %s and entity = 'knowledge_imports' order by seq",
            [business.org_id],
        ).fetchall()
    person = business.owner.user_id
    assert authors == [(person,)]
    assert noted == [
        ("import_begun", person),
        ("import_confirmed", person),
        ("import_applied", person),
    ]


async def test_somebody_who_left_in_the_meantime_writes_nothing(
    database_url: str, business: Business
) -> None:
    member = a_member(database_url, business)
    made = await incoming.begin_file(member, "precios.csv", PRICES)
    await work.do_waiting()
    await incoming.confirm(member, made)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "delete from memberships where user_id = %s and org_id = %s", [member.user_id, business.org_id]
        )

    await work.do_waiting()

    ended = await found(business.owner, made)
    assert (ended.state, ended.problem) == (ImportState.FAILED, "no_longer_allowed")
    assert entries(database_url, business) == []


async def test_one_bad_file_does_not_stop_the_others(business: Business) -> None:
    names = {
        "roto.pdf": b"%PDF-1.7 nothing follows",
        "bomba.zip": a_bomb(),
        "raro.xyz": b"?",
        "vacio.csv": b"",
        "bien.txt": "Pregunta: ¿Hay wifi?\nRespuesta: Sí, gratis.".encode(),
    }
    made = {name: await incoming.begin_file(business.owner, name, content) for name, content in names.items()}

    await work.do_waiting()

    ended = {name: await found(business.owner, made[name]) for name in names}
    assert {name: (one.state, one.problem) for name, one in ended.items()} == {
        "roto.pdf": (ImportState.FAILED, "broken"),
        "bomba.zip": (ImportState.FAILED, "zip_bomb"),
        "raro.xyz": (ImportState.FAILED, "unknown_format"),
        "vacio.csv": (ImportState.FAILED, "file_empty"),
        "bien.txt": (ImportState.READY, ""),
    }


async def test_an_import_whose_process_died_is_begun_again(database_url: str, business: Business) -> None:
    made = await incoming.begin_file(business.owner, "precios.csv", PRICES)
    lost = await work._claim()
    assert lost
    assert await work.do_waiting() == 0  # its lease still holds
    expire(database_url)

    await work.do_waiting()
    await work.do(lost)  # the first one was only slow: it changes nothing any more

    shown, total = await incoming.rows(business.owner, made)
    assert ((await found(business.owner, made)).state, total, len(shown)) == (ImportState.READY, 2, 2)


async def test_a_writer_that_died_left_nothing_half_done(database_url: str, business: Business) -> None:
    made = await incoming.begin_file(business.owner, "precios.csv", PRICES)
    await work.do_waiting()
    await incoming.confirm(business.owner, made)
    lost = await work._claim()
    assert lost
    assert lost.state == "applying"
    expire(database_url)

    await work.do_waiting()
    await work.do(lost)

    assert (await found(business.owner, made)).changes == 2
    assert len(entries(database_url, business)) == 2


async def test_what_kills_every_process_is_given_up(database_url: str, business: Business) -> None:
    made = await incoming.begin_file(business.owner, "precios.csv", PRICES)
    for _ in range(3):
        assert await work._claim()
        expire(database_url)

    assert await work._claim() is None

    ended = await found(business.owner, made)
    assert (ended.state, ended.problem) == (ImportState.FAILED, "gave_up")
    with psycopg.connect(database_url) as admin:
        kept = "select count(*) from app.import_files where import_id = %s"
        assert admin.execute(kept, [made]).fetchone() == (0,)


async def test_a_cancelled_import_leaves_nothing(database_url: str, business: Business) -> None:
    made = await incoming.begin_file(business.owner, "precios.csv", PRICES)
    job = await work._claim()
    assert job
    await incoming.discard(business.owner, made)

    await work.do(job)

    assert [one.id for one in await incoming.latest(business.owner)] == []
    with pytest.raises(NotFound):
        await incoming.confirm(business.owner, made)
    with psycopg.connect(database_url) as admin:
        for table in ("app.import_files", "knowledge_import_rows"):
            counted = f"select count(*) from {table} where import_id = %s".encode()
            assert admin.execute(counted, [made]).fetchone() == (0,)


async def test_nobody_touches_another_business_s_imports(database_url: str, business: Business) -> None:
    other = a_business(database_url, knowledge=())
    intruder = Member(other.owner.user_id, business.org_id, "owner")
    made = await incoming.begin_file(business.owner, "precios.csv", PRICES)
    await work.do_waiting()

    with pytest.raises(NotAllowed):
        await incoming.begin_file(intruder, "x.csv", PRICES)
    with pytest.raises(NotAllowed):
        await incoming.confirm(intruder, made)
    with pytest.raises(NotFound):
        await incoming.confirm(other.owner, made)
    with pytest.raises(NotFound):
        await incoming.leave_out(intruder, made, 1, skipped=True)
    assert await incoming.latest(intruder) == []
    assert await incoming.rows(intruder, made) == ([], 0)


async def test_a_source_goes_with_what_came_from_it_and_not_with_what_a_person_wrote(
    database_url: str, business: Business
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute(
            "insert into knowledge_entries (org_id, title, body) values (%s, 'Limpieza', 'a mano')",
            [business.org_id],
        )
    await brought_in(business.owner, "precios.csv", PRICES)
    (source,) = await incoming.sources(business.owner)

    with pytest.raises(NotAllowed):
        await incoming.delete_source(a_member(database_url, business), source.id)
    before = brain_version(database_url, business)
    await incoming.delete_source(business.owner, source.id)

    assert brain_version(database_url, business) > before  # the agent's next turn reads again
    assert (source.name, source.amount) == ("precios.csv", 1)
    assert [title for title, _ in entries(database_url, business)] == ["Limpieza"]


async def test_twenty_under_way_are_enough(business: Business) -> None:
    for number in range(20):
        await incoming.begin_file(business.owner, f"{number}.csv", PRICES)

    with pytest.raises(TooMuch):
        await incoming.begin_file(business.owner, "one.csv", PRICES)

    await work.do_waiting()
    assert await incoming.begin_file(business.owner, "one.csv", PRICES)


@pytest.mark.parametrize("said", ["", "hola", "ftp://a.mx/", "https://user@a.mx/", "https://a.mx:x/", "javascript:alert(1)", "https://a b.mx", "file:///etc/passwd"])  # fmt: skip
async def test_what_is_no_address_is_told_at_once(business: Business, said: str) -> None:
    with pytest.raises(BadInput):
        await incoming.begin_page(business.owner, said, whole_site=False)


async def test_two_workers_never_take_the_same_import(business: Business) -> None:
    for number in range(6):
        await incoming.begin_file(business.owner, f"{number}.csv", PRICES)

    claimed = await asyncio.gather(*(work._claim() for _ in range(6)))

    assert len({job.id for job in claimed if job}) == 6
    for job in claimed:
        assert job
        await work.do(job)


@pytest.mark.slow
async def test_ten_thousand_entries_come_and_go_at_once(database_url: str, business: Business) -> None:
    business = a_business(database_url, knowledge=(), plan="business")
    many = "\n".join(
        json.dumps({"title": f"Entrada {n}", "text": f"Texto {n}. " * 30}) for n in range(10_000)
    )

    ended = await brought_in(business.owner, "muchas.jsonl", many.encode())

    assert (ended.state, ended.changes) == (ImportState.DONE, 10_000)
    (source,) = await incoming.sources(business.owner)
    await incoming.delete_source(business.owner, source.id)
    assert entries(database_url, business) == []


def a_member(url: str, business: Business) -> Member:
    somebody = a_business(url, knowledge=()).owner.user_id
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'member')",
            [business.org_id, somebody],
        )
    return Member(somebody, business.org_id, "member")


def brain_version(url: str, business: Business) -> int:
    with psycopg.connect(url) as admin:
        found = admin.execute(
            "select version from app.brain_versions where org_id = %s", [business.org_id]
        ).fetchone()
    assert found
    return found[0]


def a_bomb() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", b"0" * 50_000_000)
    return packed.getvalue()


def expire(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("update knowledge_imports set lease_until = now() - interval '1 second'")
