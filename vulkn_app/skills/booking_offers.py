"""From the customer's words about service, day and hour to a few numbered slots that are free."""

import re
from dataclasses import dataclass
from datetime import time

from vulkn_app.booking import bookings, wording
from vulkn_app.booking.reading import Booking
from vulkn_app.booking.search import Found, Search, Wish
from vulkn_app.booking.slots import Calendar, Resource, Service
from vulkn_app.llm.smalltalk import plain, word_set
from vulkn_app.skills import failures
from vulkn_app.skills.base import Choice, ToolProblem, ToolResult, Turn
from vulkn_app.skills.booking_flow import KEY, BookingConfig, Flow, Offer, asker, recall, remember
from vulkn_app.skills.booking_words import say
from vulkn_app.skills.when import Said, When, conversation, understand

KEPT = 3  # things said about the moment: "el viernes", "mejor a las 5"
_ISO = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
# Too common in names of services to tell one from another.
_EMPTY = word_set(
    "de del la el los las para con y o a en un una the of for and with an my mi servicio service cita"
)


@dataclass(frozen=True)
class Request:
    """What the customer wants, in their words; `moving`: instead of this appointment; `others`: none of those
    offered before; `gone`: the one they picked was taken meanwhile."""

    service: str = ""
    when: str = ""
    resource: str = ""
    moving: Booking | None = None
    others: bool = False
    gone: bool = False


async def offer(turn: Turn, config: BookingConfig, request: Request) -> ToolResult:
    """Free slots with tokens, or the question that is still open. Remembers either. Raises ToolProblem."""
    _own_words(request.when, turn)
    flow = await recall(turn)
    calendar = await bookings.calendar(turn.agent, turn.now, turn.now + config.rules.horizon)
    if not calendar.services:
        raise ToolProblem(
            "Nothing can be booked: there are no services.", say=say("no_services", turn.language)
        )
    flow = _asked(flow, request)
    service = _service(calendar, request, flow)
    if service is None:
        return await _which_service(turn, calendar, flow)
    search = _search(turn, config, calendar, service, request=request, flow=flow)
    heard = _heard(flow.when, turn, calendar, service)
    if early := _out_of_reach(turn, config, calendar, heard):
        await remember(turn, flow.model_copy(update={"step": "when", "service": str(service.id), "when": ""}))
        return early
    return await _offered(turn, config, search, search.find(_wish(heard)), request=request, flow=flow)


def named(words: str, services: tuple[Service, ...]) -> Service | None:
    """The one service whose name the words share most with; None when it is none, or not clear. "#2": the second."""
    if words.startswith("#") and words[1:].isdigit():
        return services[int(words[1:]) - 1] if 0 < int(words[1:]) <= len(services) else None
    said = _stems(words)
    scores = {
        service.id: max(_shared(said, service.name_es), _shared(said, service.name_en))
        for service in services
    }
    best = max(scores.values(), default=0.0)
    fitting = [service for service in services if scores[service.id] == best]
    return fitting[0] if best >= 0.5 and len(fitting) == 1 else None


def _own_words(when: str, turn: Turn) -> None:
    if _ISO.search(when) and not _ISO.search(turn.words):
        raise ToolProblem("Pass the customer's own words for day and hour, such as 'el viernes a las 5'.")


def _asked(flow: Flow, request: Request) -> Flow:
    """The open request with what was said now: a new day replaces the old one, a mere "other" keeps it."""
    moving = request.moving.code if request.moving else ""
    if flow.code != moving:
        flow = Flow(name=flow.name, phone=flow.phone, email=flow.email)
    refused = (*flow.refused, *(o.starts for o in flow.offers)) if request.others else ()
    return flow.model_copy(
        update={
            "purpose": "move" if moving else "book",
            "code": moving,
            "when": "\n".join([*flow.when.splitlines(), " ".join(request.when.split())][-KEPT:]).strip(),
            "refused": refused[-30:],
            "offers": (),
            "token": "",
        }
    )


def _service(calendar: Calendar, request: Request, flow: Flow) -> Service | None:
    if len(calendar.services) == 1:
        return calendar.services[0]
    if request.service and (found := named(request.service, calendar.services)):
        return found
    if request.moving:
        return calendar.service(request.moving.service_id)
    return calendar.service(flow.service) if flow.service else None


async def _which_service(turn: Turn, calendar: Calendar, flow: Flow) -> ToolResult:
    await remember(turn, flow.model_copy(update={"step": "service", "service": ""}))
    names = [_priced(service, turn) for service in calendar.services]
    return ToolResult(
        "Not searched yet: ask which service they want.\n" + "\n".join(names),
        say=say("which_service", turn.language, list=wording.listed(names)),
        choices=tuple(
            Choice(f"service:{service.id}", service.name(turn.language), priced)
            for service, priced in zip(calendar.services, names, strict=True)
        ),
        facts=tuple(s.price for s in calendar.services if s.price),
    )


def _priced(service: Service, turn: Turn) -> str:
    return (
        f"{service.name(turn.language)} ({service.price})" if service.price else service.name(turn.language)
    )


def _search(
    turn: Turn, config: BookingConfig, calendar: Calendar, service: Service, *, request: Request, flow: Flow
) -> Search:
    resource = _resource(calendar, service, request.resource or (request.when if flow.step != "name" else ""))
    return Search(
        calendar,
        service,
        config.rules,
        turn.now,
        resource=resource or (calendar.resource(flow.resource) if flow.resource else None),
        but=request.moving.id if request.moving else None,
        not_again=frozenset(flow.refused),
    )


