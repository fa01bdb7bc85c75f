"""Which model answers first: a card of the agent's page."""

from typing import Any

import reflex as rx

from components.ui.button import button
from components.ui.feedback import notice, problem
from components.ui.field import text_field
from components.ui.icon import glyph
from components.ui.surface import badge, card, section_head
from components.words import choice, t
from state.providers import ProvidersState
from state.session import SessionState
from vulkn_app.conversations.providers import ProviderRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = ProvidersState
READ_ONLY = SessionState.role == "member"
NAMES = {"claude": "Claude", "openai": "OpenAI", "openclaw": "OpenClaw"}


def providers() -> rx.Component:
    """Reads its own choice when it is shown."""
    return rx.el.div(rx.cond(State.loaded, _card()), on_mount=State.load)


def _card() -> rx.Component:
    return card(
        section_head(t("agent.models"), text=t("agent.models_text")),
        rx.cond(
            State.rows.length() > 0,
            rx.fragment(
                rx.el.ol(rx.foreach(State.rows, _provider), class_name="stack"),
                rx.cond(READ_ONLY, rx.fragment(), _model()),
            ),
            notice(t("agent.models_none"), icon="drama"),
        ),
        class_name="stack",
    )


def _provider(row: rx.vars.ObjectVar[ProviderRow], place: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(place + 1, class_name="step-mark"),
        rx.el.div(
            rx.el.span(rx.match(row.key, *NAMES.items(), row.key), class_name="strong"),
            rx.el.span(row.model, class_name="tiny soft clip"),
            class_name="stack-none grow",
        ),
        rx.cond(
            row.trouble != "",
            badge(
                choice(row.trouble, "agent.trouble_", "unauthorized", "unpaid", "unknown_model", "other"),
                tone="danger",
                icon="triangle-alert",
            ),
        ),
        rx.cond(
            READ_ONLY | (place == 0),
            rx.fragment(),
            button(
                rx.fragment(glyph("arrow-up", "small"), t("agent.models_first")),
                variant="plain",
                size="small",
                on_click=State.put_first(row.key),
            ),
        ),
        class_name="line-wrap",
    )


def _model() -> rx.Component:
    usual = State.own_order | (State.model != "")
    return rx.el.form(
        problem(State.problem),
        text_field(
            t("agent.model"),
            name="model",
            hint=t("agent.model_hint"),
            placeholder=State.rows[0].model,
            max_length=80,
            spell_check=False,
            auto_complete="off",
            default_value=State.model,
            key="model" + State.form_key.to_string(),
        ),
        rx.el.div(
            button(t("common.save"), type="submit", variant="soft", size="small", busy=State.saving),
            rx.cond(
                usual,
                button(t("agent.models_usual"), variant="ghost", size="small", on_click=State.back_to_usual),
            ),
            class_name="line-wrap",
        ),
        on_submit=State.save,
        class_name="stack",
    )
