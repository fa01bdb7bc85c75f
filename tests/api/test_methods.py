"""Methods nobody planned for, and addresses that a redirect must not take from the request."""

from pathlib import Path

import httpx
import pytest
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from tests.factories import a_business
from vulkn_app.api import bundled
from vulkn_app.api.edge import Edge
from vulkn_app.settings import settings


@pytest.fixture
def slug(database_url: str) -> str:
    return a_business(database_url).slug


@pytest.fixture
def pages(tmp_path: Path) -> TestClient:
    """Built pages behind the edge, as Reflex serves them: a folder a page."""
    (tmp_path / "login").mkdir()
    (tmp_path / "login" / "index.html").write_text("<p>login")
    (tmp_path / "404.html").write_text("<p>nothing")
    edge = Edge(StaticFiles(directory=tmp_path, html=True), bundled)
    return TestClient(edge, base_url="http://evil.example", follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/healthz", "/c/{slug}", "/api/widget/{slug}/config", "/metrics"])
async def test_head_is_get_without_the_body(http: httpx.AsyncClient, slug: str, path: str) -> None:
    there = path.format(slug=slug)

    head, whole = await http.head(there), await http.get(there)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


async def test_head_of_what_is_not_there_is_a_404(http: httpx.AsyncClient) -> None:
    for path in ("/c/nobody-here", "/api/widget/nobody-here/config", "/api/nothing"):
        head = await http.head(path)
        assert (head.status_code, head.content) == (404, b""), path


async def test_head_of_a_stream_ends(http: httpx.AsyncClient, slug: str) -> None:
    session = (await http.post(f"/api/widget/{slug}/sessions", json={})).json()

    head = await http.head(
        f"/api/widget/{slug}/stream", headers={"authorization": f"Bearer {session['visitor_token']}"}
    )

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("config", "GET, HEAD"),
        ("messages", "GET, HEAD, POST"),
        ("sessions", "POST"),
        ("stream", "GET, HEAD"),
        ("events", "POST"),
        ("feedback", "POST"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_a_route_that_exists_says_which_methods_it_has(
    http: httpx.AsyncClient, slug: str, method: str, path: str, allowed: str
) -> None:
    answer = await http.request(method, f"/api/widget/{slug}/{path}")

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["error"]["code"] == "method_not_allowed"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_an_address_that_nobody_has_is_a_404_whatever_the_method(
    http: httpx.AsyncClient, method: str
) -> None:
    answer = await http.request(method, "/api/nothing/here")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_redirect_does_not_repeat_the_host_it_was_asked_for(pages: TestClient) -> None:
    answer = pages.get("/login?next=/app/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/login/?next=/app/")


@pytest.mark.parametrize("path", ["//evil.example/login/..%2Flogin", "//login", "/\\evil.example/../login"])
def test_a_redirect_never_leads_to_another_site(pages: TestClient, path: str) -> None:
    answer = pages.get(f"http://evil.example{path}")

    assert not answer.headers.get("location", "/").startswith(("//", "/\\", "http"))


def test_the_apis_own_redirects_are_relative_too(pages: TestClient) -> None:
    assert pages.post("/api/auth/login/").headers["location"] == "/api/auth/login"


@pytest.mark.parametrize("status", [401, 403, 404, 503])
async def test_an_auth_server_that_refuses_us_is_not_ready(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, served: str, status: int
) -> None:
    from aiohttp import web

    from vulkn_app import clients
    from vulkn_app.local.ports import free_port

    async def no(request: web.Request) -> web.Response:
        return web.Response(status=status)

    refusing = web.Application()
    refusing.router.add_get("/auth/v1/health", no)
    runner = web.AppRunner(refusing)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    monkeypatch.setattr(settings, "supabase_url", f"http://127.0.0.1:{port}")

    answer = await http.get("/readyz")

    await clients.close()
    await runner.cleanup()
    assert (answer.status_code, answer.json()["auth"]) == (503, "away")
