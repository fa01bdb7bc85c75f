"""Files of conversations: for people of the business alone, and never as anything that runs."""

from urllib.parse import quote
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.connected import Chat, a_chat, a_number
from tests.exchanged import PNG, a_file, a_message
from tests.factories import Business, a_business
from tests.plugins.dashboard import a_session
from vulkn_app import auth
from vulkn_app.conversations.attachments import sniffed

pytestmark = pytest.mark.usefixtures("deployment")

PAGE = b"<html><script>alert(1)</script>"
SOUND = b"OggS" + bytes(range(256)) * 4


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url, knowledge=())


@pytest.fixture
def chat(database_url: str, business: Business) -> Chat:
    return a_chat(database_url, a_number(database_url, business))


def cookie(database_url: str, business: Business) -> dict[str, str]:
    return {"cookie": f"{auth.COOKIE}={a_session(database_url, business)}"}


def stored(database_url: str, chat: Chat, kind: str, content: bytes, filename: str = "") -> str:
    message = a_message(database_url, chat, "Archivo", kind=kind)
    return f"/api/attachments/{a_file(database_url, chat, message, kind, content, filename=filename)}"


async def test_a_picture_is_shown_to_the_business_and_to_nobody_else(
    http: httpx.AsyncClient, database_url: str, business: Business, chat: Chat
) -> None:
    address = stored(database_url, chat, "image", PNG, "foto.png")
    stranger = cookie(database_url, a_business(database_url))

    mine = await http.get(address, headers=cookie(database_url, business))
    refused = [await http.get(address), await http.get(address, headers=stranger)]

    assert (mine.status_code, mine.content, mine.headers["content-type"]) == (200, PNG, "image/png")
    assert mine.headers["content-disposition"].startswith("inline")
    assert [answer.status_code for answer in refused] == [401, 404]
    assert all(PNG not in answer.content for answer in refused)


async def test_after_signing_out_the_browser_asks_and_is_told_nothing(
    http: httpx.AsyncClient, database_url: str, business: Business, chat: Chat
) -> None:
    address, mine = stored(database_url, chat, "image", PNG), cookie(database_url, business)
    first = await http.get(address, headers=mine)
    kept = {"if-none-match": first.headers["etag"]}

    assert first.headers["cache-control"] == "private, no-cache"
    assert (await http.get(address, headers={**mine, **kept})).status_code == 304
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("delete from app.web_sessions where user_id = %s", (business.owner.user_id,))
    assert (await http.get(address, headers={**mine, **kept})).status_code == 401


@pytest.mark.parametrize("kind", ["image", "document", "sticker"])
async def test_what_is_no_picture_is_only_saved_whatever_it_calls_itself(
    http: httpx.AsyncClient, database_url: str, business: Business, chat: Chat, kind: str
) -> None:
    address = stored(database_url, chat, kind, PAGE, '../"menú".html')

    answer = await http.get(address, headers=cookie(database_url, business))

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%22men%C3%BA%22.html"
    assert answer.headers["x-content-type-options"].startswith("nosniff")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("asked", "status", "told", "got"),
    [
        ("bytes=0-3", 206, "bytes 0-3/1028", b"OggS"),
        ("bytes=1020-", 206, "bytes 1020-1027/1028", SOUND[1020:]),
        ("bytes=-4", 206, "bytes 1024-1027/1028", SOUND[-4:]),
        ("bytes=4-999999", 206, "bytes 4-1027/1028", SOUND[4:]),
        ("bytes=2000-", 416, "bytes */1028", b""),
        ("bytes=0-1,4-5", 200, None, SOUND),
        ("lines=1-2", 200, None, SOUND),
    ],
)
async def test_a_voice_note_can_be_heard_from_anywhere(
    http: httpx.AsyncClient,
    database_url: str,
    business: Business,
    chat: Chat,
    asked: str,
    status: int,
    told: str | None,
    got: bytes,
) -> None:
    address = stored(database_url, chat, "audio", SOUND)

    answer = await http.get(address, headers={**cookie(database_url, business), "range": asked})

    assert (answer.status_code, answer.headers.get("content-range"), answer.content) == (status, told, got)


async def test_what_is_still_on_its_way_and_nonsense_are_not_found(
    http: httpx.AsyncClient, database_url: str, business: Business, chat: Chat
) -> None:
    pending = a_file(database_url, chat, a_message(database_url, chat, "Foto", kind="image"), "image", None)
    mine = cookie(database_url, business)

    assert (await http.get(f"/api/attachments/{pending}", headers=mine)).status_code == 404
    assert (await http.get("/api/attachments/../../etc/passwd", headers=mine)).status_code == 404
    assert (await http.get("/api/attachments/nonsense", headers=mine)).status_code == 422


