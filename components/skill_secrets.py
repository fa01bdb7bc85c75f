"""The secrets that an action's headers may name: put in once, never shown again."""

from typing import Any

import reflex as rx

from components.ui.button import button, icon_button
from components.ui.feedback import problem
from components.ui.icon import glyph
from components.ui.moment import when
from components.words import t
from state.secrets import SecretsState
from state.session import SessionState
from vulkn_app.skills.vault import SecretRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = SecretsState
READ_ONLY = SessionState.role == "member"


def secrets() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("skills.secrets"), class_name="label"),
        rx.el.p(t("skills.secrets_text"), class_name="hint"),
        rx.cond(
            State.rows.length() > 0,
            rx.el.ul(rx.foreach(State.rows, _secret), class_name="stack-tight"),
            rx.el.p(t("skills.secrets_none"), class_name="soft small"),
        ),
        rx.cond(READ_ONLY, rx.fragment(), _add()),
        class_name="stack",
        on_mount=State.load,
    )


def _secret(secret: rx.vars.ObjectVar[SecretRow]) -> rx.Component:
    return rx.el.li(
        glyph("key-round", "small", more="soft"),
        rx.el.code(secret.name, class_name="clip"),
        rx.el.span("••••••••", aria_hidden=True, class_name="soft small"),
        rx.el.span(when(secret.updated_at), class_name="tiny soft grow"),
        rx.cond(
            READ_ONLY,
            rx.fragment(),
            icon_button(
                "x",
                t("skills.secret_remove", name=secret.name),
                size="small",
                on_click=State.remove(secret.name),
            ),
        ),
        class_name="line",
    )


def _add() -> rx.Component:
    return rx.form(
        problem(State.problem),
        rx.el.div(
            _field("name", t("skills.secret_name"), placeholder="api_key", max_length=40),
            _field(
                "value",
                t("skills.secret_value"),
                type="password",
                auto_complete="new-password",
                max_length=2000,
            ),
            class_name="pair",
        ),
        rx.el.div(
            button(t("skills.secret_put"), type="submit", variant="soft", size="small", busy=State.saving)
        ),
        on_submit=State.put,
        reset_on_submit=True,
        class_name="stack",
    )


def _field(name: str, label: Any, **props: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="label"),
        rx.el.input(name=name, required=True, class_name="input", **props),
        class_name="field",
    )
