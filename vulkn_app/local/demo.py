"""A fictional business with real-looking knowledge and two people, so that a first look shows something.

Made once a data folder, through the same doors that a customer uses. Every step can be taken again, and
`demo.json` (mode 0600) is written before the first: a run that was killed goes on where it stopped.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy import text

from models.organizations import Plan
from vulkn_app import auth, organizations, plans, team
from vulkn_app.db import Member, as_member
from vulkn_app.errors import Conflict
from vulkn_app.knowledge import imports
from vulkn_app.knowledge.formats import File
from vulkn_app.local import demo_calendar
from vulkn_app.local.founding import Login, account, password, person, write
from vulkn_app.organizations import Profile

BUSINESS = "Clínica Dental Sonrisa Roma"
KNOWLEDGE = Path(__file__).parent / "demo_knowledge.jsonl"
AGENT = {
    "name": "Sofía",
    "instructions": (
        "Cuando alguien quiera una cita, pregunta qué tratamiento y qué día le queda mejor, y agéndala. "
        "No des diagnósticos: ante dolor o sangrado, ofrece la consulta de urgencia del mismo día."
    ),
    "greeting_es": "¡Hola! Soy Sofía, de Sonrisa Roma. ¿En qué te ayudo? Puedo darte precios, horarios o una cita.",
    "greeting_en": "Hi! I'm Sofía, from Sonrisa Roma. How can I help? Ask me about prices, hours or a visit.",
}
GO_LIVE = text("""
    update agents
    set name = :name, instructions = :instructions, greeting_es = :greeting_es, greeting_en = :greeting_en, live = true
    where org_id = :org_id
""")


SUGGEST = text("update organizations set branding = cast(:branding as jsonb) where id = :org_id")
SUGGESTIONS = {
    "es": ["¿Cuánto cuesta una limpieza?", "¿Qué horario tienen?", "¿Dónde están?"],
    "en": ["How much is a cleaning?", "What are your hours?", "Where are you?"],
}


class Note(BaseModel):
    """What demo.json keeps."""

    owner: Login
    member: Login
    slug: str = ""


@dataclass(frozen=True)
class Demo:
    """What `up` prints. `fresh`: made just now, so the passwords have not been shown yet."""

    business: str
    embed: str
    chat_url: str
    owner: Login
    member: Login
    fresh: bool


async def ensure(folder: Path, *, base_url: str) -> Demo:
    """The demo of this data folder, made if it is not there. Needs the database and Supabase Auth."""
    file = folder / "demo.json"
    note = _read(file)
    fresh = not note.slug
    if fresh:
        note.slug = await _make(note)
        write(file, note)
    return Demo(
        business=BUSINESS,
        embed=f'<script src="{base_url}/vulkn-widget.js" data-org="{note.slug}"></script>',
        chat_url=f"{base_url}/c/{note.slug}",
        owner=note.owner,
        member=note.member,
        fresh=fresh,
    )


async def _make(note: Note) -> str:
    """The slug of the organization, once everything is in it."""
    session = await account(note.owner)
    if (await person(session)).org_id is None:
        await organizations.found(session.user_id, BUSINESS, profile=Profile(industry="dentist"))
    owner = await auth.member(session.sid)
    # What is there to be looked at does not end after a trial's days.
    await plans.give_as_operator(owner.org_id, Plan.STARTER, "demo")
    await organizations.lead_nobody(owner.org_id)
    async with as_member(owner) as connection:
        await connection.execute(GO_LIVE, {**AGENT, "org_id": owner.org_id})
        branding = json.dumps({"suggestions": SUGGESTIONS}, ensure_ascii=False)
        await connection.execute(SUGGEST, {"branding": branding, "org_id": owner.org_id})
    await imports.apply(owner, await imports.plan(owner, [File(KNOWLEDGE.name, KNOWLEDGE.read_bytes())]))
    await demo_calendar.make(owner)
    await _join(owner, note.member)
    slug = (await person(session)).org_slug
    await auth.sign_out(session.sid)
    return slug


async def _join(owner: Member, login: Login) -> None:
    session = await account(login)
    with suppress(Conflict):  # in the team already: a run before this one came that far
        await team.accept(session.user_id, await team.invite(owner, email=login.email, role="member"))
    await auth.sign_out(session.sid)


def _read(file: Path) -> Note:
    if file.exists():
        return Note.model_validate_json(file.read_bytes())
    note = Note(
        owner=Login(name="Ana Beltrán", email="ana@sonrisaroma.example", password=password()),
        member=Login(name="Luis Prado", email="luis@sonrisaroma.example", password=password()),
    )
    write(file, note)
    return note
