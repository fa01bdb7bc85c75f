"""A delivery of Meta's as events, whatever its shape: what is not known is an event of kind `unknown`.

What an event's key is, is written here and nowhere else: the same key is the same thing, told again. Shapes: Meta's
webhook reference, FIELD 4.2, and the fixtures in tests/data."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from vulkn_app.channels.whatsapp import phones

MAX_KEY, MAX_LANE = 300, 200
FIRST_YEAR = 2009  # WhatsApp's own; what claims to be older has no clock
DEEPEST = 64  # levels of nesting; what is deeper is cut


class EventKind(StrEnum):
    MESSAGE = "message"
    REACTION = "reaction"
    EDIT = "edit"
    REVOKE = "revoke"
    IDENTITY = "identity"
    STATUS = "status"
    ECHO = "echo"
    HISTORY = "history"
    CONTACT_SYNC = "contact_sync"
    TEMPLATE = "template"
    TEMPLATE_QUALITY = "template_quality"
    TEMPLATE_CATEGORY = "template_category"
    PREFERENCE = "preference"
    ACCOUNT = "account"
    PHONE_QUALITY = "phone_quality"
    PHONE_NAME = "phone_name"
    CAPABILITY = "capability"
    ERROR = "error"
    CALL = "call"
    GROUP = "group"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Event:
    """One thing that happened. `lane`: those of one person come one after another; its first letter is its urgency
    (a: people wait, s: news of what was sent, y: the account's, z: history)."""

    kind: EventKind
    key: str
    phone_number_id: str  # empty when it is about a whole account
    waba: str
    lane: str
    at: datetime
    payload: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Change:
    """A part of a delivery that concerns one number or one account, with its events."""

    phone_number_id: str
    waba: str
    entry: dict[str, Any] = field(repr=False)
    events: tuple[Event, ...] = field(repr=False)


class Unreadable(Exception):
    """It is no JSON, or none of Meta's."""


# Fields of which a change is one event.
_WHOLE = {
    "message_template_status_update": EventKind.TEMPLATE,
    "message_template_quality_update": EventKind.TEMPLATE_QUALITY,
    "template_category_update": EventKind.TEMPLATE_CATEGORY,
    "account_update": EventKind.ACCOUNT,
    "account_review_update": EventKind.ACCOUNT,
    "account_alerts": EventKind.ACCOUNT,
    "phone_number_quality_update": EventKind.PHONE_QUALITY,
    "phone_number_name_update": EventKind.PHONE_NAME,
    "business_capability_update": EventKind.CAPABILITY,
}
# Lists inside a change of which every item is one.
_LISTS = {
    "messages": EventKind.MESSAGE,
    "statuses": EventKind.STATUS,
    "message_echoes": EventKind.ECHO,
    "history": EventKind.HISTORY,
    "state_sync": EventKind.CONTACT_SYNC,
    "user_preferences": EventKind.PREFERENCE,
    "calls": EventKind.CALL,
    "errors": EventKind.ERROR,
}
_TYPES = {
    "reaction": EventKind.REACTION,
    "edit": EventKind.EDIT,
    "revoke": EventKind.REVOKE,
    "system": EventKind.IDENTITY,
}
_OWN_ID = {EventKind.MESSAGE, EventKind.REACTION, EventKind.EDIT, EventKind.REVOKE, EventKind.IDENTITY}
_OWN_ID |= {EventKind.GROUP, EventKind.ECHO}


def changes(raw: bytes, now: datetime | None = None) -> list[Change]:
    """Raises Unreadable, and nothing else."""
    now = now or datetime.now(UTC)
    try:
        body = _clean(json.loads(raw.decode("utf-8-sig", "replace"), parse_constant=lambda _: None))
    except (ValueError, RecursionError) as problem:
        raise Unreadable from problem
    if not isinstance(body, dict) or not isinstance(body.get("entry"), list):
        raise Unreadable
    found = []
    for entry in body["entry"]:
        for change in _list(_dict(entry).get("changes")):
            one = {**entry, "changes": [change]}
            found.append(_change(one, _dict(change), now))
    return found


def events(raw: bytes, now: datetime | None = None) -> list[Event]:
    return [event for change in changes(raw, now) for event in change.events]


def _change(entry: dict[str, Any], change: dict[str, Any], now: datetime) -> Change:
    value = _dict(change.get("value"))
    number = _id(_dict(value.get("metadata")).get("phone_number_id"))
    # Some of an account's news come under a partner's entry, and name the account inside.
    waba = _id(_dict(value.get("waba_info")).get("waba_id")) or _id(entry.get("id"))
    about = _About(str(change.get("field") or ""), value, entry, number, waba, now)
    return Change(number, waba, entry, tuple(about.events()))


@dataclass(frozen=True)
class _About:
    """One change, on its way to events."""

    name: str
    value: dict[str, Any]
    entry: dict[str, Any]
    number: str
    waba: str
    now: datetime

    def events(self) -> Iterator[Event]:
        if self.name in _WHOLE:
            yield self._whole(_WHOLE[self.name])
            return
        told = False
        for name, kind in _LISTS.items():
            for item in _list(self.value.get(name)):
                told = True
                yield self._item(kind, _dict(item) or {"value": item})
        if not told:
            yield self._whole(EventKind.UNKNOWN)

    def _whole(self, kind: EventKind) -> Event:
        """An account's news: told again it is the same entry, event, time and words."""
        time, event = self.entry.get("time"), str(self.value.get("event") or "")
        content = self.value or {"change": self.entry.get("changes")}
        key = f"{self.name}:{self.waba or self.number}:{event}:{time or ''}:{_digest(content)}"
        return self._event(kind, key, f"y:{self.waba}", _moment(time, self.now), content)

    def _item(self, kind: EventKind, item: dict[str, Any]) -> Event:
        contact = self._contact(item)
        if kind is EventKind.MESSAGE:
            kind = _TYPES.get(str(item.get("type")), kind)
            kind = EventKind.GROUP if item.get("group_id") else kind
        at = _moment(item.get("timestamp") or _dict(item.get("metadata")).get("timestamp"), self.now)
        if kind is EventKind.HISTORY:
            at = _moment(self.entry.get("time"), self.now)
        return self._event(kind, self._key(kind, item), self._lane(kind, item, contact), at, item, contact)

    def _key(self, kind: EventKind, item: dict[str, Any]) -> str:
        own = _id(item.get("id"))
        if own and kind in _OWN_ID:
            return own
        if own and kind is EventKind.STATUS:
            who = item.get("recipient_participant_id") or item.get("recipient_participant_user_id") or ""
            return ":".join(
                filter(None, (own, _id(item.get("status")), _id(item.get("timestamp")), _id(who)))
            )
        return f"{kind}:{self.number or self.waba}:{own}:{_digest(item)}"

    def _lane(self, kind: EventKind, item: dict[str, Any], contact: dict[str, Any]) -> str:
        if kind is EventKind.HISTORY or kind is EventKind.CONTACT_SYNC:
            return f"z:{self.number}"
        if kind in (EventKind.ERROR, EventKind.CALL, EventKind.GROUP):
            return f"y:{self.number}"
        who = _id(contact.get("user_id") or _theirs(item, "user_id"))
        who = who or phones.key(_id(_theirs(item, "") or contact.get("wa_id")))
        return f"{'s' if kind is EventKind.STATUS else 'a'}:{self.number}:{who}"

    def _contact(self, item: dict[str, Any]) -> dict[str, Any]:
        """The entry of `contacts` that this item is about: by id, by number, or the only one."""
        people = [_dict(one) for one in _list(self.value.get("contacts"))]
        user, phone = _id(_theirs(item, "user_id")), phones.key(_id(_theirs(item, "")))
        for one in people:
            if user and one.get("user_id") == user:
                return one
        for one in people:
            if phone and phones.key(_id(one.get("wa_id"))) == phone:
                return one
        return people[0] if len(people) == 1 and not (user and people[0].get("user_id")) else {}

    def _event(
        self,
        kind: EventKind,
        key: str,
        lane: str,
        at: datetime,
        item: dict[str, Any],
        contact: dict[str, Any] | None = None,
    ) -> Event:
        payload = {
            "item": item,
            "contact": contact or {},
            "metadata": _dict(self.value.get("metadata")),
            "field": self.name,
            "waba": self.waba,
            "time": self.entry.get("time"),
        }
        return Event(kind, _short(key, MAX_KEY), self.number, self.waba, _short(lane, MAX_LANE), at, payload)


def _theirs(item: dict[str, Any], what: str) -> Any:
    """The customer's side of an item: who a status or an echo went to, else who wrote."""
    suffix = f"_{what}" if what else ""
    names = ("recipient_user_id", "to_user_id", "from_user_id", "user_id")
    if not suffix:
        names = ("recipient_id", "to", "from", "wa_id")
    return next((item[name] for name in names if item.get(name)), "")


def _digest(content: Any) -> str:
    made = json.dumps(content, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(made.encode()).hexdigest()[:32]


def _short(name: str, most: int) -> str:
    """Itself, or what stands for it where it is too long for an index."""
    if len(name) <= most:
        return name
    return f"{name[: most - 40]}:{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _moment(told: Any, now: datetime) -> datetime:
    """Seconds since 1970, as a number or its digits; `now` for anything else, and for the future."""
    try:
        found = datetime.fromtimestamp(float(str(told)), UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return found if found.year >= FIRST_YEAR and found <= now + timedelta(minutes=5) else now


def _id(told: Any) -> str:
    return str(told).strip() if isinstance(told, str | int) and not isinstance(told, bool) else ""


def _dict(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []


def _clean(told: Any, depth: int = 0) -> Any:
    """What PostgreSQL can keep: no NUL, no half surrogate pair, no number that JSON has not."""
    if isinstance(told, str):
        return _text(told)
    if isinstance(told, dict):
        return {} if depth > DEEPEST else {_text(name): _clean(one, depth + 1) for name, one in told.items()}
    if isinstance(told, list):
        return [] if depth > DEEPEST else [_clean(one, depth + 1) for one in told]
    if isinstance(told, float) and not math.isfinite(told):
        return None
    return told


def _text(told: str) -> str:
    if "\x00" in told:
        told = told.replace("\x00", "")
    return told if told.isascii() else told.encode("utf-8", "replace").decode()
