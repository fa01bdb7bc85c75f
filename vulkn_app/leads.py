"""Leads: who wrote, how interested they are, what to do next.

Scoring is pure: the engine calls `signals` for every visitor message and the database keeps the highest
score and all reasons of a lead."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

import phonenumbers
from postgrest import APIError, CountMethod
from pydantic import BaseModel, BeforeValidator, Field

from models.leads import LeadSource, LeadStage
from vulkn_app import live, postgrest, verticals
from vulkn_app.db import Member
from vulkn_app.errors import NotFound
from vulkn_app.texts import Text

HOT = 60
LONGEST = {"name": 120, "email": 254, "phone": 32}  # as the table's checks
# What each sign is worth; leaving a number together with a name, or wanting a slot today, is hot.
POINTS = {"email": 50, "phone": 50, "buy": 50, "booking": 45, "price": 25, "urgent": 20, "name": 10}
WORDS = {
    "price": r"precios?|cu[aá]nto (?:cuestan?|vale|sale|cobran)|costos?|cotizaci[oó]n|tarifas?|promoci[oó]n"
    r"|prices?|pricing|how much|costs?|quote",
    "booking": r"citas?|agendar?|agendo|reservar?|reservaci[oó]n|turno|apartar"
    r"|appointments?|book(?:ing)?|schedule|reserve",
    "buy": r"comprar|compro|quiero (?:contratar|pedir|ordenar)|me interesa|lo quiero|la quiero|c[oó]mo pago"
    r"|buy|purchase|order|i want to (?:pay|hire)|interested in",
    "urgent": r"hoy|ahorita|urgentes?|urge|lo antes posible|cuanto antes|ma[ñn]ana mismo"
    r"|today|right now|urgent|asap|as soon as possible",
}
_SIGNS = {reason: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for reason, words in WORDS.items()}
_CANCELLING = re.compile(r"\b(?:cancelar?|cancelo|cancel)\b", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}", re.ASCII)
_NAMED = re.compile(r"\b(?:me llamo|mi nombre es|my name is|me dicen)\s+(.{1,80})", re.IGNORECASE)
_BEING = re.compile(r"\b(?:[Ss]oy|SOY|I'm|I am|i'm|i am|[Tt]his is)\s+(.{1,80})")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LINKING = {"de", "del", "la", "las", "los", "y", "da", "dos", "van", "von"}
_NO_NAMES = {
    "un",
    "una",
    "el",
    "la",
    "de",
    "del",
    "muy",
    "not",
    "a",
    "an",
    "the",
    "nuevo",
    "nueva",
    "cliente",
    "y",
    "and",
}


@dataclass(frozen=True, slots=True)
class Signals:
    """What one message tells about its writer. Reasons are codes of the leads locale."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    score: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def leaves_details(self) -> bool:
        """Whether the message says who writes rather than asks something."""
        return bool(self.name or self.email or self.phone)

    def as_json(self) -> dict[str, Any]:
        """For app.note_lead."""
        details = {"name": self.name, "email": self.email, "phone": self.phone}
        known = {key: value for key, value in details.items() if value and len(value) <= LONGEST[key]}
        return known | {"score": self.score, "reasons": list(self.reasons)}


def signals(text: str, *, country: str = "MX", industry: str = "") -> Signals:
    """Reads `text` as a visitor wrote it. About 0.1 ms; a few times that when it holds a phone number. `industry`: what
    is hot in that vertical counts as well."""
    text = text[:4000]
    email = _EMAIL.search(text)
    name, phone = _name(text), _phone(text, country)
    reasons = [reason for reason, sign in _SIGNS.items() if sign.search(text)]
    if "booking" in reasons and _CANCELLING.search(text):
        reasons.remove("booking")
    reasons += [reason for reason, found in (("email", email), ("phone", phone), ("name", name)) if found]
    own = verticals.hot_reasons(text, industry)
    return Signals(
        name=name,
        email=email.group().lower()[:254] if email else None,
        phone=phone,
        score=min(100, sum(POINTS[reason] for reason in reasons) + HOT * len(own)),
        reasons=tuple(sorted({*reasons, *own})),
    )


def _phone(text: str, country: str) -> str | None:
    """The first number that can be dialled, as E.164."""
    if sum(character.isdigit() for character in text) < 7:
        return None
    for match in phonenumbers.PhoneNumberMatcher(text, country):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _name(text: str) -> str | None:
    """After "me llamo" any word; after "soy" only a capital says that it is a name ("soy nueva")."""
    if found := _NAMED.search(text):
        return _leading_name(found.group(1), strict=False)
    if found := _BEING.search(text):
        return _leading_name(found.group(1), strict=True)
    return None


def _leading_name(rest: str, *, strict: bool) -> str | None:
    words = _WORD.findall(re.split(r"[.,;:!?()\n]", rest, maxsplit=1)[0])[:5]
    if not words or words[0].casefold() in _NO_NAMES or (strict and not words[0][0].isupper()):
        return None
    kept = [words[0]]
    for word in words[1:]:
        if not (word[0].isupper() or (word.casefold() in _LINKING and words[0][0].isupper())):
            break
        kept.append(word)
    while kept[-1].casefold() in _LINKING and len(kept) > 1:
        kept.pop()
    name = " ".join(kept)
    return (name if words[0][0].isupper() else name.capitalize())[:120]


