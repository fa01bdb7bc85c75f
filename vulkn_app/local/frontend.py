"""The dashboard's front end: built only when what goes into it changed; one build serves every host and port."""

import asyncio
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from vulkn_app.local.children import run
from vulkn_app.local.failure import StackFailed
from vulkn_app.local.locks import alone
from vulkn_app.local.supabase import node, npm, npm_environment
from vulkn_app.settings import ROOT

SOURCES = ("assets", "components", "models", "reflex.lock", "state", "vulkn_app", "rxconfig.py")
# Never in a page, and changed often.
NOT_IN_IT = (
    "vulkn_app/landing",
    "vulkn_app/locales/en/landing.json",
    "vulkn_app/locales/es/landing.json",
    "vulkn_app/local",
    "vulkn_app/commands",
    "vulkn_app/cli.py",
    "vulkn_app/doctor.py",
    "vulkn_app/migrate.py",
)
BUILD_TIMEOUT = timedelta(minutes=15)
REFLEX = {
    "REFLEX_USE_NPM": "1",
    "REFLEX_USE_GRANIAN": "1",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
}
# Serve the build as it lies there. Reflex's own names, internal to it: tests/local/test_up.py would notice a change.
SERVE = REFLEX | {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}


def fresh(root: Path = ROOT) -> bool:
    """Whether the build on disk is the build of these sources."""
    stamp = _stamp(root)
    return stamp.exists() and stamp.read_text() == fingerprint(root)


async def build(root: Path = ROOT) -> None:
    """Two at once wait for each other, unless there is nothing to build. Tried twice: npm inside it does not retry
    what the network drops."""
    if fresh(root):
        return
    async with alone(Path(sys.prefix) / "frontend.lock"):
        if fresh(root):
            return
        environment = npm_environment() | REFLEX
        registry = await run(
            [node(), npm(), "config", "get", "registry"], within=timedelta(minutes=1), env=environment
        )
        environment["NPM_CONFIG_REGISTRY"] = registry.strip().splitlines()[-1]
        export = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
        try:
            await run(export, within=BUILD_TIMEOUT, env=environment, cwd=root)
        except StackFailed:
            await asyncio.sleep(2)
            await run(export, within=BUILD_TIMEOUT, env=environment, cwd=root)
        _tidy_lock(root / "reflex.lock" / "package.json")
        # The export itself writes reflex.lock: what counts is how the sources lie there now.
        _stamp(root).write_text(fingerprint(root))


def _tidy_lock(path: Path) -> None:
    """Reflex writes the same packages in another order each time: a build must not look like a change."""
    path.write_text(json.dumps(json.loads(path.read_text()), indent=2, sort_keys=True) + "\n")


def fingerprint(root: Path = ROOT) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in _inputs(root):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _inputs(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        place = root / source
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in files:
            inside = str(path.relative_to(root))
            if path.is_file() and path.suffix != ".pyc" and not inside.startswith(NOT_IN_IT):
                yield path


def _stamp(root: Path) -> Path:
    return root / ".web" / "build" / ".fingerprint"
