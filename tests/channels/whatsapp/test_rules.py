"""The owner's phone, its history and address book, and what Meta says about accounts: through the webhook's own path."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.channels.whatsapp.meta import (
    LUCIA,
    Body,
    Line,
    a_line,
    a_message,
    for_line,
    happens,
    payloads,
    samples,
)
from vulkn_app.knowledge.suggestions import looking

OWNER = "5215550001111"


@pytest.fixture
def stranger(line: Line, database_url: str) -> Line:
    return a_line(database_url)


async def tell(line: Line, field: str, value: Body, *, time: int | None = None, waba: str = "") -> int:
    value = {"metadata": {"phone_number_id": line.number, "display_phone_number": OWNER}, **value}
    entry: Body = {"id": waba or line.waba, "changes": [{"field": field, "value": value}]}
    entry["time"] = time or int(datetime.now(UTC).timestamp())
    return await happens(json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode())


async def news(line: Line, field: str, value: Body, *, waba: str = "") -> None:
    """Of an account: no number is named."""
    entry: Body = {"id": waba or line.waba, "changes": [{"field": field, "value": value}]}
    entry["time"] = int(datetime.now(UTC).timestamp())
    await happens(json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode())


def an_echo(text: str = "Claro, te espero a las 4", *, id: str = "", ago: int = 0, **more: Any) -> Body:
    stamp = str(int(datetime.now(UTC).timestamp()) - ago)
    one: Body = {"from": OWNER, "to": LUCIA["wa_id"], "to_user_id": LUCIA["user_id"]}
    one |= {"id": id or f"wamid.{uuid4().hex}", "timestamp": stamp, "type": "text", "text": {"body": text}}
    return one | more


async def echo(line: Line, *echoes: Body) -> None:
    await tell(line, "smb_message_echoes", {"contacts": [LUCIA], "message_echoes": list(echoes)})


async def write(line: Line, text: str) -> None:
    value = {"contacts": [LUCIA], "messages": [a_message(text)]}
    await tell(line, "messages", value)


def status(line: Line) -> list[tuple[Any, ...]]:
    return line.rows("select status, handoff_reason, unread from conversations where org_id = :org")


# ---- echoes --------------------------------------------------------------------------------------------------


async def test_an_echo_takes_the_conversation_over_and_is_the_owner_s_word(line: Line) -> None:
    await write(line, "¿A qué hora abren?")
    await echo(line, an_echo())
    await write(line, "¿Y los sábados?")

    assert status(line)[0][:2] == ("human", "took_over")
    senders = [sender for sender, _ in line.said()]
    assert senders[-2:] == ["human", "visitor"]
    assert line.rows(
        "select from_phone, author_id from messages where org_id = :org and sender = 'human'"
    ) == [(True, None)]
    assert line.rows("select count(*) from turns where org_id = :org") == [(1,)]


async def test_an_echo_to_a_stranger_opens_no_window_and_makes_no_lead(line: Line) -> None:
    await echo(line, an_echo())

    assert status(line) == [("human", "took_over", 0)]
    assert line.rows("select window_until from conversations where org_id = :org") == [(None,)]
    assert line.rows("select count(*) from leads where org_id = :org") == [(0,)]


async def test_an_echo_told_again_is_one_message(line: Line) -> None:
    one = an_echo(id="wamid.E1")
    await echo(line, one)
    await echo(line, {**one, "extra": 1})

    assert len(line.said()) == 1


async def test_what_vulkn_sent_itself_pauses_nothing(line: Line) -> None:
    await write(line, "¿A qué hora abren?")
    line.run(
        "insert into message_deliveries (org_id, message_id, wamid, state)"
        " select org_id, id, 'wamid.OURS', 'accepted' from messages where org_id = :org and sender = 'agent'"
    )
    ((outbox,),) = line.rows("select id from outbox where org_id = :org")
    before = line.said()

    await echo(line, an_echo(id="wamid.OURS"))
    await echo(line, an_echo(biz_opaque_callback_data=f"{outbox}:0"))
    line.run(
        "update outbox set state = 'sending', lease_until = now() + interval '1 minute' where org_id = :org"
    )
    await echo(line, an_echo(before[-1][1]))

    assert line.said() == before
    assert status(line)[0][0] == "open"


async def test_an_echo_of_days_ago_is_kept_and_pauses_nothing(line: Line) -> None:
    await write(line, "hola")
    await echo(line, an_echo(ago=3 * 86400))

    assert status(line)[0][0] == "open"
    assert ("human", "Claro, te espero a las 4") in line.said()


async def test_the_owner_edits_and_takes_back(line: Line) -> None:
    await echo(line, an_echo(id="wamid.E"))
    edited = {"original_message_id": "wamid.E", "message": {"type": "text", "text": {"body": "A las 5"}}}
    await echo(line, an_echo(type="edit", edit=edited))
    assert line.said() == [("human", "A las 5")]

    await echo(line, an_echo(type="revoke", revoke={"original_message_id": "wamid.E"}))

    assert line.said() == [("human", "[mensaje eliminado]")]


async def test_an_echo_with_a_picture_keeps_what_it_shows(line: Line) -> None:
    picture = {"id": "77", "mime_type": "image/jpeg", "caption": "Así queda"}
    await echo(line, an_echo(type="image", image=picture))

    assert line.said() == [("human", "[foto] Así queda")]
    assert line.rows("select kind, media from message_attachments where org_id = :org") == [("image", "77")]


# ---- history and address book -----------------------------------------------------------------------------------


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


# ---- preferences -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "out"), [("stop", True), ("resume", False), ("signup", False), ("new", False)]
)
async def test_whatsapp_s_own_switch_counts_in_silence(line: Line, value: str, out: bool) -> None:
    item = {
        "wa_id": LUCIA["wa_id"],
        "user_id": LUCIA["user_id"],
        "category": "marketing_messages",
        "value": value,
    }
    await tell(line, "user_preferences", {"user_preferences": [{**item, "timestamp": 1795449000}]})

    found = line.rows("select opted_out_at is not null from contacts where org_id = :org")
    assert (found == [(True,)]) is out
    assert line.rows("select count(*) from messages where org_id = :org") == [(0,)]


async def test_an_opt_out_through_the_webhook_begins_no_turn(line: Line) -> None:
    await write(line, "BAJA")
    await write(line, "dame de baja mañana la cita")

    assert line.rows("select count(*) from turns where org_id = :org") == [(1,)]
    assert line.rows("select opted_out_at is not null from contacts where org_id = :org") == [(True,)]
    assert [sender for sender, _ in line.said()][:2] == ["visitor", "agent"]


# ---- the account -------------------------------------------------------------------------------------------------

ACCOUNT = {
    "partner_removed": ("down", "partner_removed"),
    "partner_removed_wa_app_disconnection": ("down", "phone_idle"),
    "account_offboarded": ("down", "offboarded"),
    "account_deleted": ("down", "deleted"),
    "account_restriction": ("restricted", "restricted"),
    "partner_app_uninstalled": ("down", "partner_removed"),
    "pricing_tiering_update": ("active", None),
    "authentication_international_eligibility": ("active", None),
    "mm_api_for_wa_terms_of_service": ("active", None),
}


@pytest.mark.parametrize("name", ACCOUNT)
async def test_news_of_the_account_says_what_is_wrong_and_what_to_do(
    line: Line, stranger: Line, name: str
) -> None:
    (body,) = (one["payload"] for one in payloads() if one.get("name") == name)
    value = body["entry"][0]["changes"][0]["value"]
    if "waba_info" in value:
        value["waba_info"]["waba_id"] = line.waba

    await news(line, "account_update", value, waba="2949482758682047" if "waba_info" in value else "")

    state, problem = ACCOUNT[name]
    assert line.rows("select state, problem from whatsapp_numbers where org_id = :org") == [(state, problem)]
    told = line.rows("select kind, detail ->> 'what' from alerts where org_id = :org")
    assert told == ([("channel", problem)] if problem else [])
    assert stranger.rows("select state from whatsapp_numbers where org_id = :org") == [("active",)]
    assert stranger.rows("select count(*) from alerts where org_id = :org") == [(0,)]


async def test_what_was_lifted_is_well_again(line: Line) -> None:
    await news(
        line, "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
    )
    assert line.rows("select state, problem from whatsapp_numbers where org_id = :org") == [
        ("down", "disabled")
    ]

    await news(
        line, "account_update", {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}
    )

    assert line.rows("select state, problem from whatsapp_numbers where org_id = :org") == [("active", None)]


async def test_an_error_about_the_number_is_explained_and_too_fast_is_not_one(line: Line) -> None:
    await tell(line, "messages", {"errors": [{"code": 130429, "title": "Rate limit hit"}]})
    assert line.rows("select state from whatsapp_numbers where org_id = :org") == [("active",)]

    await tell(line, "messages", {"errors": [{"code": 131042, "title": "Payment"}]})

    assert line.rows("select problem, problem_code from whatsapp_numbers where org_id = :org") == [
        ("payment", 131042)
    ]
    assert line.rows("select detail ->> 'what' from alerts where org_id = :org") == [("payment",)]


async def test_quality_tier_and_name_are_the_number_s(line: Line) -> None:
    line.run("update whatsapp_numbers set display_phone = '+52 1 55 5000 1111' where org_id = :org")
    phone = "5215550001111"
    await news(
        line,
        "phone_number_quality_update",
        {"display_phone_number": phone, "event": "FLAGGED", "current_limit": "TIER_250"},
    )
    await news(
        line,
        "phone_number_name_update",
        {"display_phone_number": phone, "decision": "APPROVED", "requested_verified_name": "Clínica Sol"},
    )
    await news(line, "phone_number_name_update", {"display_phone_number": "999", "decision": "REJECTED"})
    await news(line, "business_capability_update", {"max_daily_conversations_per_business": 2000})

    assert line.rows("select quality, tier, verified_name from whatsapp_numbers where org_id = :org") == [
        ("red", "2000", "Clínica Sol")
    ]
    assert ("flagged",) in line.rows("select detail ->> 'what' from alerts where org_id = :org")


# ---- templates ----------------------------------------------------------------------------------------------------


def a_template(line: Line, name: str = "recordatorio_cita") -> None:
    line.run(
        "insert into whatsapp_templates (org_id, channel_id, name, language, category, status)"
        " values (:org, %s, %s, 'es_MX', 'utility', 'approved')",
        line.channel_id,
        name,
    )


async def test_a_rejected_template_is_the_account_s_organization_s_alone(line: Line, stranger: Line) -> None:
    a_template(line)
    a_template(stranger)
    (body,) = (one["body"] for one in samples() if one["name"].startswith("29_"))
    await happens(for_line(body, line))

    ((state, reason),) = line.rows("select status, reason from whatsapp_templates where org_id = :org")
    assert state == "rejected"
    assert "Separate parameters" in reason
    assert line.rows(
        "select kind, detail ->> 'what', detail ->> 'subject' from alerts where org_id = :org"
    ) == [("template", "template_rejected", "recordatorio_cita")]
    assert stranger.rows("select status from whatsapp_templates where org_id = :org") == [("approved",)]
    assert stranger.rows("select count(*) from alerts where org_id = :org") == [(0,)]


async def test_a_template_that_became_marketing_costs_money_and_says_so(line: Line) -> None:
    a_template(line)
    which = {"message_template_name": "recordatorio_cita", "message_template_language": "es_MX"}
    await news(line, "template_category_update", {**which, "new_category": "MARKETING"})
    await news(line, "message_template_quality_update", {**which, "new_quality_score": "RED"})

    assert line.rows("select category, quality from whatsapp_templates where org_id = :org") == [
        ("marketing", "red")
    ]
    assert {what for (what,) in line.rows("select detail ->> 'what' from alerts where org_id = :org")} == {
        "template_marketing",
        "template_quality",
    }


async def test_every_sample_of_ours_leaves_no_event_unhandled(line: Line) -> None:
    for one in samples():
        if one["name"][:2] in ("25", "26", "28", "29", "30", "32", "34"):
            await happens(for_line(one["body"], line))

    assert set(line.states().values()) == {"done"}
