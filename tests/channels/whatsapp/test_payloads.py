"""Deliveries of any shape become events; keys say what is the same thing."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from vulkn_app.channels.whatsapp import payloads, reading
from vulkn_app.channels.whatsapp.payloads import EventKind, Unreadable, changes, events

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()) - 60)


def told(value: dict[str, Any], field: str = "messages", **entry: Any) -> bytes:
    value = {"metadata": {"phone_number_id": "1065"}, **value}
    return json.dumps(
        {"entry": [{"id": "1022", "changes": [{"value": value, "field": field}], **entry}]}
    ).encode()


def one(value: dict[str, Any], field: str = "messages", **entry: Any) -> payloads.Event:
    [event] = events(told(value, field, **entry), NOW)
    return event


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
names = st.sampled_from(
    ["id", "type", "from", "from_user_id", "timestamp", "text", "body", "image", "audio", "voice", "location", "contacts", "interactive", "button_reply", "list_reply", "nfm_reply", "response_json", "button", "reaction", "message_id", "emoji", "edit", "original_message_id", "message", "revoke", "system", "wa_id", "order", "product_items", "unsupported", "errors", "context", "referral", "group_id", "status", "recipient_id", "threads", "metadata", "name", "phones", "profile", "latitude", "longitude", "caption", "mime_type", "sha256", "title", "payload"]
)  # fmt: skip
things = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=15,
)
TYPES = "text image audio video document sticker location contacts interactive button order reaction edit revoke system"
items = st.dictionaries(names, things, max_size=8).map(lambda item: item)
typed = st.builds(
    lambda item, kind: {**item, "type": kind}, items, st.sampled_from([*TYPES.split(), "hologram", ""])
)
lists = (
    "messages",
    "statuses",
    "message_echoes",
    "history",
    "state_sync",
    "user_preferences",
    "errors",
    "calls",
    "contacts",
)
values = st.dictionaries(
    st.sampled_from([*lists, "metadata", "event"]), st.lists(typed | things, max_size=3) | things
)
fields = st.sampled_from(["messages", "history", "smb_message_echoes", "account_update", "flows", ""])
bodies = st.builds(
    lambda value, field, entry: {"entry": [{**entry, "changes": [{"value": value, "field": field}]}]},
    values,
    fields,
    st.dictionaries(st.sampled_from(["id", "time"]), leaves),
)


@settings(max_examples=120, deadline=None)
@given(bodies | things)
def test_no_shape_is_an_exception(body: Any) -> None:
    raw = json.dumps(body).encode()
    try:
        found = events(raw, NOW)
    except Unreadable:
        return

    assert [event.key for event in found] == [event.key for event in events(raw, NOW + timedelta(days=6))]
    for event in found:
        assert 1 <= len(event.key) <= 300
        assert len(event.lane) <= 200
        assert event.at <= NOW + timedelta(minutes=5)
        json.dumps(event.payload, allow_nan=False).encode()


@settings(max_examples=120, deadline=None)
@given(typed)
def test_no_message_is_an_exception(item: dict[str, Any]) -> None:
    said = reading.read(item, "es")

    assert said.shown
    assert said.text or said.polite or said.content
    assert len(said.shown) <= 4200
    assert said.shown.encode()
    json.dumps(said.content, allow_nan=False)
    reading.ad(item)
    reading.quoted(item)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_an_exception(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        changes(raw)


def test_everything_of_a_batch_is_found() -> None:
    value = {
        "messages": [
            {"id": "w1", "type": "text", "timestamp": STAMP},
            {"id": "w2", "type": "reaction", "timestamp": STAMP},
            {"id": "w3", "type": "text", "group_id": "g", "timestamp": STAMP},
            {"id": "w4", "type": "hologram", "timestamp": STAMP},
        ],
        "statuses": [{"id": "w5", "status": "sent", "timestamp": STAMP}],
        "errors": [{"code": 1}],
    }
    body = json.loads(told(value))
    body["entry"][0]["changes"].append({"field": "flows", "value": {"event": "X"}})
    body["entry"].append(
        {"id": "1023", "changes": [{"field": "account_update", "value": {"event": "DISABLED"}}]}
    )

    found = [
        (event.kind, event.waba, event.phone_number_id) for event in events(json.dumps(body).encode(), NOW)
    ]

    first = [
        ("message", "w1"),
        ("reaction", ""),
        ("group", ""),
        ("message", ""),
        ("status", ""),
        ("error", ""),
    ]
    assert found == [
        *((EventKind(kind), "1022", "1065") for kind, _ in first),
        (EventKind.UNKNOWN, "1022", ""),
        (EventKind.ACCOUNT, "1023", ""),
    ]


def test_the_key_of_a_status_is_its_word_and_moment() -> None:
    keys = [
        one({"statuses": [{"id": "w", "status": status, "timestamp": stamp}]}).key
        for status, stamp in (("sent", "1"), ("read", "1"), ("read", "1"), ("read", "2"))
    ]

    assert len(set(keys)) == 3
    assert keys[1] == keys[2]


def test_an_accounts_news_are_the_same_when_told_again() -> None:
    news = {"event": "REJECTED", "message_template_id": 1}
    first, again, later, other = (
        one(value, "message_template_status_update", time=time).key
        for value, time in ((news, 1), (news, 1), (news, 2), ({**news, "reason": "x"}, 1))
    )

    assert first == again
    assert len({first, later, other}) == 3


def test_a_part_of_a_history_is_itself_however_often_it_comes() -> None:
    chunk = {"metadata": {"phase": 1, "chunk_order": 3}, "threads": [{"id": "1", "messages": []}]}

    assert one({"history": [chunk]}, "history").key == one({"history": [chunk]}, "history", time=5).key
    assert one({"history": [chunk]}, "history").lane == "z:1065"


def test_a_person_has_one_lane_however_their_number_is_written() -> None:
    lanes = {
        one({"messages": [{"id": "1", "type": "text", "from": number}]}).lane
        for number in ("5215512345678", "525512345678")
    }

    assert lanes == {"a:1065:525512345678"}


def test_each_item_finds_its_own_contact() -> None:
    people = [{"wa_id": "5215511111111", "user_id": "MX.1"}, {"wa_id": "5215522222222", "user_id": "MX.2"}]
    messages = [
        {"id": "1", "type": "text", "from": "525522222222"},
        {"id": "2", "type": "text", "from_user_id": "MX.1"},
    ]

    found = events(told({"contacts": people, "messages": messages}), NOW)

    assert [event.payload["contact"]["user_id"] for event in found] == ["MX.2", "MX.1"]


def test_a_clock_that_is_wrong_is_ours() -> None:
    for stamp in ("", "x", "-1", "0", "99999999999", "1e400", None, [], True):
        assert one({"messages": [{"id": "1", "timestamp": stamp}]}).at == NOW
    assert one({"messages": [{"id": "1", "timestamp": int(STAMP)}]}).at == NOW - timedelta(seconds=60)
