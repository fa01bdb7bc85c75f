"""Sends what the outbox holds for WhatsApp. Importing it registers the senders.

A row is one turn's words and may be several messages (parts). Before Meta is called the part has its row in
`message_deliveries`, and `biz_opaque_callback_data` carries `outbox:part`: an end that we did not hear of is settled
by Meta's news (statuses.py) and never by sending again. Parts that are there are not sent a second time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from models.whatsapp import NumberMode
from vulkn_app.channels import outbox
from vulkn_app.channels.can_send import can_send
from vulkn_app.channels.outbox import Delivery, Later, NotSent, Withdrawn
from vulkn_app.channels.whatsapp import codes, effects, files, job, messages, numbers, occasions, quoting
from vulkn_app.channels.whatsapp.graph import Graph, GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.job import Job
from vulkn_app.channels.whatsapp.messages import Body
from vulkn_app.db import engine_call
from vulkn_app.i18n import t
from vulkn_app.skills.base import Choice

log = structlog.get_logger()

BEGIN = "select app.delivery_begin(%s, %s, %s, %s, %s, %s, make_interval(secs => %s), %s)"
ASK = "select app.ask_for_number(%s, %s, %s, %s)"
MERGE = "select app.delivery_merge(%s, %s, %s)"
END = "select app.delivery_end(%s, %s, %s, %s, %s, %s)"
# Messages a second of one number, by Meta's word; a number that is also on a phone has less.
RATES = {NumberMode.CLOUD: 80, NumberMode.COEXISTENCE: 20}
PATIENT = 2.0  # seconds that a sender itself waits for its turn; longer, and the row waits in the outbox
UNTIL_CONNECTED = 60.0
MOST_CHOICES = 20


class Unsure(Exception):
    """An earlier try may have arrived, or somebody else has this row."""


@dataclass
class Sending:
    """One row on its way: its messages as they are now, and through whom."""

    job: Job
    graph: Graph
    parts: list[Body]


async def send(delivery: Delivery) -> str:
    if delivery.attempt > 1:  # after a refusal for its pace what waits behind it goes along
        await engine_call(MERGE, (delivery.agent.org_id, delivery.id, delivery.attempt))
    one = await job.read(delivery)
    parts = await _allowed(one)
    sending = Sending(one, Graph(await _connected(one)), parts)
    wamid = ""
    for place in range(len(parts)):
        wamid = await _part(sending, place)
    return wamid


async def _allowed(one: Job) -> list[Body]:
    """The messages, as can_send lets them go. Raises NotSent, Later or Withdrawn."""
    if one.delivery.kind == "template":  # whoever chose it knew that the window was closed
        return [dict(one.delivery.payload["template"])]
    verdict = can_send(one.wish, one.state)
    match verdict.say:
        case "send":
            return await SHAPES[one.delivery.kind](one)
        case "wait":
            until = (verdict.until - one.state.now).total_seconds() if verdict.until else UNTIL_CONNECTED
            raise Later(verdict.why, wait=max(1.0, until))
        case "template":
            return [await _by_template(one)]
        case _:
            if one.wish == "notice":  # somebody must call them
                raise NotSent(verdict.why, again=False)
            raise Withdrawn(verdict.why)


async def _by_template(one: Job) -> Body:
    body = await occasions.template(one) if one.wish in ("reminder", "notice") else None
    if body is None:
        raise NotSent("window", again=False)
    return body


# ---- one message ----------------------------------------------------------------------------------------------


async def _part(sending: Sending, place: int) -> str:
    """Its wamid. As plain text where Meta cannot take it as it is."""
    for _ in range(2):
        if (done := await _begun(sending, place)) is not None:
            return done
        try:
            return await _given(sending, place)
        except GraphProblem as problem:
            sending.parts[place] = await _after(sending, place, problem)
    raise NotSent("unsupported", again=False)


async def _begun(sending: Sending, place: int) -> str | None:
    """None: go. A wamid: it is there already. Raises what says why not now."""
    delivery, one = sending.job.delivery, sending.job
    row = (delivery.agent.org_id, delivery.id, delivery.attempt, place, len(sending.parts))
    while True:
        told = await engine_call(BEGIN, (*row, RATES[one.mode], effects.PAIR, effects.BURST))
        match told["say"]:
            case "go":
                return None
            case "done":
                return str(told["wamid"] or "")
            case "wait":
                seconds = told["ms"] / 1000
                if seconds > PATIENT:
                    raise Later("pace", wait=seconds)
                await asyncio.sleep(seconds)
            case "taken_over":
                raise Withdrawn("person_in_charge")
            case _:
                raise Unsure(told["say"])


async def _given(sending: Sending, place: int) -> str:
    delivery, one = sending.job.delivery, sending.job
    body = {
        "recipient_type": "individual",
        **messages.to(one.phone, one.user_id),
        **sending.parts[place],
        "biz_opaque_callback_data": f"{delivery.id}:{place}",
    }
    row = (delivery.agent.org_id, delivery.id, place)
    try:
        wamid = await sending.graph.send(body)
    except GraphProblem as problem:
        await engine_call(END, (*row, None, problem.code, problem.title))
        raise
    except GraphAway as problem:
        if problem.taken:
            raise
        await engine_call(END, (*row, None, None, "away"))
        raise NotSent("away", again=True) from None
    await engine_call(END, (*row, wamid, None, None))
    return wamid


async def _after(sending: Sending, place: int, problem: GraphProblem) -> Body:
    """What to send instead, at once. Raises NotSent or Later where there is nothing."""
    one, body = sending.job, sending.parts[place]
    delivery, meaning = one.delivery, codes.meaning(problem.code)
    tries = delivery.attempt if meaning.message == "wait" else delivery.tries
    wait = codes.pause(meaning, tries, problem.retry_after)
    name = body.get("template", {}).get("name", "")
    await effects.apply(
        delivery.agent, one.channel_id, delivery.conversation_id, problem.code, wait=wait, template=name
    )
    log.warning("whatsapp.refused", org=str(delivery.agent.org_id), id=str(delivery.id), code=problem.code)
    match meaning.message:
        case "wait":
            raise Later(meaning.why, wait=wait)
        case "again":
            raise NotSent(meaning.why, again=delivery.tries < meaning.tries, wait=wait)
        case "media" if delivery.tries < 2:
            raise NotSent(meaning.why, again=True, wait=wait)
        case "text" | "media":
            if (instead := messages.plain(body)) is not None:
                return instead
        case "template" if body["type"] != "template":
            return await _by_template(one)
        case "phone" if not one.phone:
            words = t("delivery.share_phone", one.language)
            await engine_call(ASK, (delivery.agent.org_id, delivery.conversation_id, words, one.language))
        case _:
            pass
    raise NotSent(meaning.why, again=False)


# ---- what each kind of row says -------------------------------------------------------------------------------


async def _answer(one: Job) -> list[Body]:
    choices = [Choice(**choice) for choice in one.delivery.payload.get("choices", ())[:MOST_CHOICES]]
    first, *rest = _asked(one) or messages.answer(one.text, choices, one.language)
    return [messages.quoting(first, await quoting.answered(one)), *rest]


def _asked(one: Job) -> list[Body]:
    """A question for a place or a number as something to tap; in words where it is too long, or known already."""
    wants = one.delivery.payload.get("wants")
    known = wants == "phone" and one.phone
    if wants not in ("place", "phone") or known or len(one.text) > messages.LONGEST_INTERACTIVE:
        return []
    return [messages.asking(one.text, wants)]


async def _reminder(one: Job) -> list[Body]:
    """With the three things that people answer to it, said by a tap."""
    taps = [Choice(f"reminder:{key}", t(f"delivery.tap_{key}", one.language)) for key in TAPS]
    return messages.answer(one.text, taps, one.language)


async def _notice(one: Job) -> list[Body]:
    return messages.words(one.text)


async def _reply(one: Job) -> list[Body]:
    """As the person wrote it: their asterisks are WhatsApp's own."""
    first, *rest = _asked(one) or messages.words(one.text, markdown=False)
    return [messages.quoting(first, one.quoted), *rest]


