"""What a business looks like from outside: its shared picture, its logo, the preview; and who may change it."""

import asyncio
import io
import json
from uuid import uuid4

import httpx
import psycopg
import pytest
from PIL import Image

from tests.branding.pictures import bomb, picture
from tests.factories import Business, a_business
from tests.plugins.dashboard import a_session
from vulkn_app import auth
from vulkn_app.branding import card, look
from vulkn_app.branding.look import LookForm
from vulkn_app.channels import sharing
from vulkn_app.errors import BadInput, NotAllowed

pytestmark = pytest.mark.usefixtures("deployment")

DOOR = "/api/branding/logo"


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


def signed_in(database_url: str, business: Business, **headers: str) -> dict[str, str]:
    return {"cookie": f"{auth.COOKIE}={a_session(database_url, business)}", **headers}


def renamed(database_url: str, business: Business, name: str) -> None:
    with psycopg.connect(database_url) as admin:
        admin.execute("update organizations set name = %s where id = %s", (name, business.org_id))


def a_plain_member(database_url: str, business: Business) -> None:
    """Somebody else owns it now."""
    with psycopg.connect(database_url) as admin:
        heir = a_business(database_url).owner.user_id
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'owner')",
            (business.org_id, heir),
        )
        admin.execute(
            "update memberships set role = 'member' where org_id = %s and user_id = %s",
            (business.org_id, business.owner.user_id),
        )


