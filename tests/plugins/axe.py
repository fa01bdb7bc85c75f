"""axe-core, the accessibility checker, as its lock names it: fetched from npm once a checkout."""

import hashlib
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from vulkn_app.local.children import run
from vulkn_app.local.locks import alone
from vulkn_app.local.supabase import node, npm, npm_environment

HERE = Path(__file__).parent.parent / "e2e" / "axe"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
# What fades in has its colours: half way there nothing has the contrast that it will have.
SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter(each => Number.isFinite(each.effect.getComputedTiming().endTime)).map(each => each.finished)).then(() => true)"""
# It looks at one element after another, against what lay where when it began: what it says of a page that changed
# meanwhile is said of neither. Asked again until the page was still; one that never is, is taken as it is.
STILL = """async () => {
  for (let tries = 5; ; tries--) {
    let changes = 0
    const observer = new MutationObserver((records) => { changes += records.length })
    observer.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true })
    const found = await axe.run({ resultTypes: ["violations"] })
    observer.disconnect()
    if (!found.violations.length || !changes || !tries) return found
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))
  }
}"""
Axe = Callable[[Page], Awaitable[list[str]]]


@pytest.fixture(scope="session")
async def axe(request: pytest.FixtureRequest) -> Axe:
    """What is wrong with a page: rule and element. The page's context must have `bypass_csp`."""
    cache = request.config.cache
    assert cache
    script = await _script(cache.mkdir("axe"))

    async def check(page: Page) -> list[str]:
        await page.evaluate(SETTLED)
        await page.evaluate(script)
        found: dict[str, Any] = await page.evaluate(STILL)
        return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]

    return check


async def _script(home: Path) -> str:
    async with alone(home / ".lock"):
        stamp = home / ".stamp"
        wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
        if not (stamp.exists() and stamp.read_text() == wanted):
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(HERE / name, home / name)
            await run([node(), npm(), *INSTALL], within=timedelta(minutes=5), env=npm_environment(), cwd=home)
            stamp.write_text(wanted)
    return (home / "node_modules" / "axe-core" / "axe.min.js").read_text()
