"""What can be switched off and on without a release: for everybody, or for one organization.

Read through `on` alone. A process keeps an organization's answers for a moment; a change rings the doorbell."""

import time
from collections import OrderedDict
from typing import Literal, get_args
from uuid import UUID

from vulkn_app import live
from vulkn_app.db import engine_call

Flag = Literal["question_translation"]
FLAGS: tuple[Flag, ...] = get_args(Flag)
# As it is while nobody said anything at /admin.
DEFAULT: dict[Flag, bool] = {
    "question_translation": True,  # conversations/translation.py
}
FRESH = 30.0  # seconds
KEPT = 2000

_known: OrderedDict[UUID, tuple[float, dict[str, bool]]] = OrderedDict()


async def on(org_id: UUID, flag: Flag) -> bool:
    known = _known.get(org_id)
    if not known or time.monotonic() - known[0] >= FRESH:
        said = await engine_call("select app.flags_of(%s)", (org_id,)) or {}
        known = _known[org_id] = (time.monotonic(), said)
        _known.move_to_end(org_id)
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return known[1].get(flag, DEFAULT[flag])


def hear(ring: live.Ring) -> None:
    if ring.kind == "flag":
        _known.pop(ring.org_id, None)


def forget() -> None:
    """Everybody's: after a change for all, and for tests. Other processes follow within FRESH."""
    _known.clear()
