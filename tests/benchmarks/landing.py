"""`./vulkn bench landing`: the page at the root as a phone on a slow network has it for the first time.

1.6 Mbps, 150 ms a round trip, a processor four times slower (Lighthouse's slow 4G), nothing in the cache; the whole
page is scrolled through, so that the bytes are all there are before anybody opens the chat. `floor` is a line of plain
text from the same server under the same conditions: what this machine takes for any page at all."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser, async_playwright

from tests.plugins.browser import FLAGS, installed
from tests.plugins.stack import Up
from vulkn_app.local.ports import free_port

RUNS = 9
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4
DEVICES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
    "desk": {"viewport": {"width": 1280, "height": 800}},
}
WATCH = """
    window.seen = { lcp: 0, what: '', cls: 0, long: 0 };
    const each = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    each('largest-contentful-paint', (entry) => { seen.lcp = entry.startTime; seen.what = entry.element?.tagName || ''; });
    each('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; });
    each('longtask', (entry) => { seen.long += entry.duration; });
"""
SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 500) {
        scrollTo(0, y);
        await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    }
}"""
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
FIRST = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
INTER = "[...document.fonts].some((font) => font.status === 'loaded')"


@dataclass
class Load:
    """One visit; times in ms, bytes as they came over the wire, headers included."""

    fcp: float = 0
    lcp: float = 0
    largest: str = ""
    cls: float = 0
    long_tasks: float = 0
    own_type: bool = False
    bytes: dict[str, int] = field(default_factory=dict)


def run() -> dict[str, Any]:
    path = installed()
    assert path, "No Chromium on this machine (Debian: apt-get install chromium)."
    return asyncio.run(_run(path))


async def _run(path: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as data:
        stack = Up(Path(data), free_port())
        try:
            stack.until("VULKN ready: ")
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
                found = {
                    name: _figures([await load(browser, stack.base + address, device) for _ in range(RUNS)])
                    for name, address, device in _visits()
                }
                await browser.close()
        finally:
            stack.end()
    return {"line": LINE, "cpu_slower": SLOWER, "runs": RUNS, **found}


def _visits() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, device in DEVICES.items():
        yield f"{name} floor", "/robots.txt", device
        for address in ("/es", "/en"):
            yield f"{name} {address}", address, device


async def load(browser: Browser, address: str, device: dict[str, Any], *, throttled: bool = True) -> Load:
    """A first visit, from a browser that has nothing of the page."""
    context = await browser.new_context(**device)
    page = await context.new_page()
    tools = await context.new_cdp_session(page)
    await tools.send("Network.enable")
    if throttled:
        await tools.send("Network.emulateNetworkConditions", LINE)
        await tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    urls: dict[str, str] = {}
    seen = Load()
    tools.on("Network.requestWillBeSent", lambda e: urls.update({e["requestId"]: e["request"]["url"]}))
    tools.on(
        "Network.loadingFinished",
        lambda e: seen.bytes.update({urls[e["requestId"]].rpartition("/")[2]: int(e["encodedDataLength"])}),
    )
    await page.add_init_script(WATCH)
    await page.goto(address, wait_until="networkidle")
    await page.wait_for_function(PAINTED)
    seen.fcp = await page.evaluate(FIRST)
    found = await page.evaluate("window.seen")
    seen.lcp, seen.largest, seen.long_tasks = found["lcp"], found["what"], found["long"]
    seen.own_type = await page.evaluate(INTER)
    await page.evaluate(SCROLL)
    await page.wait_for_load_state("networkidle")
    seen.cls = (await page.evaluate("window.seen"))["cls"]
    await context.close()
    return seen


def _figures(loads: list[Load]) -> dict[str, Any]:
    return {
        "fcp_ms": {"p50": round(median(x.fcp for x in loads)), "max": round(max(x.fcp for x in loads))},
        "lcp_ms": {"p50": round(median(x.lcp for x in loads)), "max": round(max(x.lcp for x in loads))},
        "largest": loads[0].largest,
        "cls": round(max(x.cls for x in loads), 4),
        "long_tasks_ms": round(median(x.long_tasks for x in loads)),
        "own_type_arrived": sum(x.own_type for x in loads),
        "bytes_in_all": max(sum(x.bytes.values()) for x in loads),
        "bytes": loads[-1].bytes,
    }