async def test_a_shared_link_has_its_picture(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    renamed(
        database_url, business, "Peluquería «Ñandú» & Señoras <b>de</b> la Ciudad de México, S.A. de C.V."
    )

    answer = await http.get(f"/og/{business.slug}.png")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert "max-age" in answer.headers["cache-control"]
    with Image.open(io.BytesIO(answer.content), formats=("PNG",)) as found:
        assert found.size == (1200, 630)
    again = await http.get(f"/og/{business.slug}.png", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await http.head(f"/og/{business.slug}.png")
    assert (head.status_code, head.headers["etag"]) == (200, answer.headers["etag"])


@pytest.mark.parametrize("slug", ["nobody-has-this", "../etc", "A", "x" * 200, "%00", "sol.png"])
async def test_a_name_that_nobody_has_has_none(http: httpx.AsyncClient, slug: str) -> None:
    assert (await http.get(f"/og/{slug}.png")).status_code == 404


async def test_a_picture_is_drawn_once_however_many_ask_at_once(
    http: httpx.AsyncClient, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def draw(wanted: card.Card, logo: bytes | None) -> bytes:
        drawn.append(wanted.name)
        return b"png"

    monkeypatch.setattr(sharing.card, "draw", draw)

    answers = await asyncio.gather(*(http.get(f"/og/{business.slug}.png") for _ in range(6)))

    assert {answer.content for answer in answers} == {b"png"}
    assert len(drawn) == 1


async def test_the_hosted_page_names_the_picture_of_todays_look(
    http: httpx.AsyncClient, business: Business
) -> None:
    before = (await http.get(f"/c/{business.slug}")).text
    await look.save(business.owner, LookForm(color="#0f766e"))
    after = (await http.get(f"/c/{business.slug}")).text

    def image(page: str) -> str:
        return page.partition('property="og:image" content="')[2].partition('"')[0]

    assert image(before) != image(after)
    assert (await http.get(image(after).partition("8000")[2])).status_code == 200
    assert 'name="theme-color" content="#0f766e"' in after


async def test_a_logo_goes_from_the_upload_to_everybody(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    kept = await http.post(DOOR, content=picture((900, 300)), headers=signed_in(database_url, business))
    assert kept.status_code == 201, kept.text
    url = kept.json()["url"]
    assert (await http.get(f"/api/widget/{business.slug}/config")).json()["branding"]["logo_url"] is None

    await look.save(business.owner, LookForm(logo=url))

    assert (await http.get(f"/api/widget/{business.slug}/config")).json()["branding"]["logo_url"] == url
    shown = await http.get(url)
    assert shown.headers["content-type"] == "image/webp"
    assert "immutable" in shown.headers["cache-control"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (await http.get(url, headers={"if-none-match": shown.headers["etag"]})).status_code == 304


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "logo_unreadable"),
        (bomb(60_000, 60_000), 422, "logo_unreadable"),
        (bomb(8_000, 7_000), 422, "logo_size"),
        (b"", 422, "logo_unreadable"),
        (bytes(2_000_001), 413, "too_large"),
    ],
    ids=["svg", "bomb", "pixels", "nothing", "bytes"],
)
async def test_what_is_no_logo_is_refused(
    http: httpx.AsyncClient, database_url: str, business: Business, content: bytes, status: int, code: str
) -> None:
    answer = await http.post(DOOR, content=content, headers=signed_in(database_url, business))

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_nobody_else_brings_a_logo(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    foreign = signed_in(database_url, business, **{"sec-fetch-site": "cross-site"})
    a_plain_member(database_url, business)
    member = signed_in(database_url, business)

    assert (await http.post(DOOR, content=picture())).status_code == 401
    assert (await http.post(DOOR, content=picture(), headers=foreign)).status_code == 403
    assert (await http.post(DOOR, content=picture(), headers=member)).status_code == 403


async def test_a_logo_of_another_business_is_not_there(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    other = a_business(database_url)
    kept = await http.post(DOOR, content=picture(), headers=signed_in(database_url, other))
    digest = kept.json()["url"].rpartition("/")[2]

    assert (await http.get(f"/logo/{business.slug}/{digest}")).status_code == 404
    with pytest.raises(BadInput):
        await look.save(business.owner, LookForm(logo=kept.json()["url"]))
    with pytest.raises(BadInput):
        await look.save(business.owner, LookForm(logo="https://evil.example/x.png"))


async def test_logos_that_were_only_tried_do_not_pile_up(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    headers = signed_in(database_url, business)
    urls = [
        (await http.post(DOOR, content=picture((100 + number, 100)), headers=headers)).json()["url"]
        for number in range(3)
    ]
    await look.save(business.owner, LookForm(logo=urls[2]))
    await look.save(business.owner, LookForm())
    await http.post(DOOR, content=picture((300, 300)), headers=headers)

    found = [(await http.get(url)).status_code for url in urls]

    assert found == [404, 404, 200]  # the last one is the way back


async def test_the_look_before_comes_back(business: Business) -> None:
    first = LookForm(color="#0f766e", position="left", greeting_es="Hola", greeting_en="Hi")
    await look.save(business.owner, first)
    await look.save(business.owner, LookForm(color="#aa0000"))
    assert (await look.current(business.owner)).color == "#aa0000"

    await look.back(business.owner)
    back = await look.current(business.owner)
    await look.back(business.owner)

    assert LookForm.model_validate(back.model_dump()) == first
    assert (await look.current(business.owner)).color == "#aa0000"


async def test_a_plain_member_changes_nothing(database_url: str, business: Business) -> None:
    a_plain_member(database_url, business)

    with pytest.raises(NotAllowed):
        await look.save(business.owner, LookForm(color="#aa0000"))
    assert (await look.current(business.owner)).color == "#5b5bd6"


async def test_the_preview_is_framed_by_nobody_else_and_sends_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.get("/preview/widget")

    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "connect-src" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


async def test_robots_are_not_counted_and_secrets_in_addresses_not_kept(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    page = "https://sol.mx/baja/9f86d081884c7d659a2feaa0c55ad015?token=geheim#x"
    for agent in ("Mozilla/5.0 (iPhone) Safari/604.1", "Mozilla/5.0 (compatible; Googlebot/2.1)"):
        event = {"type": "impression", "id": str(uuid4()), "page": page}
        answer = await http.post(
            f"/api/widget/{business.slug}/events",
            content=json.dumps({"events": [event]}),
            headers={"content-type": "text/plain", "user-agent": agent},
        )
        assert answer.status_code == 202

    with psycopg.connect(database_url) as admin:
        kept = admin.execute("select page from widget_events where org_id = %s", (business.org_id,))
        assert kept.fetchall() == [("https://sol.mx/baja/…",)]