def _resource(calendar: Calendar, service: Service, words: str) -> Resource | None:
    """ "Con Laura": a person by a word of their name."""
    said = set(plain(words).split())
    found = [
        resource
        for resource in calendar.resources_for(service)
        if (set(plain(resource.name).split()) - _EMPTY) & said
        and (resource.kind == "person" or len(said) < 5)
    ]
    return found[0] if len(found) == 1 else None


def _opening(calendar: Calendar, service: Service) -> tuple[time, time] | None:
    """From the first opening of the week until the last closing: it tells that "a las 5" is in the afternoon."""
    hours = [hours for resource in calendar.resources_for(service) for hours in resource.hours]
    if not hours:
        return None
    opens, closes = min(h[1] for h in hours), min(1439, max(h[2] for h in hours))
    return time(*divmod(opens, 60)), time(*divmod(closes, 60))


def _heard(words: str, turn: Turn, calendar: Calendar, service: Service) -> When:
    """What was said about the moment, the later word before the earlier one; a day refused last counts alone."""
    opening, zone = _opening(calendar, service), str(calendar.zone)
    lines = words.splitlines()
    if lines:
        last = understand(lines[-1], now=turn.now, timezone=zone, language=turn.language, opening=opening)
        if last.refused:
            return last
    said = [Said(line) for line in lines]
    return conversation(said, now=turn.now, timezone=zone, language=turn.language, opening=opening)


def _out_of_reach(turn: Turn, config: BookingConfig, calendar: Calendar, heard: When) -> ToolResult | None:
    today = calendar.local(turn.now).date()
    if heard.date and (heard.date_to or heard.date) < today:
        return ToolResult("That day is in the past: ask for another.", say=say("past", turn.language))
    if (
        heard.date
        and not heard.refused
        and heard.date > calendar.local(turn.now + config.rules.horizon).date()
    ):
        days = str(config.horizon_days)
        return ToolResult(
            f"Only the next {days} days can be booked: ask for another day.",
            say=say("too_far", turn.language, days=days),
            facts=(days,),
        )
    return None


def _wish(heard: When) -> Wish:
    if heard.refused:
        return Wish(never=heard.date) if heard.date else Wish()
    at = (heard.time, *heard.other_times) if heard.time else ()
    return Wish(first=heard.date, last=heard.date_to, at=at, earliest=heard.earliest, latest=heard.latest)


async def _offered(
    turn: Turn, config: BookingConfig, search: Search, found: Found, *, request: Request, flow: Flow
) -> ToolResult:
    service, calendar = search.service, search.calendar
    name = service.name(turn.language)
    if not found.slots:
        await remember(turn, flow.model_copy(update={"step": "when", "service": str(service.id)}))
        if not search.resource and not search.not_again:  # nothing at all, not only nothing that they like
            await failures.note_in(turn, KEY, "calendar", service.name_es)
        days = str(config.horizon_days)
        return ToolResult(
            f"Nothing is free for {name} in the next {days} days.",
            say=say("nothing_free", turn.language, service=name, days=days),
            facts=(days,),
        )
    offerer, today = asker(turn).offerer, calendar.local(turn.now).date()
    offers = tuple(
        Offer(token=offerer.token(s, calendar, turn.now), starts=s.starts, resource=str(s.resource.id))
        for s in found.slots
    )
    lines = [
        wording.moment(calendar.local(slot.starts), turn.language, today)
        + wording.on(slot.resource.name, _told(calendar, slot.resource), turn.language)
        for slot in found.slots
    ]
    await remember(
        turn,
        flow.model_copy(
            update={
                "step": "offer",
                "service": str(service.id),
                "resource": str(search.resource.id) if search.resource else "",
                "offers": offers,
            }
        ),
    )
    facts = [fact for slot in found.slots for fact in wording.evidence(calendar.local(slot.starts))]
    if request.moving:
        facts += wording.booking_evidence(request.moving, calendar.zone)
    return ToolResult(
        _for_the_model(name, offers, lines, exact=found.exact, gone=request.gone),
        say=_said(turn, calendar, name, lines, exact=found.exact, request=request),
        choices=tuple(
            Choice(
                f"slot:{slot.starts:%Y-%m-%dT%H:%M}",
                wording.short(calendar.local(slot.starts), turn.language),
                line,
            )
            for slot, line in zip(found.slots, lines, strict=True)
        ),
        facts=tuple(dict.fromkeys(facts)) + ((service.price,) if service.price else ()),
    )


def _told(calendar: Calendar, resource: Resource) -> str:
    """Who it is only matters where there is more than one."""
    return resource.kind if len(calendar.resources) > 1 else ""


def _for_the_model(name: str, offers: tuple[Offer, ...], lines: list[str], *, exact: bool, gone: bool) -> str:
    head = "Free" if exact and not gone else "What was asked for is not free; the closest free times"
    rows = "\n".join(f"slot_token {offer.token}: {line}" for offer, line in zip(offers, lines, strict=True))
    return f"{head} for {name}. Nothing is booked yet; never show a token to the customer.\n{rows}"


def _said(
    turn: Turn, calendar: Calendar, name: str, lines: list[str], *, exact: bool, request: Request
) -> str:
    listed = wording.listed(lines)
    if request.gone:
        return say("gone_offers", turn.language, service=name, list=listed)
    if not exact:
        return say("other_offers", turn.language, service=name, list=listed)
    if request.moving:
        now = wording.appointment(request.moving, calendar.zone, turn.language, turn.now)
        return say("move_offers", turn.language, appointment=now, list=listed)
    return say("offers", turn.language, service=name, list=listed)


def _stems(words: str) -> set[str]:
    """Five letters tell "limpieza" and "limpiezas" from everything else."""
    return {word[:5] for word in plain(words).split() if word not in _EMPTY}


def _shared(said: set[str], name: str) -> float:
    wanted = _stems(name)
    return len(said & wanted) / len(wanted) if wanted else 0.0
