"""A customer's message: whose it is, what it says, and to whom it goes: the agent, a person, or a sentence of ours.

Everything here may be done twice. A message that needs its file to be understood (a voice note) waits for it; any other
is in the conversation before its file is fetched."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from models.conversations import MessageKind
from vulkn_app import live
from vulkn_app.channels.whatsapp import continue_link, media, opt_out, people, phones, reading, transcription
from vulkn_app.channels.whatsapp.events import LISTENERS, Happened
from vulkn_app.channels.whatsapp.people import Person
from vulkn_app.channels.whatsapp.reading import Media, Said
from vulkn_app.channels.whatsapp.words import DESCRIBED, POLITE, Polite
from vulkn_app.conversations import engine
from vulkn_app.db import as_agent, engine_call
from vulkn_app.i18n import Language

HEARD = "select app.whatsapp_heard(%s, %s, %s, %s, %s, %s, %s)"
SAID = "select app.whatsapp_said(%s, %s, %s, %s, %s, %s, %s)"
KEPT = "select app.whatsapp_kept(%s, %s, %s, %s, %s)"
SAY = "select app.whatsapp_say(%s, %s, %s, %s, %s, %s, %s)"
GREETING = """
    select a.greeting_es, a.greeting_en from conversations c
    join channels h on h.org_id = c.org_id and h.id = c.channel_id
    join agents a on a.org_id = h.org_id and a.id = h.agent_id where c.org_id = %s and c.id = %s
"""
QUOTE = 300  # characters of a quoted message that the agent is told
# What the team should look at, because the agent cannot.
_UNSEEN: set[Polite] = {"image", "video", "document"}


@dataclass(frozen=True)
class Heard:
    """A message on its way: what the database knows about where it goes. `answers`: the agent may."""

    happened: Happened
    person: Person
    external_id: str
    answers: bool
    language: Language
    stored: dict[str, Any] | None = field(repr=False)
    quoted: dict[str, Any] | None = field(repr=False)

    @property
    def where(self) -> tuple[UUID, UUID, str]:
        return self.happened.agent.org_id, self.person.conversation_id, self.external_id


async def handle(happened: Happened) -> None:
    if happened.channel_id is None:
        return
    person = await people.of(happened.agent, happened.channel_id, happened.payload)
    if person is None:  # nobody wrote it: no number and no id
        return
    heard = await hear(happened, person, quoted=reading.quoted(happened.item))
    if heard is None:
        return
    said = reading.read(happened.item, heard.language)
    if number := reading.own_number(happened.item):
        person = await people.numbered(happened.agent, happened.channel_id, happened.payload, person, number)
        shown = f"+{phones.digits(number)}"
        heard, said = replace(heard, person=person), replace(said, text=shown, shown=shown)
    if said.typed and not heard.stored:
        person, text = await continue_link.taken(happened, person, said.text)
        if text != said.text:
            heard, said = replace(heard, person=person), replace(said, text=text, shown=text)
    if heard.stored:
        await _again(heard, said)
    elif said.typed and await _meant_for_another(happened, person):
        await _keep(heard, said)
    elif said.media and said.kind is MessageKind.AUDIO:
        await _voice(heard, said, said.media)
    else:
        await _take(heard, said)
    live.publish(live.Ring(happened.agent.org_id, "message", person.conversation_id))


async def hear(happened: Happened, person: Person, *, quoted: str = "") -> Heard | None:
    """Opens the window and makes the lead; whoever only says that they want no messages is none. None: the
    conversation was deleted meanwhile."""
    external_id = str(happened.item.get("id") or happened.id)[:200]
    ad = reading.ad(happened.item)
    values = (happened.at, Jsonb(ad) if ad else None, quoted, not opt_out.leaves(happened))
    told = await engine_call(HEARD, (happened.agent.org_id, person.conversation_id, external_id, *values))
    if told is None:
        return None
    return Heard(
        happened, person, external_id, told["answers"], told["language"], told["stored"], told["quoted"]
    )


async def ask(heard: Heard, said: Said) -> None:
    """Gives it to the agent. A person who has the conversation gets it instead: the engine sees to that."""
    inbound = engine.Inbound(
        heard.happened.agent,
        heard.person.visitor,
        heard.external_id,
        said.text,
        "whatsapp",
        heard.happened.at,
    )
    await engine.receive(inbound)
    await _made_of(heard, said)


async def _take(heard: Heard, said: Said) -> None:
    if heard.answers and said.text:
        await ask(heard, _with_quote(heard, said))
        await _file(heard, said)
        return
    await _keep(heard, said)
    came = await _file(heard, said)
    if heard.answers and said.polite:
        await _say(heard, said.polite if came else "file_failed")


async def _voice(heard: Heard, said: Said, sound: Media) -> None:
    """The transcript is what the agent hears, and what stands in the conversation."""
    channel_id = heard.happened.channel_id
    assert channel_id
    file, problem, transcript, polite = None, "", "", "audio"
    try:
        file = await media.fetch(heard.happened.agent, channel_id, sound)
        if transcription.configured():
            polite = "unheard"
            transcript = await transcription.words(file.content, file.mime, heard.language)
    except media.NotFetched as failure:
        problem, polite = failure.problem, "unheard"
    except transcription.NotHeard:
        pass
    spoken = replace(said, text=transcript, shown=transcript or said.shown)
    if transcript and heard.answers and not await _meant_for_another(heard.happened, heard.person):
        await ask(heard, spoken)
    else:
        await _keep(heard, spoken)
    attachment = await _made_of(heard, spoken)
    await _store(heard, attachment, file, problem, transcript)
    if heard.answers and not transcript:
        await _say(heard, polite)


async def _again(heard: Heard, said: Said) -> None:
    """It was stored before a process died, or told twice under two names: what was left to do is done."""
    assert heard.stored
    if heard.stored["revoked"]:
        return
    words = heard.stored["text"]
    stored = replace(said, text=words)
    spoken = said.kind is MessageKind.AUDIO and words != said.shown
    if heard.answers and (spoken or not said.polite):
        await ask(heard, stored)
    else:
        await _made_of(heard, stored)
    came = await _file(heard, stored, words if spoken else "")
    if heard.answers and said.polite and words == said.shown:
        await _say(heard, said.polite if came else "file_failed")


async def _meant_for_another(happened: Happened, person: Person) -> bool:
    """An opt-out, a code that links two conversations: whoever it is for says so."""
    for listener in LISTENERS:
        if await listener(happened, person):
            return True
    return False


def _with_quote(heard: Heard, said: Said) -> Said:
    """An answer to an older message says to which; the last one is what any answer is about. The quoted words are
    ours from the database, never the payload's."""
    quoted = heard.quoted
    if not quoted or quoted["last"] or not said.typed or said.kind is MessageKind.INTERACTIVE:
        return said
    quote = " ".join(quoted["text"].split())[:QUOTE]
    text = DESCRIBED["quote"][heard.language].format(quote=quote, text=said.text)
    return replace(said, text=text, content={**said.content, "text": said.text})