async def _media(one: Job) -> list[Body]:
    graph = Graph(await _connected(one))
    try:
        body = await files.uploaded(one, graph)
    except GraphProblem as problem:
        await effects.apply(one.delivery.agent, one.channel_id, one.delivery.conversation_id, problem.code)
        meaning = codes.meaning(problem.code)
        if meaning.message == "wait":
            raise Later(
                meaning.why, wait=codes.pause(meaning, one.delivery.attempt, problem.retry_after)
            ) from None
        raise NotSent(meaning.why, again=meaning.message in ("again", "media")) from None
    except GraphAway:  # an upload is no message: nobody has seen it
        raise NotSent("away", again=True) from None
    return [messages.quoting(body, one.quoted)]


async def _connected(one: Job) -> numbers.Number:
    try:
        return await numbers.number(one.delivery.agent, one.channel_id)
    except numbers.NotConnected:
        raise Later("not_connected", wait=UNTIL_CONNECTED) from None


async def _reaction(one: Job) -> list[Body]:
    return [messages.reaction(one.external_id, str(one.delivery.payload.get("emoji", "")))]


TAPS = ("confirm", "change", "cancel")
SHAPES: dict[str, Callable[[Job], Awaitable[list[Body]]]] = {
    "answer": _answer,
    "notice": _notice,
    "reminder": _reminder,
    "campaign": _notice,
    "reply": _reply,
    "media": _media,
    "reaction": _reaction,
}


for kind in (*SHAPES, "template"):
    outbox.register(kind, send)
