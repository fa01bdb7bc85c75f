"""What the inbox shows of conversations and messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator

from models.conversations import ConversationStatus, MessageKind, Sender
from vulkn_app import leads
from vulkn_app.conversations.contents import Ad, More

Blank = Annotated[str, BeforeValidator(lambda value: value or "")]
Phone = Annotated[str, BeforeValidator(lambda value: leads.readable(value or ""))]
Listed = BeforeValidator(lambda value: value or [])
ChannelKind = Literal["web", "whatsapp"]


class ConversationRow(BaseModel):
    """A conversation as the list shows it. `shut`: WhatsApp's 24 hours are over and only a template may go out;
    `away`: the number is not connected just now, and nothing can go out."""

    id: UUID
    name: Blank
    email: Blank
    phone: Phone
    username: Blank
    status: ConversationStatus
    channel: ChannelKind
    last_text: Blank
    last_sender: Sender
    last_message_at: datetime
    unread: int
    page: Blank
    lead_id: UUID | None
    hot: bool
    window_until: datetime | None
    shut: bool
    away: bool
    opted_out: bool


class Source(BaseModel):
    """The entry of the knowledge that an answer rests on."""

    id: str
    title: str


class Piece(BaseModel):
    """A stretch of a message; a figure names where it stands: an entry, or another kind of source."""

    text: str
    source_kind: str = ""
    title: str = ""
    entry_id: str = ""


class StepRow(BaseModel):
    """A tool that was called for an answer, or a check that held a first one back (`how` is then `check`)."""

    name: str
    ms: int
    how: str


class HandoffRow(BaseModel):
    """Why a person should take the conversation, and what they must know. `took_over`: somebody already did."""

    reason: str
    summary: Blank
    at: datetime | None


class Quote(BaseModel):
    """The message that another one answers."""

    sender: Sender
    kind: MessageKind
    text: str


class Reaction(BaseModel):
    emoji: str
    side: Literal["customer", "business"]


class FileRow(BaseModel):
    """A file of a message. `weight` is its size in words; `transcript` is what a machine heard."""

    id: UUID
    kind: Literal["image", "audio", "video", "document", "sticker"]
    mime: str
    filename: str
    weight: str
    state: Literal["pending", "stored", "failed"]
    transcript: Blank


class SendingRow(BaseModel):
    """What became of a message of ours: the furthest that all its parts came. `reason` is a word of the channels
    locale for a failure."""

    state: Literal["sending", "sent", "delivered", "read", "failed", "unknown"]
    code: int | None = None
    error: Blank = ""
    reason: str = ""
    again: bool = False


class MessageRow(BaseModel):
    """One message of a thread. `author` is the person's name when one wrote it; `pieces` are the text again
    when there are figures in it; `more` is what is not text; `worded`: the text says something that the rest does not."""

    id: UUID
    sender: Sender
    text: str
    author: Blank
    at: datetime
    sources: list[Source]
    rating: int
    comment: Blank
    pieces: list[Piece] = []
    trace: list[StepRow] = []
    wrong: bool = False  # somebody corrected the knowledge because of it
    kind: MessageKind = MessageKind.TEXT
    from_phone: bool = False
    edited: bool = False
    revoked: bool = False
    quote: Quote | None = None
    reply_to: UUID | None = None
    reactions: Annotated[list[Reaction], Listed] = []
    files: Annotated[list[FileRow], Listed] = []
    sending: SendingRow | None = None
    more: More | None = None
    worded: bool = True


class PastRow(BaseModel):
    """Said on the owner's phone before the agent came."""

    id: UUID
    ours: bool
    text: str
    at: datetime


class Thread(BaseModel):
    """One conversation, its newest messages oldest first, and whether the agent is writing. `past`: how many
    messages there are from before; `ad`: what made the person write."""

    conversation: ConversationRow
    handoff: HandoffRow | None
    messages: list[MessageRow]
    answering: bool
    past: int
    ad: Ad | None


def pieces_of(text: str, figures: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """The text cut at its figures; nothing when it has none, or when they are of another text."""
    pieces: list[Piece] = []
    at = 0
    for figure in sorted(figures, key=lambda figure: figure["start"]):
        start, end = figure["start"], figure["end"]
        if start < at or text[start:end] != figure["text"]:
            return []
        if start > at:
            pieces.append(Piece(text=text[at:start]))
        pieces.append(
            Piece(
                text=figure["text"],
                source_kind=figure["source_kind"],
                title=figure["title"] or "",
                entry_id=figure["entry_id"] or "",
            )
        )
        at = end
    return [*pieces, Piece(text=text[at:])] if pieces and text[at:] else pieces


def steps_of(trace: Sequence[Mapping[str, Any]]) -> list[StepRow]:
    """What a turn wrote down of itself."""
    return [
        StepRow(name=str(step["check"]), ms=0, how="check")
        if "check" in step
        else StepRow(name=str(step.get("tool", "")), ms=int(step.get("ms", 0)), how=str(step.get("how", "")))
        for step in trace
    ]


def weight_of(size: int) -> str:
    """ "380 KB", "4.2 MB": as phones word it."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB"
