"""The picture of a shared link to a business's chat, made once for each look it has had."""

import asyncio
from collections import OrderedDict
from urllib.parse import urlsplit

from vulkn_app.branding import card, logos
from vulkn_app.branding.card import Card
from vulkn_app.channels.tenants import Tenant
from vulkn_app.contrast import painted
from vulkn_app.errors import NotFound

KEPT = 200  # pictures of some 100 KB
GREETING = "¡Hola! Soy {agent}. ¿En qué te ayudo?"

_kept: OrderedDict[str, bytes] = OrderedDict()
_drawing: dict[str, asyncio.Task[bytes]] = {}


def card_of(tenant: Tenant, home: str) -> Card:
    """What the picture of `tenant` says; `home` is this server's own address."""
    suggestions = tenant.branding.get("suggestions") or {}
    return Card(
        name=tenant.name,
        agent=tenant.agent_name,
        greeting=tenant.greeting_es or GREETING.format(agent=tenant.agent_name),
        question=next(iter(suggestions.get("es") or ()), ""),
        address=f"{urlsplit(home).netloc}/c/{tenant.slug}",
        color=painted(tenant.branding.get("color")).accent,
        # Our own copy only: a picture at somebody else's address is not fetched for this.
        logo=logos.digest_of(tenant.branding.get("logo_url")),
    )


async def picture(tenant: Tenant, wanted: Card) -> bytes:
    """Drawn in a thread; whoever asks for the same meanwhile waits for the same."""
    tag = wanted.tag
    if tag in _kept:
        _kept.move_to_end(tag)
        return _kept[tag]
    if tag not in _drawing:
        _drawing[tag] = asyncio.create_task(_draw(tenant, wanted))
        _drawing[tag].add_done_callback(lambda _: _drawing.pop(tag, None))
    return await asyncio.shield(_drawing[tag])


async def _draw(tenant: Tenant, wanted: Card) -> bytes:
    logo = await _logo(tenant, wanted.logo)
    made = await asyncio.to_thread(card.draw, wanted, logo)
    _kept[wanted.tag] = made
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return made


async def _logo(tenant: Tenant, digest: str) -> bytes | None:
    try:
        return await logos.read(tenant.org_id, digest) if digest else None
    except NotFound:
        return None
