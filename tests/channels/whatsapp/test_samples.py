"""Every sample is digested as its expectation says, and none of Meta's own fixtures is an exception."""

import json
from typing import Any

import pytest

from tests.channels.whatsapp.meta import (
    Line,
    a_delivery,
    a_message,
    a_value,
    for_line,
    happens,
    payloads,
    samples,
)
from vulkn_app.channels.whatsapp import payloads as digesting
from vulkn_app.channels.whatsapp.phones import digits

SAMPLES = samples()
NEWS = [sample for sample in SAMPLES if sample["expect"][0]["kind"] in ("message", "reaction")]


def named(sample: dict[str, Any]) -> str:
    return sample["name"]


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_a_sample_is_what_it_is_said_to_be(sample: dict[str, Any]) -> None:
    expected = sample["expect"][0]
    found = digesting.events(json.dumps(sample["body"]).encode())

    kinds = {event.kind for event in found}
    assert kinds == {expected["kind"]}
    assert _count(found) == expected["count"]
    assert len({event.key for event in found}) == len(found)
    assert all(event.waba == "102290129340398" and event.lane for event in found)
    number = "" if expected.get("route_by") == "waba_id" else "106540352242922"
    assert {event.phone_number_id for event in found} == {number}


def _count(found: list[digesting.Event]) -> int:
    """A part of a history is one event, and as many messages as it holds."""
    if found[0].kind == "history":
        return sum(len(thread["messages"]) for event in found for thread in event.payload["item"]["threads"])
    return len(found)


@pytest.mark.parametrize("payload", payloads(), ids=lambda row: f"{row['type']}-{row['name']}")
def test_metas_own_fixtures_are_digested(payload: dict[str, Any]) -> None:
    raw = json.dumps(payload["payload"]).encode()

    found = digesting.events(raw)

    assert found
    assert [event.key for event in found] == [event.key for event in digesting.events(raw)]
    kinds = {event.kind for event in found}
    unknown = payload["type"] in ("template_components_update",)
    assert ("unknown" in kinds) == unknown


@pytest.mark.parametrize("sample", NEWS, ids=named)
async def test_a_sample_becomes_what_its_customer_expects(line: Line, sample: dict[str, Any]) -> None:
    expected = sample["expect"][0]
    await happens(delivery_of_first_contact(line))

    await happens(for_line(sample["body"], line))

    assert set(line.states().values()) == {"done"}
    assert line.rows("select count(*) from contacts where org_id = :org") == [(1,)]
    assert line.rows(
        "select bool_and(window_until > now() + interval '22 hours') from conversations where org_id = :org"
    ) == [(True,)]
    said = line.said()[2:]
    if expected["kind"] == "reaction":
        assert said == []
        return
    [(kind, content, body)] = line.rows(
        "select kind, content, body from messages where org_id = :org and sender = 'visitor' order by seq desc limit 1"
    )
    assert kind == expected.get("type", "text")
    assert [who for who, _ in said] == ["visitor", "agent"], "silence"
    if "text" in expected:
        assert expected["text"] in body
    if "action_id" in expected:
        assert content["action"] == expected["action_id"]
    if expected.get("form"):
        assert content["form"] == {"nombre": "Lucía", "servicio": "tinte"}
    if "ad_id" in expected:
        [(source, detail, free)] = line.rows(
            "select l.source, l.source_detail, c.free_until > now() + interval '70 hours' from leads l"
            " join conversations c on c.id = l.conversation_id where l.org_id = :org"
        )
        assert (source, detail["source_id"], free) == ("ad", expected["ad_id"], True)
    if "phone" in expected:
        assert line.rows("select username from contacts where org_id = :org") == [("lu.hdz",)]


def delivery_of_first_contact(line: Line) -> bytes:
    """The person of the samples, who greeted an hour ago."""
    return a_delivery((line, a_value(line, a_message("Hola", ago=3600))))


async def test_a_number_change_links_the_new_number(line: Line) -> None:
    await happens(delivery_of_first_contact(line))
    change = next(sample for sample in SAMPLES if sample["expect"][0]["kind"] == "identity")
    await happens(for_line(change["body"], line))
    moved = {"wa_id": change["expect"][0]["new_phone"], "profile": {"name": "Lucía"}}

    await happens(a_delivery((line, a_value(line, a_message("¿Siguen ahí?", person=moved), person=moved))))

    [(phone,)] = line.rows("select phone from contacts where org_id = :org")
    assert digits(phone) == "5215599990000"
    assert line.rows("select count(*) from conversations where org_id = :org") == [(1,)]
    assert line.rows("select count(*) from messages where org_id = :org and sender = 'visitor'") == [(2,)]


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s not in NEWS], ids=named)
async def test_what_is_no_message_wakes_no_agent(line: Line, sample: dict[str, Any]) -> None:
    await happens(for_line(sample["body"], line))

    assert set(line.states().values()) == {"done"}
    assert [row for row in line.said() if row[0] in ("visitor", "agent")] == []
    assert line.rows("select count(*) from outbox where org_id = :org") == [(0,)]
