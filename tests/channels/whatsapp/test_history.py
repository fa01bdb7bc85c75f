"""Coexistence: what was said on the owner's phone before, and its address book."""

from datetime import UTC, datetime

from tests.channels.whatsapp.meta import LUCIA, Body, Line
from tests.channels.whatsapp.telling import OWNER, an_echo, echo, tell
from vulkn_app.knowledge.suggestions import looking


def a_chunk(*messages: Body, progress: int = 55, phase: int = 1) -> Body:
    thread = {"id": LUCIA["wa_id"], "context": {"wa_id": LUCIA["wa_id"]}, "messages": list(messages)}
    return {"metadata": {"phase": phase, "chunk_order": 1, "progress": progress}, "threads": [thread]}


def spoke(text: str, number: int, *, owner: bool = False) -> Body:
    sides = {"from": OWNER, "to": LUCIA["wa_id"]} if owner else {"from": LUCIA["wa_id"]}
    stamp = str(int(datetime.now(UTC).timestamp()) - 86400 + number)
    return {
        **sides,
        "id": f"wamid.H{number}.{text[:3]}",
        "timestamp": stamp,
        "type": "text",
        "text": {"body": text},
    }


async def test_history_is_imported_in_silence_with_its_progress(line: Line) -> None:
    chunk = a_chunk(spoke("¿A qué hora abren?", 1), spoke("De 10 a 19 h", 2, owner=True))
    await tell(line, "history", {"history": [chunk]})
    await tell(line, "history", {"history": [{**chunk, "again": True}, a_chunk(progress=30, phase=2)]})

    assert line.rows(
        "select from_business, body from history_messages where org_id = :org order by sent_at"
    ) == [
        (False, "¿A qué hora abren?"),
        (True, "De 10 a 19 h"),
    ]
    for table in ("leads", "conversations", "messages", "turns"):
        assert line.rows(f"select count(*) from {table} where org_id = :org") == [(0,)], table
    progress = "select history_state, history_progress from whatsapp_numbers where org_id = :org"
    assert line.rows(progress) == [("importing", 55)]
    await tell(line, "history", {"history": [a_chunk(progress=100, phase=2)]})
    await tell(line, "history", {"history": [a_chunk(progress=40)]})
    assert line.rows(progress) == [("done", 100)]


async def test_an_owner_who_declined_the_history_is_no_failure(line: Line) -> None:
    await tell(line, "history", {"history": [{"errors": [{"code": 2593109, "title": "declined"}]}]})

    assert line.rows("select history_state from whatsapp_numbers where org_id = :org") == [("declined",)]
    assert line.rows("select count(*) from alerts where org_id = :org") == [(0,)]


async def test_history_with_nonsense_in_it_imports_the_rest(line: Line) -> None:
    chunk = a_chunk({"id": "x"}, spoke("¿Tienen estacionamiento?", 3))
    chunk["threads"] += [None, {"id": "12036@g.us", "messages": [spoke("grupo", 9)]}, {"messages": "no"}]
    await tell(line, "history", {"history": [chunk]})

    assert line.rows("select body from history_messages where org_id = :org") == [
        ("¿Tienen estacionamiento?",)
    ]


async def test_what_the_owner_answered_by_hand_becomes_a_suggestion(line: Line) -> None:
    for number, phone in enumerate(("5215511110000", "5215522220000", "5215533330000")):
        thread = {
            "id": phone,
            "context": {"wa_id": phone},
            "messages": [
                {**spoke("¿Tienen servicio a domicilio?", 10 * number), "from": phone},
                {
                    **spoke(
                        "Sí, llevamos a domicilio sin costo en la colonia Roma.", 10 * number + 1, owner=True
                    ),
                    "to": phone,
                },
            ],
        }
        for message in thread["messages"]:
            message["id"] += phone
        await tell(line, "history", {"history": [{**a_chunk(), "threads": [thread]}]})

    assert await looking.look(line.business.org_id) == 1

    ((question, draft, people),) = line.rows(
        "select question, draft, people from knowledge_suggestions where org_id = :org"
    )
    assert "domicilio" in question
    assert "colonia Roma" in draft
    assert people == 3


async def test_the_address_book_names_the_nameless_and_nobody_else(line: Line) -> None:
    await echo(line, an_echo())
    line.run("update contacts set name = null where org_id = :org")
    entry = {"full_name": "Lucía Hernández", "phone_number": LUCIA["wa_id"]}
    stranger = {"full_name": "Plomero", "phone_number": "5215577777777"}
    book = [{"type": "contact", "action": "add", "contact": one} for one in (entry, stranger)]
    book.append({"type": "contact", "action": "remove", "contact": {"phone_number": LUCIA["wa_id"]}})

    await tell(line, "smb_app_state_sync", {"state_sync": book})
    await tell(
        line, "smb_app_state_sync", {"state_sync": [{**book[0], "contact": {**entry, "full_name": "Lu"}}]}
    )

    assert line.rows("select name from contacts where org_id = :org") == [("Lucía Hernández",)]
