"""Secrets at rest: AES-GCM under a key derived from VULKN_SECRET_KEY, bound to what they belong to."""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vulkn_app.errors import VulknError
from vulkn_app.settings import settings

NONCE = 12  # bytes, as AES-GCM wants them (NIST SP 800-38D §8.2)


class Unreadable(VulknError):
    """Ciphertext that was changed, belongs to something else, or was made under another key."""

    code, status = "unreadable_secret", 500


def encrypt(text: str, *, belongs_to: str) -> bytes:
    """Nonce and ciphertext; only `decrypt` with the same `belongs_to` opens it."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher().encrypt(nonce, text.encode(), belongs_to.encode())


def decrypt(sealed: bytes, *, belongs_to: str) -> str:
    try:
        return _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], belongs_to.encode()).decode()
    except InvalidTag as problem:
        raise Unreadable from problem


def keyed_hash(text: str, *, purpose: str) -> bytes:
    """32 bytes that only this deployment can compute, for comparing what need not be read again."""
    return hmac.new(_key(), f"{purpose}:{text}".encode(), hashlib.sha256).digest()


def _cipher() -> AESGCM:
    return AESGCM(_key())


def _key() -> bytes:
    assert settings.vulkn_secret_key, "VULKN_SECRET_KEY is not set"
    return _derive(settings.vulkn_secret_key.get_secret_value())


@lru_cache(maxsize=4)
def _derive(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"vulkn secrets at rest v1", hashlib.sha256).digest()
