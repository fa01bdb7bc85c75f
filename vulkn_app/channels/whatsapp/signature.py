"""Whether a delivery is Meta's: HMAC-SHA256 over the bytes as they came (X-Hub-Signature-256)."""

import hashlib
import hmac
import re

from vulkn_app.settings import settings

HEADER = "x-hub-signature-256"
_FORM = re.compile(r"sha256=([0-9a-f]{64})", re.IGNORECASE)


def app_secrets() -> list[bytes]:
    """One a Meta app; with none of them everything is refused."""
    told = settings.whatsapp_app_secret
    parts = told.get_secret_value().split(",") if told else []
    return [part.strip().encode() for part in parts if part.strip()]


def claimed(header: str) -> str:
    """The digest that a header names; empty when it has not even the form of one."""
    found = _FORM.fullmatch(header.strip())
    return found[1].lower() if found else ""


def valid(raw: bytes, digest: str) -> bool:
    """Every secret is tried in constant time, whichever fits."""
    made = [hmac.new(secret, raw, hashlib.sha256).hexdigest() for secret in app_secrets()]
    return sum(hmac.compare_digest(one, digest) for one in made) > 0


def verify_token_is(told: str) -> bool:
    """The word that whoever connects the webhook at Meta types on both sides."""
    ours = settings.whatsapp_verify_token
    return bool(ours) and hmac.compare_digest(ours.get_secret_value().encode(), told.encode())
