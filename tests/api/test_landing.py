"""The page at the root as programs see it: languages, caches, compression, search engines."""

import gzip
import re
from xml.etree import ElementTree

import httpx
import psycopg
import pytest

from tests.factories import a_business
from vulkn_app.landing import site
from vulkn_app.landing.plans import price_list

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "_prices", ())


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("en-US,en;q=0.9,es;q=0.8", "en"), ("es-MX,es;q=0.9", "es"), ("fr-FR", "es"), ("", "es")],
)
async def test_the_root_speaks_the_browsers_language(
    http: httpx.AsyncClient, accepted: str, language: str
) -> None:
    answer = await http.get("/", headers={"accept-language": accepted})

    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}"' in answer.text
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/{language}">' in answer.text
    assert "accept-language" in answer.headers["vary"]


@pytest.mark.parametrize("path", ["/es", "/en", "/privacidad", "/privacy", "/es/"])
async def test_an_address_has_one_language_whatever_the_browser_says(
    http: httpx.AsyncClient, path: str
) -> None:
    answers = [await http.get(path, headers={"accept-language": accepted}) for accepted in ("en", "es")]

    assert answers[0].status_code == 200
    assert answers[0].text == answers[1].text


async def test_every_page_names_all_languages_of_itself(http: httpx.AsyncClient) -> None:
    for es, en in (("/es", "/en"), ("/privacidad", "/privacy")):
        for path in (es, en):
            found = dict(
                re.findall(r'hreflang="(\S+)" href="http://127.0.0.1:8000(\S+)"', (await http.get(path)).text)
            )
            assert (found["es"], found["en"]) == (es, en)
            assert "x-default" in found


async def test_the_prices_are_the_tables(http: httpx.AsyncClient) -> None:
    plans = await price_list()

    for path in ("/es", "/en"):
        text = (await http.get(path)).text
        shown = re.findall(r'data-plan="(\w+)">.*?<b>(\$[\d,.]+)</b>', text, re.DOTALL)
        assert shown == [(plan.key, plan.price) for plan in plans]


async def test_a_page_travels_compressed_and_is_not_sent_twice(http: httpx.AsyncClient) -> None:
    plain = await http.get("/es", headers={"accept-encoding": "identity"})
    packed = await http.get("/es", headers={"accept-encoding": "gzip"})
    again = await http.get("/es", headers={"if-none-match": packed.headers["etag"]})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content, 9)) < 14_000  # the first answer of a new connection
    assert (again.status_code, again.content) == (304, b"")


async def test_files_keep_for_ever_and_others_are_not_there(http: httpx.AsyncClient) -> None:
    text = (await http.get("/es")).text
    found = set(re.findall(r'(?:src|srcset|href)="(/landing/[^"]+)"', text)) | set(
        re.findall(r"url\((/landing/\S+)\)", text)
    )

    assert len(found) >= 6
    for path in found:
        answer = await http.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["cache-control"]
        assert answer.content
    for path in ("/landing/landing.js", "/landing/..%2Fpage.py", "/landing/inter.0000000000.woff2"):
        assert (await http.get(path)).status_code == 404


async def test_no_script_stands_in_the_page_and_no_other_host_is_asked(http: httpx.AsyncClient) -> None:
    answer = await http.get("/en")

    assert "unsafe" not in answer.headers["content-security-policy"]
    assert re.findall(r"<script(?![^>]*\ssrc=)", answer.text) == []
    assert re.findall(r'\s(?:style|on\w+)="', answer.text) == []
    assert set(re.findall(r'(?:src|srcset)="(?:https?:)?//', answer.text)) == set()


async def test_the_chat_is_offered_only_while_its_agent_is_live(
    http: httpx.AsyncClient, database_url: str
) -> None:
    without = (await http.get("/es")).text
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update organizations set slug = 'vulkn' where id = %s", (a_business(database_url).org_id,)
        )

    assert "data-chat" not in without
    assert 'data-chat="vulkn"' in (await http.get("/es")).text


async def test_search_engines_find_every_page_and_nothing_private(http: httpx.AsyncClient) -> None:
    tree = ElementTree.fromstring((await http.get("/sitemap.xml")).text)
    robots = (await http.get("/robots.txt")).text

    listed = [str(url.findtext(f"{SITEMAP}loc")) for url in tree.iter(f"{SITEMAP}url")]
    assert [url.removeprefix("http://127.0.0.1:8000") for url in listed] == [
        "/es",
        "/en",
        "/privacidad",
        "/privacy",
    ]
    for path in (url.removeprefix("http://127.0.0.1:8000") for url in listed):
        assert (await http.get(path)).status_code == 200
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in robots
    assert "Disallow: /app\n" in robots


async def test_a_shared_link_has_a_picture(http: httpx.AsyncClient) -> None:
    for path in ("/es", "/en"):
        text = (await http.get(path)).text
        image = re.search(r'property="og:image" content="http://127.0.0.1:8000(\S+)"', text)
        assert image
        picture = await http.get(image[1])
        assert picture.headers["content-type"] == "image/png"
        assert picture.content[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)
