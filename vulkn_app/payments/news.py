"""What the provider tells, stored once and acted upon in one transaction (app.payment_event)."""

from collections.abc import Mapping

import structlog

from vulkn_app import live, plans
from vulkn_app.db import as_system
from vulkn_app.errors import NotFound
from vulkn_app.payments.chosen import provider

log = structlog.get_logger()

_STORE = "select app.payment_event(%s, %s)"


async def take(raw: bytes, headers: Mapping[str, str]) -> None:
    """Raises NotFound where nobody takes money, NotBelieved for what is not signed. What has been told before, or
    what concerns a business that is gone, is taken and changes nothing."""
    told_by = provider()
    if told_by is None:
        raise NotFound
    for news in told_by.read(raw, headers):
        async with as_system("vulkn_engine") as connection:
            body = news.model_dump_json(exclude_none=True)
            row = await (await connection.execute(_STORE, (told_by.name, body))).fetchone()
        outcome = row[0] if row else ""
        log.info("payments.news", provider=told_by.name, key=news.key, outcome=outcome)
        if outcome not in ("unknown", "seen"):
            live.publish(live.Ring(news.org, plans.RING))
