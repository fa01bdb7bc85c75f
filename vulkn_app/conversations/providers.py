"""Which of the deployment's models an organization wants asked, and in which order."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import text

from vulkn_app import live, llm
from vulkn_app.db import Member, as_member
from vulkn_app.errors import NotAllowed
from vulkn_app.llm import REHEARSAL
from vulkn_app.settings import Provider, settings

CHOSEN = text(
    "select providers, coalesce(model, '') as model from agents where org_id = :org_id order by id limit 1"
)
CHOOSE = text("""
    update agents set providers = cast(:providers as text[]), model = :model
    where org_id = :org_id and id = (select id from agents where org_id = :org_id order by id limit 1)
    returning 1
""")


class ProviderRow(BaseModel):
    """A model that this deployment can ask. `trouble`: why it is left alone until somebody acts."""

    key: str
    model: str
    trouble: str = ""


class Choice(BaseModel):
    """`providers` in their order; an empty `model` is each provider's usual one."""

    providers: list[Provider] = Field([], max_length=3)
    model: Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$|^$")] = ""


class Models(BaseModel):
    """What may be asked, first one first, and whether that is the organization's own order."""

    rows: list[ProviderRow]
    own_order: bool
    model: str


async def chosen(member: Member) -> Models:
    async with as_member(member) as session:
        row = (await session.execute(CHOSEN, {"org_id": member.org_id})).mappings().one()
    own = [name for name in row["providers"] if name in configured()]
    names = [*own, *(name for name in configured() if name not in own)]
    trouble = llm.disabled()
    rows = [
        ProviderRow(
            key=name,
            model=_usual(name),
            trouble=trouble.get(name) or trouble.get(f"{name}/{row['model']}", ""),
        )
        for name in names
    ]
    return Models(rows=rows, own_order=bool(own), model=row["model"])


async def choose(member: Member, choice: Choice) -> None:
    """Counts from the next turn on. Raises NotAllowed for who may not."""
    asked = {"org_id": member.org_id, "providers": choice.providers, "model": choice.model or None}
    async with as_member(member) as session:
        if (await session.execute(CHOOSE, asked)).first() is None:
            raise NotAllowed
    live.publish(live.Ring(member.org_id, "agent"))


def configured() -> list[str]:
    """The models with a key or an address in this deployment, in its order; rehearsal needs none."""
    return [name for name in llm.providers() if name != REHEARSAL]


def _usual(name: str) -> str:
    return {"claude": settings.anthropic_model, "openai": settings.openai_model}.get(
        name, settings.openclaw_model
    )
