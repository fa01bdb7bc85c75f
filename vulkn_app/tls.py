"""Whom we believe over TLS: the authorities that this machine knows, read once a process.

Reading them takes 35 to 80 ms, during which nothing else happens, and httpx does it for every client that it makes."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """As the environment says (SSL_CERT_FILE), like every other program of this machine."""
    return httpx.create_ssl_context()
