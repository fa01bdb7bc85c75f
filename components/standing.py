"""What support sees on every page of a client: whose it is, how long it lasts, what may be done; and the way out.
assets/standing.js counts down, in the banner and in the tab's title."""

from typing import Any

import reflex as rx

from components.ui.button import button
from components.ui.feedback import problem
from components.ui.field import text_field
from components.ui.icon import glyph
from components.ui.overlay import form_sheet
from components.words import t
from state.session import SessionState
from state.standing import StandingState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = StandingState

READING = SessionState.standing == "read"


def standing() -> rx.Component:
    """Nothing for everybody else."""
    return rx.cond(SessionState.standing != "", rx.fragment(_banner(), _question()))


def _banner() -> rx.Component:
    until = rx.Var.create(SessionState.standing_until).to(str)
    return rx.el.div(
        glyph("eye", "small"),
        rx.el.span(
            rx.el.span(t("standing.in", name=SessionState.org_name), class_name="strong clip"),
            rx.el.span(
                rx.cond(READING, t("standing.reading"), t("standing.writing")), class_name="small clip"
            ),
            class_name="stack-none grow",
        ),
        rx.el.span("", custom_attrs={"data-standing-until": until}, class_name="number strong fixed"),
        rx.cond(READING, button(t("standing.write"), size="small", variant="plain", on_click=State.begin)),
        button(t("standing.leave"), size="small", variant="plain", on_click=State.leave),
        role="status",
        class_name="standing",
    )


def _question() -> rx.Component:
    return form_sheet(
        t("standing.ask"),
        rx.el.p(t("standing.ask_text"), class_name="soft small"),
        problem(State.problem),
        text_field(
            t("standing.slug"),
            name="slug",
            hint=t("standing.slug_hint", slug=SessionState.org_slug),
            required=True,
            max_length=60,
            auto_complete="off",
            auto_capitalize="none",
        ),
        is_open=State.asking,
        on_close=State.keep,
        on_submit=State.write,
        busy=State.saving,
        save=t("standing.do_write"),
    )
