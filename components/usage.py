"""What the agent used this month of what the plan includes."""

from typing import Any

import reflex as rx

from components.ui.amount import number
from components.ui.feedback import notice
from components.ui.moment import short_day
from components.ui.surface import badge, card, section_head
from components.words import choice, t
from state.usage import UsageState
from vulkn_app.skills.base import TIERS

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = UsageState


def usage() -> rx.Component:
    """Reads its own figures when it is shown."""
    return rx.el.div(rx.cond(State.now, _month()), on_mount=State.load)


def _month() -> rx.Component:
    now = State.now
    plan = badge(choice(now.plan, "skills.tier_", *TIERS), tone="line")
    return card(
        section_head(t("usage.title"), plan, text=t("usage.text")),
        rx.el.div(
            rx.el.div(
                class_name=rx.cond(now.near, "meter-fill meter-near", "meter-fill"),
                width=now.percent.to_string() + "%",
            ),
            role="progressbar",
            aria_valuenow=now.percent,
            aria_valuemin=0,
            aria_valuemax=100,
            aria_label=t("usage.title"),
            class_name="meter",
        ),
        rx.el.dl(
            rx.el.dt(t("usage.turns")),
            rx.el.dd(_of(number(now.turns), number(now.most_turns)), class_name="number"),
            rx.el.dt(t("usage.talks"), class_name="soft"),
            rx.el.dd(number(now.talks), class_name="number soft"),
            rx.el.dt(t("usage.cost")),
            rx.el.dd("US$ ", _of(now.cost, now.most_cost), class_name="number"),
            rx.el.dt(t("usage.models"), class_name="soft"),
            rx.el.dd("US$ ", now.models, class_name="number soft"),
            rx.el.dt(t("usage.whatsapp"), class_name="soft"),
            rx.el.dd("US$ ", now.whatsapp, class_name="number soft"),
            class_name="facts",
        ),
        rx.el.p(t("usage.included"), class_name="tiny soft"),
        rx.cond(
            now.lasts_until & ~now.over,
            rx.el.p(t("usage.lasts", day=short_day(now.lasts_until)), class_name="small"),
        ),
        rx.cond(
            now.over,
            notice(t("usage.over"), tone="danger", icon="gauge"),
            rx.cond(now.near, notice(t("usage.near"), icon="gauge")),
        ),
        class_name="stack",
    )


def _of(used: Any, most: Any) -> rx.Component:
    return rx.fragment(used, rx.cond(most, rx.el.span(" / ", most, class_name="soft")))
