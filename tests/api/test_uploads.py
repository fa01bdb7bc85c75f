"""The one door for files: only for who is signed in, from our own pages, and not larger than it says."""

import asyncio
import json
from urllib.parse import quote

import httpx
import psycopg
import pytest

from tests.factories import Business, a_business
from tests.plugins.dashboard import a_session
from vulkn_app import auth

pytestmark = pytest.mark.usefixtures("deployment")

DOOR = "/api/knowledge/uploads"


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url, knowledge=())


def signed_in(database_url: str, business: Business, **headers: str) -> dict[str, str]:
    return {"cookie": f"{auth.COOKIE}={a_session(database_url, business)}", "x-file-name": "a.csv", **headers}


def waiting(database_url: str, business: Business) -> list[tuple[str, int]]:
    with psycopg.connect(database_url) as admin:
        return admin.execute(
            "select name, size from knowledge_imports where org_id = %s", [business.org_id]
        ).fetchall()


async def test_a_file_waits_for_the_worker_under_its_own_name(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    name = quote("../Menú de año nuevo.csv")
    headers = signed_in(database_url, business, **{"x-file-name": name})

    answer = await http.post(DOOR, content=b"x" * 300_000, headers=headers)

    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {"id"}
    assert waiting(database_url, business) == [("Menú de año nuevo.csv", 300_000)]


async def test_nobody_else_hands_anything_in(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    foreign = signed_in(database_url, business, **{"sec-fetch-site": "cross-site"})

    assert (await http.post(DOOR, content=b"x")).status_code == 401
    assert (await http.post(DOOR, content=b"x", headers={"cookie": f"{auth.COOKIE}=x"})).status_code == 401
    assert (await http.post(DOOR, content=b"x", headers=foreign)).status_code == 403
    assert waiting(database_url, business) == []


async def test_what_is_too_large_is_refused_before_it_is_read(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    base, cookie = http.base_url, signed_in(database_url, business)["cookie"]
    reader, writer = await asyncio.open_connection(base.host, base.port)
    head = (
        f"POST {DOOR} HTTP/1.1\r\nhost: {base.host}\r\ncookie: {cookie}\r\ncontent-length: 20000001\r\n\r\n"
    )
    writer.write(head.encode())

    answer = await asyncio.wait_for(reader.readline(), 10)

    writer.close()
    assert b" 413 " in answer
    assert waiting(database_url, business) == []


async def test_other_doors_are_as_narrow_as_before(
    http: httpx.AsyncClient, database_url: str, business: Business
) -> None:
    for path in (f"{DOOR}/x", "/api/auth/login"):
        answer = await http.post(path, content=b"x" * 70_000, headers=signed_in(database_url, business))
        assert answer.status_code == 413, path


async def test_the_door_has_one_method(http: httpx.AsyncClient) -> None:
    answer = await http.get(DOOR)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert json.loads(answer.content)["error"]["code"] == "method_not_allowed"
