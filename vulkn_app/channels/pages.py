"""The page a visitor was on, as it may be kept: where, and nothing that was only meant for them."""

import re
from urllib.parse import urlsplit

from vulkn_app.texts import legible

LONGEST = 500
HIDDEN = "…"
# Longer than any word of an address that people read: a token, a hash, an id. Or an e-mail address.
_SECRET = re.compile(r"(?=.*\d)[\w~.%=+-]{24,}|.*(?:@|%40).*|[0-9a-f-]{32,}", re.IGNORECASE)
_PATH_ONLY = re.compile(r"/[^\s]*")


def told(address: str) -> str:
    """Scheme, host and path of what a browser said; empty for what is no page on the web."""
    address = legible(address)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not host and _PATH_ONLY.fullmatch(address):
        return _path(parts.path)[:LONGEST]
    if parts.scheme not in ("http", "https") or not host:
        return ""
    place = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{place}{f':{port}' if port else ''}{_path(parts.path)}"[:LONGEST]


def _path(path: str) -> str:
    steps = (HIDDEN if _SECRET.fullmatch(step) else step for step in path.split("/"))
    return "/".join(steps).rstrip("/") or "/"
