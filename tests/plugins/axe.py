"""axe-core, the accessibility checker, as its lock names it: fetched from npm once a checkout."""

import hashlib
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page

from vulkn_app.local.children import run
from vulkn_app.local.locks import alone
from vulkn_app.local.supabase import node, npm, npm_environment

HERE = Path(__file__).parent.parent / "e2e" / "axe"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
# Half way through a fade nothing has the contrast that it will have, and what it says of a page that moves meanwhile is
# said of neither: it is asked again, once nothing has changed for a while, until it says the same twice. Only what
# stays wrong is wrong.
LOOK = """async () => {
  const frame = () => new Promise((next) => requestAnimationFrame(next))
  const look = async () => {
    await Promise.allSettled(document.getAnimations()
      .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime)).map((each) => each.finished))
    await document.fonts.ready
    await frame().then(frame)
    const found = await axe.run({ resultTypes: ["violations"] })
    return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`))
  }
  const quiet = () => new Promise((rest) => {
    const over = () => { observer.disconnect(); rest() }
    let timer = setTimeout(over, 300)
    const observer = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(over, 300) })
    observer.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true })
    setTimeout(over, 3000)
  })
  let found = await look()
  for (let tries = 5; found.length && tries; tries--) {
    await quiet()
    const again = await look()
    if (again.join() === found.join()) break
    found = again
  }
  return found
}"""
Axe = Callable[[Page], Awaitable[list[str]]]


@pytest.fixture(scope="session")
async def axe(request: pytest.FixtureRequest) -> Axe:
    """What is wrong with a page: rule and element. The page's context must have `bypass_csp`."""
    cache = request.config.cache
    assert cache
    script = await _script(cache.mkdir("axe"))

    async def check(page: Page) -> list[str]:
        await page.evaluate(script)
        found: list[str] = await page.evaluate(LOOK)
        return found

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
