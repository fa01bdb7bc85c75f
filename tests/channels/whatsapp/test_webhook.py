"""The webhook over real HTTP: what is refused, what is believed, what is kept."""

import asyncio
import json

import httpx
import pytest
from pydantic import SecretStr

from tests.channels.whatsapp.meta import (
    VERIFY_TOKEN,
    WEBHOOK,
    Line,
    a_delivery,
    a_line,
    a_message,
    a_value,
    delivery,
    for_line,
    samples,
    signature,
)
from vulkn_app.channels.whatsapp import receive
from vulkn_app.settings import settings

# The signature that Meta's own way of signing gives for the first sample, byte for byte as it is shared.
KNOWN_SECRET = "vulkn-test-app-secret"


async def post(http: httpx.AsyncClient, raw: bytes, **headers: str) -> httpx.Response:
    told = headers or signature(raw)
    return await http.post(WEBHOOK, content=raw, headers={"content-type": "application/json", **told})


async def test_the_handshake_gives_back_the_challenge(http: httpx.AsyncClient) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}

    answer = await http.get(WEBHOOK, params=asked)

    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


async def test_no_other_handshake_is_taken(http: httpx.AsyncClient) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1"}
    for wrong in ({"hub.verify_token": "guess"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": "ñ"}):
        assert (await http.get(WEBHOOK, params=asked | wrong)).status_code == 403


async def test_without_a_verify_token_no_handshake_is_taken(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "whatsapp_verify_token", None)
    asked = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}

    assert (await http.get(WEBHOOK, params=asked)).status_code == 403


async def test_what_is_signed_is_kept(http: httpx.AsyncClient, line: Line) -> None:
    raw = delivery(line, a_message("Hola", id="wamid.1"))

    answer = await post(http, raw)

    assert answer.status_code == 200
    assert line.states() == {"wamid.1": "ready"}
    assert line.rows("select body from whatsapp_envelopes where org_id = :org") == [(raw.decode(),)]


def forged(raw: bytes) -> list[tuple[str, bytes, dict[str, str]]]:
    true = signature(raw)["x-hub-signature-256"]
    respelled = json.dumps(json.loads(raw)).encode()
    return [
        ("none", raw, {"x-nothing": "1"}),
        ("no prefix", raw, {"x-hub-signature-256": true.removeprefix("sha256=")}),
        ("sha1", raw, {"x-hub-signature-256": true.replace("sha256", "sha1")}),
        ("short", raw, {"x-hub-signature-256": true[:-1]}),
        ("long", raw, {"x-hub-signature-256": true + "0"}),
        ("empty", raw, {"x-hub-signature-256": "sha256="}),
        ("wrong digest", raw, {"x-hub-signature-256": "sha256=" + "0" * 64}),
        ("another secret", raw, signature(raw, "another secret")),
        ("one byte changed", raw[:-2] + b" " + raw[-2:], {"x-hub-signature-256": true}),
        ("spelled anew", respelled + b"\n", {"x-hub-signature-256": true}),
    ]


async def test_what_is_not_signed_is_refused_unread(http: httpx.AsyncClient, line: Line) -> None:
    for why, raw, headers in forged(delivery(line, a_message("Hola"))):
        answer = await post(http, raw, **headers)

        assert answer.status_code == 401, why
        assert answer.json()["error"]["code"] == "not_signed"
    assert line.rows("select count(*) from whatsapp_envelopes where org_id = :org") == [(0,)]


async def test_without_a_secret_nothing_is_believed(
    http: httpx.AsyncClient, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = delivery(line, a_message("Hola"))
    for unset in (None, SecretStr(""), SecretStr(" , ")):
        monkeypatch.setattr(settings, "whatsapp_app_secret", unset)
        for headers in (signature(raw), signature(raw, "")):
            assert (await post(http, raw, **headers)).status_code == 401


async def test_each_of_several_apps_may_sign(
    http: httpx.AsyncClient, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "whatsapp_app_secret", SecretStr("first, second"))
    for number, secret in enumerate(("first", "second")):
        raw = delivery(line, a_message("Hola", id=f"wamid.{number}"))
        assert (await post(http, raw, **signature(raw, secret))).status_code == 200

    assert len(line.states()) == 2


async def test_a_known_signature_over_known_bytes_is_accepted() -> None:
    """By hand: `openssl dgst -sha256 -hmac vulkn-test-app-secret` over the bytes."""
    from vulkn_app.channels.whatsapp.signature import claimed, valid

    raw = b'{"object":"whatsapp_business_account","entry":[]}'
    true = signature(raw, KNOWN_SECRET)["x-hub-signature-256"]

    assert valid(raw, claimed(true))
    assert valid(raw, claimed(true.upper().replace("SHA256", "sha256")))
    assert not valid(raw + b" ", claimed(true))


NONSENSE = (
    b"", b"{", b"[]", b"null", b'"text"', b"\x00\xff\xfe", b'{"entry": 1}', b"[" * 100_000,
    b'{"entry": [' + b'{"a":' * 50_000, b'{"object": "x", "entry": [{"changes": "no"}]}',
    b'{"entry": [{"id": 1, "changes": [{"field": 7, "value": []}]}]}',
)  # fmt: skip


async def test_signed_nonsense_is_taken_and_does_no_harm(http: httpx.AsyncClient) -> None:
    for raw in NONSENSE:
        assert (await post(http, raw)).status_code == 200, raw[:60]


async def test_a_number_of_nobody_is_counted_and_not_kept(http: httpx.AsyncClient, line: Line) -> None:
    stranger = Line(line.url, line.business, line.channel_id, "777000777000777", "666000666000666")
    for _ in range(3):
        raw = delivery(stranger, a_message("un secreto"))
        assert (await post(http, raw)).status_code == 200

    assert line.rows("select count from app.whatsapp_orphans where name = '777000777000777'") == [(3,)]
    assert line.rows("select count(*) from whatsapp_envelopes where body like '%%un secreto%%'") == [(0,)]


async def test_two_businesses_in_one_delivery_get_their_own_parts(
    http: httpx.AsyncClient, line: Line, database_url: str
) -> None:
    other = a_line(database_url)
    mine, theirs = a_message("de uno", id="wamid.mine"), a_message("de otro", id="wamid.theirs")
    raw = a_delivery((line, a_value(line, mine)), (other, a_value(other, theirs)))

    await post(http, raw)

    for owner, key, foreign in ((line, "wamid.mine", "de otro"), (other, "wamid.theirs", "de uno")):
        assert owner.states() == {key: "ready"}
        [(body,)] = owner.rows("select body from whatsapp_envelopes where org_id = :org")
        assert foreign not in body
        assert json.loads(body)["entry"][0]["id"] == owner.waba


async def test_news_of_an_account_reach_every_business_with_a_number_in_it(
    http: httpx.AsyncClient, line: Line, database_url: str
) -> None:
    other = a_line(database_url)
    other.run("update whatsapp_numbers set waba = %s where org_id = :org", line.waba)
    sample = next(s for s in samples() if s["expect"][0]["kind"] == "template")

    await post(http, for_line(sample["body"], line))

    assert [list(owner.states().values()) for owner in (line, other)] == [["ready"], ["ready"]]


async def test_a_number_that_was_just_connected_is_known_at_once(
    http: httpx.AsyncClient, line: Line, database_url: str
) -> None:
    raw = delivery(line, a_message("Hola", id="wamid.1"))
    await post(http, raw)
    other = a_line(database_url)
    line.run("update channels set external_id = null where org_id = :org")
    other.run("update channels set external_id = %s where org_id = :org and kind = 'whatsapp'", line.number)
    receive._owners.clear()

    await post(http, delivery(line, a_message("Hola", id="wamid.2")))

    assert other.states() == {"wamid.2": "ready"}


async def test_what_no_database_can_hold_is_cleaned(http: httpx.AsyncClient, line: Line) -> None:
    message = a_message("x", id="wamid.1")
    raw = (
        delivery(line, message)
        .replace(b'"x"', b'"a\\u0000b\\ud800c"')
        .replace(b'"type"', b'"n": 1e999, "type"')
    )

    assert (await post(http, raw)).status_code == 200

    [(payload,)] = line.rows("select payload from whatsapp_events where org_id = :org")
    assert payload["item"]["text"]["body"] == "ab?c"
    assert payload["item"]["n"] is None


async def test_a_batch_of_thousands_is_one_delivery(http: httpx.AsyncClient, line: Line) -> None:
    messages = [a_message(f"mensaje {number} " + "x" * 500, id=f"wamid.{number}") for number in range(3000)]

    answer = await post(http, delivery(line, *messages))

    assert answer.status_code == 200
    assert line.rows("select count(*), count(distinct key) from whatsapp_events where org_id = :org") == [
        (3000, 3000)
    ]


async def test_what_is_larger_than_any_delivery_is_refused_unread(http: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    name, told = next(iter(signature(b"").items()))
    writer.write(
        f"POST {WEBHOOK} HTTP/1.1\r\nhost: x\r\n{name}: {told}\r\ncontent-length: 5000001\r\n\r\n".encode()
    )

    answer = await asyncio.wait_for(reader.readline(), 10)

    writer.close()
    assert b" 413 " in answer


async def test_a_database_that_is_away_makes_meta_send_it_again(
    http: httpx.AsyncClient, line: Line, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vulkn_app.db import database

    raw = delivery(line, a_message("Hola", id="wamid.1"))
    await database.close()
    monkeypatch.setattr(settings, "database_url", database_url.rpartition("/")[0] + "/nowhere")
    assert (await post(http, raw)).status_code == 503
    await database.close()
    monkeypatch.setattr(settings, "database_url", database_url)

    assert (await post(http, raw)).status_code == 200
    assert line.states() == {"wamid.1": "ready"}


async def test_other_methods_are_told_which_there_are(http: httpx.AsyncClient) -> None:
    answer = await http.put(WEBHOOK)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
