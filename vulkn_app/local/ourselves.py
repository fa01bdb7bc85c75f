"""The organization `vulkn`, whose agent answers about VULKN itself on the landing page.

An operator's act and an invitation, as for a customer that the platform invites: `found` would give nobody this slug.
Every step can be taken again; `vulkn.json` is written before the first."""

import json
import secrets
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, Field
from sqlalchemy import text

from models.organizations import Plan
from vulkn_app import auth, organizations, plans, team
from vulkn_app.db import Member, as_member
from vulkn_app.errors import Conflict, NotFound
from vulkn_app.i18n import LANGUAGES
from vulkn_app.knowledge import imports
from vulkn_app.knowledge.formats import File
from vulkn_app.landing.about import SLUG, knowledge
from vulkn_app.landing.plans import price_list
from vulkn_app.local.founding import Login, account, password, person, write

AGENT = {
    "name": "Vera",
    "instructions": (
        "Hablas con dueños de negocios pequeños que ven VULKN por primera vez. Contesta corto y concreto, sin "
        "tecnicismos. Si alguien quiere contratar, pide su nombre y un correo o teléfono. No compares con otras marcas."
    ),
    "greeting_es": "¡Hola! Soy Vera, el asistente de VULKN. Pregúntame qué hace, cuánto cuesta o qué no hace.",
    "greeting_en": "Hi! I'm Vera, VULKN's assistant. Ask me what it does, what it costs or what it doesn't do.",
}
SUGGESTIONS = {
    "es": ["¿Cuánto cuesta?", "¿Me haces un descuento?", "¿Funciona con mi WhatsApp?"],
    "en": ["How much is it?", "Can I get a discount?", "Does it work with my WhatsApp?"],
}
GO_LIVE = text("""
    update agents
    set name = :name, instructions = :instructions, greeting_es = :greeting_es, greeting_en = :greeting_en, live = true
    where org_id = :org_id
""")
SUGGEST = text("update organizations set branding = cast(:branding as jsonb) where id = :org_id")


class Note(BaseModel):
    """What vulkn.json keeps. `done`: nothing is left to do."""

    owner: Login
    invitation: str = Field(repr=False)
    done: bool = False


async def ensure(folder: Path) -> None:
    """Nothing, where the organization is there and not by us: then it is somebody's, as they made it."""
    file = folder / "vulkn.json"
    if not file.exists():
        if await _is_there():
            return
        owner = Login(name="Vera Ortiz", email="vera@vulkn.example", password=password())
        write(file, Note(owner=owner, invitation=secrets.token_urlsafe(32)))
    note = Note.model_validate_json(file.read_bytes())
    if not note.done:
        await _make(note)
        write(file, note.model_copy(update={"done": True}))


async def _is_there() -> bool:
    try:
        await organizations.find(SLUG)
    except NotFound:
        return False
    return True


async def _make(note: Note) -> None:
    with suppress(Conflict):  # a run before this one came that far
        await organizations.provision("VULKN", SLUG, note.owner.email, invitation=note.invitation)
    await plans.give_as_operator(await organizations.find(SLUG), Plan.BUSINESS, "the house's own")
    session = await account(note.owner)
    if (await person(session)).org_id is None:
        await team.accept(session.user_id, note.invitation)
    owner = await auth.member(session.sid)
    await organizations.lead_nobody(owner.org_id)
    await _teach(owner)
    await auth.sign_out(session.sid)


async def _teach(owner: Member) -> None:
    async with as_member(owner) as connection:
        branding = json.dumps({"suggestions": SUGGESTIONS}, ensure_ascii=False)
        await connection.execute(SUGGEST, {"branding": branding, "org_id": owner.org_id})
        await connection.execute(GO_LIVE, {**AGENT, "org_id": owner.org_id})
    prices = await price_list()
    files = [File(f"vulkn-{language}.jsonl", knowledge(language, prices).encode()) for language in LANGUAGES]
    await imports.apply(owner, await imports.plan(owner, files))
