"""Short words that stand for things nobody may make up: a slot that was offered, a link to an appointment.

A slot's token is a keyed hash of the slot and of whom it was offered to, found again by hashing the slots of
its day: nothing is stored, and a time that was not offered has no token that anybody could know."""

import base64
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from vulkn_app.booking.slots import Calendar, Slot
from vulkn_app.secrets import keyed_hash

# 32 characters that are not taken for one another.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
DAY_LETTERS, HASH_LETTERS = 2, 8  # 1024 days; 40 bits
LENGTH = DAY_LETTERS + HASH_LETTERS
HOUR = 3600
_DAYS = 32**DAY_LETTERS
_MAC = 16  # bytes of a link's signature


@dataclass(frozen=True)
class Offerer:
    """To whom a slot is offered: in another conversation, or two hours later, the same slot has another token."""

    org_id: UUID
    conversation_id: UUID

    def token(self, slot: Slot, calendar: Calendar, now: datetime) -> str:
        day = calendar.local(slot.starts).date().toordinal() ^ self._mask
        return _letters(day % _DAYS, DAY_LETTERS) + self._hash(slot, _hour(now))

    def day(self, token: str, today: date) -> date | None:
        """The day that the token's slot is on; None for what is no token."""
        token = _typed(token)
        if len(token) != LENGTH or not set(token) <= set(LETTERS):
            return None
        place = (LETTERS.index(token[0]) * 32 + LETTERS.index(token[1])) ^ (self._mask % _DAYS)
        return today + timedelta(days=(place - today.toordinal()) % _DAYS)

    def find(self, token: str, slots: Iterable[Slot], now: datetime) -> Slot | None:
        """The slot among these that the token was made for in this hour or the last."""
        wanted = _typed(token)[DAY_LETTERS:]
        for slot in slots:
            for hour in (_hour(now), _hour(now) - 1):
                if hmac.compare_digest(self._hash(slot, hour).encode(), wanted.encode()):
                    return slot
        return None

    @property
    def _mask(self) -> int:
        whose = keyed_hash(f"{self.org_id}:{self.conversation_id}", purpose="booking day")
        return int.from_bytes(whose[:4], "big")

    def _hash(self, slot: Slot, hour: int) -> str:
        begins = int(slot.starts.timestamp())
        what = f"{self.org_id}:{self.conversation_id}:{slot.service.id}:{slot.resource.id}:{begins}:{hour}"
        return _letters(int.from_bytes(keyed_hash(what, purpose="booking slot")[:5], "big"), HASH_LETTERS)


def new_code() -> str:
    """What a customer says to change an appointment: one of a thousand million, unique within a business."""
    return "".join(secrets.choice(LETTERS) for _ in range(6))


def link_token(org_id: UUID, code: str) -> str:
    """For the public link to one appointment; it stays good when the appointment is moved."""
    return (
        base64.urlsafe_b64encode(org_id.bytes + code.encode() + _signature(org_id, code)).decode().rstrip("=")
    )


def read_link(token: str) -> tuple[UUID, str] | None:
    """Organization and code; None for a link that this deployment did not make."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        org_id, code = UUID(bytes=raw[:16]), raw[16:-_MAC].decode("ascii")
    except ValueError:
        return None
    return (org_id, code) if hmac.compare_digest(raw[-_MAC:], _signature(org_id, code)) else None


def _signature(org_id: UUID, code: str) -> bytes:
    return keyed_hash(f"{org_id}:{code}", purpose="booking link")[:_MAC]


def _letters(number: int, count: int) -> str:
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(count)))


def _typed(token: str) -> str:
    """A model may add quotes or brackets, or write small letters."""
    return token.strip(" \t\n'\"`[]()<>").upper()


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // HOUR
