"""What the page loads beside itself: font, script, pictures. The name holds a digest, so that a browser keeps a file
for ever; everything stays in memory, compressed once."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "files"
PREFIX = "/landing/"
TYPES = {
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".avif": "image/avif",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
TEXTS = (".js", ".svg")


@dataclass(frozen=True)
class File:
    content: bytes
    media_type: str
    gzipped: bool


@lru_cache
def address(name: str) -> str:
    """Where files/NAME is served."""
    path = FOLDER / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    return f"{PREFIX}{path.stem}.{digest}{path.suffix}"


@lru_cache
def by_address() -> dict[str, File]:
    return {address(path.name): _file(path) for path in FOLDER.iterdir() if path.suffix in TYPES}


def _file(path: Path) -> File:
    content, gzipped = path.read_bytes(), path.suffix in TEXTS
    return File(squeeze(content) if gzipped else content, TYPES[path.suffix], gzipped)


def squeeze(content: bytes) -> bytes:
    """The same bytes every time."""
    return gzip.compress(content, 9, mtime=0)
