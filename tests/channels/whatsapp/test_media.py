"""Files of customers, from Meta's fake to the database; voice notes through a fake transcription; and their faults."""

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from tests.channels.whatsapp.meta import Body, Line, a_message, delivery, give_token, happens
from tests.fakes.graph import FakeGraph
from tests.fakes.transcription import FakeTranscription, running
from vulkn_app.channels.whatsapp import media
from vulkn_app.channels.whatsapp.words import POLITE
from vulkn_app.settings import settings

OGG = b"OggS\x00\x02" + b"\x00" * 500
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 500
PRICE = "$650"


@pytest.fixture
def line(line: Line, fake_graph: FakeGraph, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setattr(media, "PAUSE", 0.0)
    give_token(line)
    return line


@pytest.fixture
async def transcription(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeTranscription]:
    async with running() as fake:
        monkeypatch.setattr(settings, "transcription_base_url", fake.url)
        monkeypatch.setattr(settings, "transcription_api_key", SecretStr("sk-hear"))
        yield fake


def voice(media_id: str, **more: object) -> Body:
    return a_message(
        type="audio", audio={"id": media_id, "mime_type": "audio/ogg; codecs=opus", "voice": True, **more}
    )


def photo(media_id: str, **more: object) -> Body:
    return a_message(type="image", image={"id": media_id, "mime_type": "image/jpeg", **more})


def attachments(line: Line) -> list[tuple]:
    return line.rows(
        "select a.kind, a.state, a.problem, f.content, a.transcript from message_attachments a"
        " left join attachment_files f on f.attachment_id = a.id where a.org_id = :org order by a.created_at"
    )


async def test_a_voice_note_is_heard_and_answered(
    line: Line, fake_graph: FakeGraph, transcription: FakeTranscription
) -> None:
    await happens(delivery(line, voice(fake_graph.holds(OGG, "audio/ogg"))))

    assert line.said()[0] == ("visitor", transcription.words)
    assert PRICE in line.said()[1][1]
    assert attachments(line) == [("audio", "stored", None, OGG, transcription.words)]
    [heard] = transcription.heard
    assert heard["content"] == OGG
    assert (heard["model"], heard["language"], heard["authorization"]) == (
        "whisper-1",
        "es",
        "Bearer sk-hear",
    )
    assert line.rows("select kind, content from messages where org_id = :org and sender = 'visitor'") == [
        ("audio", {"voice": True})
    ]


async def test_without_transcription_the_customer_is_asked_to_write(
    line: Line, fake_graph: FakeGraph
) -> None:
    await happens(delivery(line, voice(fake_graph.holds(OGG, "audio/ogg"))))

    assert line.said() == [("visitor", "[nota de voz]"), ("agent", POLITE["audio"]["es"])]
    assert attachments(line)[0][1] == "stored"
    assert line.rows("select kind, state from outbox where org_id = :org") == [("answer", "ready")]


async def test_an_english_conversation_is_asked_in_english(line: Line, fake_graph: FakeGraph) -> None:
    await happens(delivery(line, a_message("Hello, what are your opening hours?")))
    await happens(delivery(line, voice(fake_graph.holds(OGG, "audio/ogg"))))

    assert line.said()[-1] == ("agent", POLITE["audio"]["en"])


@pytest.mark.parametrize("fault", [500, 429, 5.0])
async def test_a_transcription_that_fails_or_hangs_is_a_polite_request(
    line: Line,
    fake_graph: FakeGraph,
    transcription: FakeTranscription,
    monkeypatch: pytest.MonkeyPatch,
    fault: float,
) -> None:
    monkeypatch.setattr(settings, "transcription_timeout", timedelta(seconds=0.2))
    transcription.faults.append(fault)

    await happens(delivery(line, voice(fake_graph.holds(OGG, "audio/ogg"))))

    assert line.said() == [("visitor", "[nota de voz]"), ("agent", POLITE["unheard"]["es"])]
    assert set(line.states().values()) == {"done"}


async def test_a_transcription_of_nothing_is_a_polite_request(
    line: Line, fake_graph: FakeGraph, transcription: FakeTranscription
) -> None:
    transcription.words = " \n"

    await happens(delivery(line, voice(fake_graph.holds(OGG, "audio/ogg"))))

    assert line.said()[-1] == ("agent", POLITE["unheard"]["es"])


async def test_a_photo_without_words_is_kept_shown_and_spoken_about(
    line: Line, fake_graph: FakeGraph
) -> None:
    await happens(delivery(line, photo(fake_graph.holds(JPEG, "image/jpeg"))))

    assert line.said() == [("visitor", "[foto]"), ("agent", POLITE["image"]["es"])]
    assert attachments(line) == [("image", "stored", None, JPEG, None)]
    assert line.rows("select kind from alerts where org_id = :org") == [("received",)]


async def test_a_photo_with_words_is_answered_by_its_words(line: Line, fake_graph: FakeGraph) -> None:
    caption = "¿Cuánto cuesta una limpieza dental?"
    await happens(delivery(line, photo(fake_graph.holds(JPEG, "image/jpeg"), caption=caption)))

    assert line.said()[0] == ("visitor", f"[foto] {caption}")
    assert PRICE in line.said()[1][1]
    assert line.rows(
        "select content ->> 'caption' from messages where org_id = :org and sender = 'visitor'"
    ) == [(caption,)]
    assert attachments(line)[0][1] == "stored"


@pytest.mark.parametrize("fault", [{"status": 500}, {"fault": "drop"}, {"content": b"\xff\xd8\xff broken"}])
async def test_a_fault_is_tried_once_more(line: Line, fake_graph: FakeGraph, fault: Body) -> None:
    fake_graph.will(on="file", **fault)

    await happens(delivery(line, photo(fake_graph.holds(JPEG, "image/jpeg"))))

    assert attachments(line) == [("image", "stored", None, JPEG, None)]


@pytest.mark.parametrize(
    ("content", "mime", "problem"),
    [
        (b"MZ" + b"\x00" * 100, "image/jpeg", "wrong_type"),
        (b"<html><script>alert(1)</script>", "image/jpeg", "wrong_type"),
        (OGG, "image/jpeg", "wrong_type"),
        (b"\xff\xd8\xff" + b"\x00" * (5 * 2**20), "image/jpeg", "too_large"),
    ],
)
async def test_what_is_not_what_it_claims_is_not_kept(
    line: Line, fake_graph: FakeGraph, content: bytes, mime: str, problem: str
) -> None:
    await happens(delivery(line, photo(fake_graph.holds(content, mime))))

    assert attachments(line) == [("image", "failed", problem, None, None)]
    assert line.said() == [("visitor", "[foto]"), ("agent", POLITE["file_failed"]["es"])]


async def test_a_sum_that_is_wrong_twice_is_no_file(line: Line, fake_graph: FakeGraph) -> None:
    for _ in range(2):
        fake_graph.will(on="file", content=JPEG + b"!")

    await happens(delivery(line, photo(fake_graph.holds(JPEG, "image/jpeg"))))

    assert attachments(line)[0][1:3] == ("failed", "wrong_sum")


async def test_a_file_that_meta_has_no_more_is_said_kindly(line: Line) -> None:
    await happens(delivery(line, voice("404404")))

    assert attachments(line)[0][1:3] == ("failed", "gone")
    assert line.said()[-1] == ("agent", POLITE["unheard"]["es"])


async def test_a_server_that_hangs_is_given_up(
    line: Line, fake_graph: FakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "PATIENCE", 0.3)
    fake_graph.will(on="file", fault="hang")

    await happens(delivery(line, photo(fake_graph.holds(JPEG, "image/jpeg"))))

    assert attachments(line)[0][1:3] == ("failed", "away")


async def test_a_document_that_a_browser_could_run_is_bytes(line: Line, fake_graph: FakeGraph) -> None:
    html = fake_graph.holds(b"<!DOCTYPE html><script>1</script>", "application/pdf")
    pdf = fake_graph.holds(b"%PDF-1.7 ...", "application/pdf")
    for media_id in (html, pdf):
        document = {"id": media_id, "filename": "comprobante.pdf", "mime_type": "application/pdf"}
        await happens(delivery(line, a_message(type="document", document=document)))

    assert line.rows(
        "select mime, state from message_attachments where org_id = :org order by created_at"
    ) == [
        ("application/octet-stream", "stored"),
        ("application/pdf", "stored"),
    ]
    assert line.said()[0] == ("visitor", "[documento] comprobante.pdf")


async def test_told_again_nothing_is_fetched_or_said_twice(
    line: Line, fake_graph: FakeGraph, transcription: FakeTranscription
) -> None:
    raw = delivery(line, voice(fake_graph.holds(OGG, "audio/ogg")))
    await happens(raw)
    said, asked = line.said(), len(fake_graph.requests)
    line.run("update whatsapp_events set state = 'ready' where org_id = :org")

    await happens(raw)

    assert line.said() == said
    assert (len(transcription.heard), len(fake_graph.requests)) == (1, asked)


def test_sums_are_read_as_meta_writes_them() -> None:
    digest = hashlib.sha256(JPEG)
    assert media._is(JPEG, digest.hexdigest())
    assert media._is(JPEG, base64.b64encode(digest.digest()).decode())
    assert not media._is(OGG, digest.hexdigest())
    assert not media._is(OGG, base64.b64encode(digest.digest()).decode())
    assert media._is(JPEG, "4654+8g=")