@pytest.mark.parametrize(
    ("head", "kind", "mime"),
    [
        (b"\xff\xd8\xff\xe0", "document", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBP", "sticker", "image/webp"),
        (b"\0\0\0\x18ftypmp42", "video", "video/mp4"),
        (b"\0\0\0\x18ftypmp42", "audio", "audio/mp4"),
        (b"ID3\x04", "audio", "audio/mpeg"),
        (b"ID3\x04", "document", "application/octet-stream"),
        (b"%PDF-1.7", "document", "application/pdf"),
        (b"<svg xmlns=", "image", "application/octet-stream"),
        (b"", "image", "application/octet-stream"),
    ],
)
async def test_the_bytes_say_what_a_file_is(head: bytes, kind: str, mime: str) -> None:
    assert sniffed(head, kind) == mime


# ---- what people send -------------------------------------------------------------------------------------------


async def send(
    http: httpx.AsyncClient, who: dict[str, str], chat: Chat, content: bytes, name: str, **more: str
) -> httpx.Response:
    headers = {"x-conversation": str(chat.id), "x-file-name": quote(name), "x-draft": "d1", **more}
    return await http.post("/api/attachments", content=content, headers={**headers, **who})


def kept(database_url: str, chat: Chat) -> list[tuple]:
    with psycopg.connect(database_url) as admin:
        return admin.execute(
            "select m.kind, m.body, a.mime, a.filename, o.kind, o.state from messages m"
            " join message_attachments a on a.message_id = m.id join outbox o on o.message_id = m.id"
            " where m.conversation_id = %s",
            (chat.id,),
        ).fetchall()


async def test_a_member_s_file_is_stored_and_on_its_way_once(
    http: httpx.AsyncClient, database_url: str, business: Business, chat: Chat
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        other = uuid4()
        admin.execute("insert into auth.users (id, email) values (%s, %s)", (other, f"{other}@sol.test"))
        admin.execute(
            "insert into profiles (user_id, email, name) values (%s, %s, 'Eva')", (other, f"{other}@sol.test")
        )
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'owner')",
            (business.org_id, other),
        )
        admin.execute(
            "update memberships set role = 'member' where org_id = %s and user_id = %s",
            (business.org_id, business.owner.user_id),
        )
    mine = cookie(database_url, business)
    caption = {"x-caption": quote("¿Así?")}

    answers = [await send(http, mine, chat, PNG, "C:\\fotos\\año.png", **caption) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert kept(database_url, chat) == [("image", "¿Así?", "image/png", "año.png", "media", "ready")]


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"MZ\x90 program", "factura.pdf", 422, "attachment_kind"),
        (b"MZ\x90 program", "lista.xlsx", 422, "attachment_kind"),
        (b"MZ\x90 program", "notas.txt", 422, "attachment_kind"),
        (PAGE, "menu.html", 422, "attachment_kind"),
        (PNG + b"\0" * (5 * 2**20), "foto.png", 413, "attachment_too_large"),
        (b"", "nada.png", 422, "bad_input"),
    ],
)
async def test_what_whatsapp_does_not_take_is_refused_with_its_reason(
    http: httpx.AsyncClient,
    database_url: str,
    business: Business,
    chat: Chat,
    content: bytes,
    name: str,
    status: int,
    code: str,
) -> None:
    answer = await send(http, cookie(database_url, business), chat, content, name)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert kept(database_url, chat) == []


async def test_nobody_sends_into_somebody_else_s_conversation(
    http: httpx.AsyncClient, database_url: str, business: Business, chat: Chat
) -> None:
    stranger = cookie(database_url, a_business(database_url))
    foreign_site = {**cookie(database_url, business), "origin": "https://evil.example"}

    for who, status in (({}, 401), (stranger, 404), (foreign_site, 403)):
        assert (await send(http, who, chat, PNG, "foto.png")).status_code == status
    assert kept(database_url, chat) == []


async def test_a_conversation_that_is_no_id_is_bad_input(
    http: httpx.AsyncClient, database_url: str, business: Business, chat: Chat
) -> None:
    mine = cookie(database_url, business)
    for more in ({"x-conversation": "nonsense"}, {"x-reply-to": "nonsense"}, {"x-draft": ""}):
        assert (await send(http, mine, chat, PNG, "foto.png", **more)).status_code == 422


async def test_after_a_day_a_file_is_refused_too(
    http: httpx.AsyncClient, database_url: str, business: Business, chat: Chat
) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("update conversations set window_until = now() where id = %s", (chat.id,))

    answer = await send(http, cookie(database_url, business), chat, PNG, "foto.png")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "whatsapp_window_closed")
