"""The price list, as app.plans has it."""

from dataclasses import dataclass

from vulkn_app.db import as_system
from vulkn_app.written import money, number


@dataclass(frozen=True)
class Plan:
    """One line of the list, the cheapest first. `monthly_turns` None: no limit."""

    key: str
    monthly_mxn_cents: int
    monthly_turns: int | None
    includes: tuple[str, ...]

    @property
    def price(self) -> str:
        return money(self.monthly_mxn_cents)


async def price_list() -> tuple[Plan, ...]:
    async with as_system("vulkn_engine") as connection:
        cursor = await connection.execute(
            "select key, monthly_mxn_cents, monthly_turns, includes from app.price_list()"
        )
        return tuple(
            Plan(key, cents, turns, tuple(includes))
            for key, cents, turns, includes in await cursor.fetchall()
        )


def count(turns: int | None) -> str:
    return "∞" if turns is None else number(turns)


def priced(text: str, plans: tuple[Plan, ...]) -> str:
    """`text` with the list's figures for `{starter}` (its price) and `{starter_turns}`, of every plan."""
    figures = {plan.key: plan.price for plan in plans}
    figures |= {f"{plan.key}_turns": count(plan.monthly_turns) for plan in plans}
    return text.format(**figures)
