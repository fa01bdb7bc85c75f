"""A web address, read as a visitor would read it: one page, or a few of the same site.

Every hop goes through `outbound`, which lets nothing but the public internet be reached; what the site's
robots.txt closes stays closed."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx

from vulkn_app.knowledge.drafts import Draft, File
from vulkn_app.knowledge.sources import sandbox
from vulkn_app.knowledge.sources.faults import Unreadable
from vulkn_app.outbound import Call, Outbound, OutboundFailed, Refusal, Reply

LARGEST = 8_000_000  # bytes of one page, or of a PDF that the address is
PATIENCE = 12.0  # seconds a request
ALTOGETHER = 90.0  # seconds a site; what was read till then counts
HOPS = 5
PAUSE = 0.25  # seconds between two pages of somebody's small server
MOST_PAGES = 50

AGENT = "VULKN"
_ACCEPT = {"accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.5"}
_PAGES = ("text/html", "application/xhtml+xml")
_FILES = {"application/pdf": ".pdf", "text/plain": ".txt", "text/markdown": ".md"}
_NO_PAGE = (
    ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".ico", ".mp4", ".mp3", ".zip", ".css", ".js", ".json", ".xml",
    ".woff", ".woff2", ".ics", ".vcf", ".apk", ".exe",
)  # fmt: skip
_WORDS: dict[Refusal, str] = {
    "address": "address_not_public",
    "unreachable": "unreachable",
    "too_slow": "too_slow",
    "too_large": "page_too_large",
    "redirect": "page_refused",
    "unreadable": "page_refused",
}

Tell = Callable[[int, int], Awaitable[bool]]


@dataclass(frozen=True)
class Fetched:
    address: str
    reply: Reply


async def read(address: str, pages: int, tell: Tell, outbound: Outbound | None = None) -> list[Draft]:
    """The drafts of at most `pages` pages, one with a problem when the first cannot be read. `tell` hears how
    many are read and how many are known, and says whether to go on."""
    site = _Site(outbound or Outbound(patience=PATIENCE, largest=LARGEST, pages=True), min(pages, MOST_PAGES))
    try:
        async with asyncio.timeout(ALTOGETHER):
            await site.read(address, tell)
    except Unreadable as problem:
        return [Draft(0, problem=problem.code)]
    except TimeoutError:
        pass
    return site.drafts or [Draft(0, problem="nothing_readable")]


class _Site:
    def __init__(self, outbound: Outbound, pages: int) -> None:
        self.outbound, self.pages = outbound, pages
        self.drafts: list[Draft] = []
        self._said: set[tuple[str, str]] = set()
        self._robots: dict[str, RobotFileParser] = {}

    async def read(self, address: str, tell: Tell) -> None:
        """The first page must be readable; others that are not are passed over."""
        address = _ascii(address)
        waiting, known, read = deque([address]), {_same(address)}, 0
        while waiting and read < self.pages:
            try:
                page = await self._fetch(waiting.popleft())
                links = await self._take(page)
            except Unreadable:
                if not read:
                    raise
                continue
            read += 1
            known.add(_same(page.address))
            for link in links:
                if _same(link) not in known and _worth_reading(link):
                    known.add(_same(link))
                    waiting.append(link)
            if not await tell(read, min(self.pages, read + len(waiting))):
                return
            await asyncio.sleep(PAUSE if waiting else 0)

    async def _fetch(self, address: str) -> Fetched:
        for _ in range(HOPS):
            if not await self._may_read(address):
                raise Unreadable("robots")
            reply = await self._get(address)
            if not reply.location:
                return Fetched(address, reply)
            address = _ascii(address, reply.location)
        raise Unreadable("too_many_hops")

    async def _get(self, address: str) -> Reply:
        call = Call("GET", address, hosts=(_host(address),), headers=_ACCEPT)
        try:
            return await self.outbound.send(call)
        except OutboundFailed as problem:
            raise Unreadable(_WORDS[problem.why]) from problem

    async def _may_read(self, address: str) -> bool:
        root = urljoin(address, "/")
        if root not in self._robots:
            self._robots[root] = await self._rules(root)
        return self._robots[root].can_fetch(AGENT, address)

    async def _rules(self, root: str) -> RobotFileParser:
        """No rules, or none that can be read: everything may be."""
        rules, open_to_all = RobotFileParser(), RobotFileParser()
        open_to_all.parse([])
        try:
            reply = await self._get(urljoin(root, "robots.txt"))
            text = reply.body[:200_000].decode("utf-8", "replace") if reply.status == 200 else ""
        except Unreadable as problem:
            if problem.code == "address_not_public":
                raise
            text = ""
        try:
            rules.parse(text.splitlines())
        except ValueError:  # "Crawl-delay: ²", "Disallow: //["
            return open_to_all
        return rules

    async def _take(self, page: Fetched) -> list[str]:
        """Keeps what the page says that no page before it said; gives its links."""
        if page.reply.status != 200:
            raise Unreadable("page_refused")
        kind, _, parameters = page.reply.content_type.lower().partition(";")
        kind, links = kind.strip(), []
        if kind in _PAGES:
            charset = parameters.partition("charset=")[2].strip(" \"'")
            drafts, links = await sandbox.read_page(page.reply.body, page.address, charset)
        elif kind in _FILES:
            name = PurePosixPath(urlsplit(page.address).path).stem or _host(page.address)
            drafts = await sandbox.read(File(name + _FILES[kind], page.reply.body))
        else:
            raise Unreadable("not_a_page")
        if len(drafts) == 1 and drafts[0].line == 0 and drafts[0].problem:
            raise Unreadable(drafts[0].problem)
        fresh = [draft for draft in drafts if (draft.title, draft.body) not in self._said]
        self._said |= {(draft.title, draft.body) for draft in fresh}
        self.drafts += fresh
        return links


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _ascii(address: str, to: str = "") -> str:
    """The address that it leads `to`, as it is sent: `panadería.mx` is `xn--panadera-i2a.mx` there."""
    try:
        return str(httpx.URL(urldefrag(urljoin(address, to))[0]))
    except (httpx.InvalidURL, ValueError) as problem:
        raise Unreadable("page_refused" if to else "address_not_public") from problem


def _same(address: str) -> str:
    """Two spellings of one page."""
    parts = urlsplit(address)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/').removesuffix('/index.html')}?{parts.query}"


def _worth_reading(link: str) -> bool:
    """No pictures, and none of the endless pages that differ in their query only."""
    parts = urlsplit(link)
    return not parts.query and PurePosixPath(parts.path).suffix.lower() not in _NO_PAGE