def _iso(value: object) -> object:
    """The local Supabase words the timestamps of a view as PostgreSQL does: "2026-11-22 16:23:39.9+00"."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


Moment = Annotated[datetime, BeforeValidator(_iso)]


class LeadRow(BaseModel):
    """A lead as the dashboard lists it; `phone` is for dialling, `phone_shown` for reading. `ad` is what the
    advertisement says that brought them, `ad_url` where it stands."""

    id: UUID
    conversation_id: UUID | None
    name: str
    email: str
    phone: str
    phone_shown: str
    stage: LeadStage
    score: int
    hot: bool
    reasons: list[str]
    notes: str
    last_message_at: Moment
    created_at: Moment
    source: LeadSource = LeadSource.WEB
    ad: str = ""
    ad_url: str = ""


class LeadPage(BaseModel):
    """One page of leads, and how many there are in all."""

    rows: list[LeadRow]
    total: int


class NotesForm(BaseModel):
    notes: Text = Field(max_length=4000)


Sort = Literal["score", "recent", "name"]
_ORDERS: dict[Sort, list[tuple[str, bool]]] = {
    "score": [("score", True), ("last_message_at", True)],
    "recent": [("last_message_at", True)],
    "name": [("name", False), ("last_message_at", True)],
}
# LIKE's and PostgREST's own characters; a name never needs them. Without them no word needs quotes, which
# the local Supabase takes for a part of the word.
_SPECIAL = str.maketrans(dict.fromkeys('%_*\\",()', " "))


async def list_leads(
    member: Member,
    *,
    search: str = "",
    stage: LeadStage | None = None,
    source: LeadSource | None = None,
    sort: Sort = "score",
    page: int = 1,
    size: int = 25,
) -> LeadPage:
    """`search` finds every one of its words in name, e-mail or phone."""
    sb = await postgrest.of(member)
    asked = sb.table("lead_cards").select("*", count=CountMethod.exact).eq("org_id", str(member.org_id))
    if stage:
        asked = asked.eq("stage", stage.value)
    if source:
        asked = asked.eq("source", source.value)
    if words := search.translate(_SPECIAL).split()[:6]:
        # One condition: the local Supabase reads only one `or`.
        asked = asked.or_(f"and({','.join(_anywhere(word) for word in words)})")
    for column, descending in _ORDERS[sort]:
        asked = asked.order(column, desc=descending, nullsfirst=False)
    first = (max(1, page) - 1) * size
    with postgrest.told():
        try:
            answer = await asked.order("id").range(first, first + size - 1).retry(False).execute()
        except APIError as problem:
            if problem.code != "PGRST103":  # past the last page
                raise
            return LeadPage(rows=[], total=0)
    return LeadPage(rows=[_row(card) for card in answer.data], total=answer.count or 0)


def _anywhere(word: str) -> str:
    """PostgREST's words for "in any of the three"."""
    return f"or({','.join(f'{column}.ilike.*{word}*' for column in ('name', 'email', 'phone'))})"


async def get(member: Member, lead_id: UUID) -> LeadRow:
    sb = await postgrest.of(member)
    asked = sb.table("lead_cards").select("*").eq("org_id", str(member.org_id)).eq("id", str(lead_id))
    with postgrest.told():
        answer = await asked.retry(False).execute()
    if not answer.data:
        raise NotFound
    return _row(answer.data[0])


async def move(member: Member, lead_id: UUID, stage: LeadStage) -> None:
    """Put a lead in another stage; "contacted" notes when."""
    change: dict[str, str] = {"stage": stage.value}
    if stage is LeadStage.CONTACTED:
        change["contacted_at"] = datetime.now(UTC).isoformat()
    await _change(member, lead_id, change)


async def note(member: Member, lead_id: UUID, form: NotesForm) -> None:
    """What the team writes down about a lead; replaces what was there."""
    await _change(member, lead_id, {"notes": form.notes})


async def _change(member: Member, lead_id: UUID, change: dict[str, str]) -> None:
    sb = await postgrest.of(member)
    asked = sb.table("leads").update(change).eq("org_id", str(member.org_id)).eq("id", str(lead_id))
    with postgrest.told():
        answer = await asked.execute()
    if not answer.data:
        raise NotFound
    live.publish(live.Ring(member.org_id, "lead"))


def _row(card: Any) -> LeadRow:
    blanks = {key: card[key] or "" for key in ("name", "email", "phone", "notes")}
    read = {"phone_shown": readable(blanks["phone"]), "hot": card["score"] >= HOT}
    ad = card["source_detail"] if card["source"] == LeadSource.AD else {}
    url = str(ad.get("source_url") or "")
    read |= {"ad": str(ad.get("headline") or "")[:200], "ad_url": url if url.startswith("https://") else ""}
    return LeadRow.model_validate({**card, **blanks, **read})


@lru_cache(4096)
def readable(phone: str) -> str:
    """E.164 in groups, as the number's country writes it, also without its plus as WhatsApp has it; anything else
    as it is."""
    try:
        number = phonenumbers.parse(f"+{phone}" if phone.isdecimal() and len(phone) > 10 else phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
