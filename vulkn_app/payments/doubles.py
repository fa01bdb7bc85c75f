"""The worker's part where a business pays twice: what app.payment_event noted is ended at the provider.

Asking again is harmless there, so a process that dies between asking and noting leaves it to the next one."""

import structlog
from psycopg.rows import dict_row

from vulkn_app import plans
from vulkn_app.db import as_system
from vulkn_app.errors import VulknError
from vulkn_app.payments.chosen import provider
from vulkn_app.payments.seam import Price, Provider, Running

log = structlog.get_logger()

_DUE = "select * from app.doubles_due(%s)"
_ENDED = "select app.double_ended(%s, %s, %s)"


async def end_due() -> None:
    """Each until the provider said yes; one that it cannot end now holds up none of the others."""
    taker = provider()
    if taker is None:
        return
    for running in await _due(taker):
        try:
            await taker.end(running)
        except VulknError as problem:
            log.warning("payments.double_stays", org=str(running.org_id), kind=type(problem).__name__)
            continue
        async with as_system("vulkn_engine") as connection:
            await connection.execute(_ENDED, (running.org_id, taker.name, running.reference))
        log.info("payments.double_ended", org=str(running.org_id))


async def _due(taker: Provider) -> list[Running]:
    async with as_system("vulkn_engine") as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(_DUE, (taker.name,))).fetchall()
    prices = {offer.key.value: offer.monthly_mxn_cents for offer in await plans.offered()} if rows else {}
    return [
        Running(
            row["org_id"],
            row["reference"],
            row["customer"],
            Price(row["plan"], prices[row["plan"]]),
            row["until"],
        )
        for row in rows
    ]
