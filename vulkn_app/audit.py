"""The audit chain, checked from outside. The rows themselves are written by the database's triggers."""

from dataclasses import dataclass
from uuid import UUID

from vulkn_app.db import as_operator

# The role's own limit is meant for turns and pages; a chain may be long.
LONG_WORK = "select set_config('statement_timeout', '10min', true)"


@dataclass(frozen=True)
class Verdict:
    """`broken` is the first row that does not fit, or None; keep `head` elsewhere to catch a chain made anew."""

    rows: int
    head: str
    broken: int | None


async def verify(org_id: UUID) -> Verdict:
    """Recomputes one organization's chain of hashes."""
    async with as_operator(org_id) as connection:
        await connection.execute(LONG_WORK)
        cursor = await connection.execute("select app.audit_verify(%s)", (org_id,))
        broken = await cursor.fetchone()
        cursor = await connection.execute(
            "select seq, encode(hash, 'hex') from audit_log where org_id = %s order by seq desc limit 1",
            (org_id,),
        )
        last = await cursor.fetchone()
    assert broken
    return Verdict(rows=last[0] if last else 0, head=last[1] if last else "", broken=broken[0] or None)
