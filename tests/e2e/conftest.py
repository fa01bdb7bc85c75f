"""Everything of these tests is real: the stack, the browser, the foreign site."""

import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Error, Page, Request, WebSocket

from tests.e2e import people
from tests.fakes.site import site
from tests.plugins.stack import Up

PICTURES = Path(__file__).parent / "pictures"
NewPage = Callable[..., Awaitable[Page]]
Picture = Callable[[Page, str], Awaitable[None]]


# What somebody did in a page, as the page heard of it.
DONE = """for (const kind of ['click', 'submit', 'beforeunload', 'pageshow']) addEventListener(kind, ({ target }) =>
  console.debug('did', kind, target?.tagName ?? '', (target?.textContent ?? '').slice(0, 30), location.pathname), true)"""


class Wire:
    """What a device did, asked for and was told last, and what it still waits for: for whoever reads of a failure."""

    def __init__(self, context: BrowserContext) -> None:
        self._open: dict[Request, str] = {}
        self._said: deque[str] = deque(maxlen=24)
        context.on("request", self._asked)
        context.on("requestfinished", self._answered)
        context.on("requestfailed", self._answered)
        context.on("page", self._hear)

    def __str__(self) -> str:
        return "\n".join([*self._said, f"waiting for {list(self._open.values())}"])

    def _asked(self, request: Request) -> None:
        self._open[request] = request.url
        if request.resource_type in ("document", "fetch"):
            self._note(f"asked {request.method} {request.url}")

    def _answered(self, request: Request) -> None:
        self._open.pop(request, None)

    def _hear(self, page: Page) -> None:
        page.on("websocket", self._listen)
        page.on("console", lambda message: self._note(message.text))

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self._note(f"> {frame!s}"))
        socket.on("framereceived", lambda frame: self._note(f"< {frame!s}"))
        socket.on("close", lambda _: self._note("closed"))

    def _note(self, words: str) -> None:
        self._said.append(f"{time.monotonic():.3f} {words:.160}")


DEVICES = pytest.StashKey[list[Wire]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and call.when == "call":
        wires = item.stash.get(DEVICES, [])
        report.sections += [(f"device {number}", str(wire)) for number, wire in enumerate(wires)]
    return report


@pytest.fixture(autouse=True)
def _operator(stack_database: str) -> None:
    people.operator["database"] = stack_database


@pytest.fixture
async def new_page(chromium: Browser, stack: Up, request: pytest.FixtureRequest) -> AsyncIterator[NewPage]:
    """A device of somebody's own, in Spanish. A script error that nobody caught fails the test; what each
    page showed last is kept."""
    PICTURES.mkdir(exist_ok=True)
    contexts: list[BrowserContext] = []
    wires = request.node.stash[DEVICES] = []
    uncaught: list[str] = []

    def note(error: Error) -> None:
        uncaught.append(error.message)

    async def new(**options: Any) -> Page:
        chosen = {
            "locale": "es-MX",
            "viewport": {"width": 1280, "height": 800},
            "base_url": stack.base,
            "reduced_motion": "reduce",  # a test waits for what moves, and learns nothing from it
            **options,
        }
        context = await chromium.new_context(**chosen)
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.on("page", lambda page: page.on("pageerror", note))
        await context.add_init_script(DONE)
        wires.append(Wire(context))
        return await context.new_page()

    yield new
    for number, context in enumerate(contexts):
        for page in context.pages:
            await page.screenshot(path=PICTURES / f"{request.node.name}-last-{number}.png")
        await context.close()
    assert not uncaught


@pytest.fixture
def picture(request: pytest.FixtureRequest, new_page: NewPage) -> Picture:
    """Keeps what a page looks like now, for people to look at."""
    test, taken = request.node.name.removeprefix("test_"), iter(range(1, 100))
    for old in PICTURES.glob(f"{test}-[0-9]*.png"):
        old.unlink()

    async def take(page: Page, name: str) -> None:
        await page.screenshot(path=PICTURES / f"{test}-{next(taken):02}-{name}.png", animations="disabled")

    return take


@pytest.fixture
async def foreign_site() -> AsyncIterator[Callable[[str], str]]:
    """A business's own website on another origin: takes the embed code, gives the page's address."""
    embedded: list[str] = []

    async def page(request: web.Request) -> web.Response:
        body = "<h1>Clínica Luna</h1><p>Cuidamos tu sonrisa desde 1998.</p>" + "".join(embedded)
        html = f"<!doctype html><html lang=es><meta charset=utf-8><title>Clínica Luna</title><body>{body}</body></html>"
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    async with site(app) as address:

        def with_code(code: str) -> str:
            embedded[:] = [code]
            return f"{address}/"

        yield with_code