async def _keep(heard: Heard, said: Said) -> None:
    await engine_call(KEPT, (*heard.where, said.shown, heard.happened.at))
    await _made_of(heard, said)


async def _made_of(heard: Heard, said: Said) -> dict[str, Any] | None:
    """The message's kind, content, quote and attachment, on the message that is stored."""
    file = None
    if said.media and said.media.id:
        one = said.media
        file = Jsonb({"kind": one.kind, "mime": one.mime, "filename": one.filename, "media": one.id})
    quoted = UUID(heard.quoted["id"]) if heard.quoted else None
    return await engine_call(SAID, (*heard.where, said.kind.value, Jsonb(said.content), quoted, file))


async def _file(heard: Heard, said: Said, transcript: str = "") -> bool:
    """Fetches what the message carries. False when that failed and the customer does not know yet."""
    channel_id = heard.happened.channel_id
    if said.media is None or channel_id is None:
        return True
    attachment = await _made_of(heard, said)
    if not attachment or attachment["state"] not in ("pending", None):
        return bool(attachment and attachment["state"] == "stored")
    try:
        file = await media.fetch(heard.happened.agent, channel_id, said.media)
    except media.NotFetched as failure:
        await _store(heard, attachment, None, failure.problem, "")
        # Its words were answered; that the rest did not come is said beside it, if there is a number to ask with.
        if said.text and heard.answers and failure.problem != "not_connected":
            await _say(heard, "file_failed")
        return False
    await _store(heard, attachment, file, "", transcript)
    return True


async def _store(
    heard: Heard, attachment: dict[str, Any] | None, file: media.File | None, problem: str, transcript: str
) -> None:
    if not attachment or not attachment["attachment_id"]:
        return
    id = UUID(attachment["attachment_id"])
    await media.store(heard.happened.agent, id, file, problem=problem, transcript=transcript)


async def _say(heard: Heard, polite: Polite) -> None:
    words = POLITE[polite][heard.language]
    if polite == "welcome":
        words = await _greeting(heard) or words
    await engine_call(SAY, (*heard.where, words, heard.language, heard.happened.at, polite in _UNSEEN))


async def _greeting(heard: Heard) -> str:
    """The agent's own, as the owner wrote it."""
    async with as_agent(heard.happened.agent) as connection:
        asked = (heard.happened.agent.org_id, heard.person.conversation_id)
        row = await (await connection.execute(GREETING, asked)).fetchone()
    return (row[1] if heard.language == "en" else row[0]).strip() if row else ""
