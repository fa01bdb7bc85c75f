"""The pages at the door: sign in, sign up, get back in. Native forms, because only an HTTP answer can set
the cookie that script cannot read."""

from typing import Any

import reflex as rx

from components.preferences import language_button, theme_button
from components.ui.button import button, go
from components.ui.feedback import notice, problem
from components.ui.field import hidden, text_field
from components.ui.surface import brand
from components.words import Words, t
from state.account import AccountState
from state.prefs import PrefsState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AccountState


def door(title: Words, text: Words, *content: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.header(
                rx.el.a(brand(), href="/", aria_label="VULKN"),
                rx.el.div(language_button(), theme_button(), class_name="line"),
                class_name="door-top",
            ),
            rx.el.main(
                rx.el.div(
                    rx.el.h1(title, class_name="title"),
                    rx.el.p(text, class_name="soft"),
                    class_name="stack-tight",
                ),
                *content,
                id="main",
                class_name="door-box",
            ),
            class_name="door-form",
        ),
        _scene(),
        class_name="door worded",
        lang=PrefsState.lang,
    )


def login() -> rx.Component:
    return door(
        t("auth.login_title"),
        t("auth.login_text"),
        _form(
            "/api/auth/login",
            hidden("next", State.next),
            _email(),
            _password(t("auth.password"), "current-password"),
            go(t("auth.forgot"), href="/reset/", class_name="link small"),
            button(t("auth.login"), type="submit", size="large", wide=True),
        ),
        _other(t("auth.no_account"), t("auth.signup"), "/signup/"),
    )


def signup() -> rx.Component:
    joining = State.invited_to != ""
    return door(
        rx.cond(joining, t("auth.join_title", business=State.invited_to), t("auth.signup_title")),
        rx.cond(joining, t("auth.join_text"), t("auth.signup_text")),
        rx.cond(State.invite_gone, notice(t("auth.join_invalid"), tone="danger", icon="triangle-alert")),
        _form(
            "/api/auth/signup",
            rx.cond(joining, hidden("invite", State.invite)),
            text_field(
                t("auth.name"),
                name="name",
                required=True,
                max_length=120,
                auto_complete="name",
                default_value=State.name,
                key=State.name + "-name",
            ),
            _email(),
            _password(t("auth.password"), "new-password", hint=True),
            button(
                rx.cond(joining, t("auth.join"), t("auth.signup")), type="submit", size="large", wide=True
            ),
        ),
        rx.cond(
            joining,
            _join_signed_in(),
            _other(t("auth.have_account"), t("auth.login"), "/login/"),
        ),
    )


def reset() -> rx.Component:
    return rx.cond(
        State.token_hash != "",
        _new_password(),
        rx.cond(State.sent, _sent(), _ask_link()),
    )


def _ask_link() -> rx.Component:
    return door(
        t("auth.reset_title"),
        t("auth.reset_text"),
        _form(
            "/api/auth/reset", _email(), button(t("auth.send_link"), type="submit", size="large", wide=True)
        ),
        _back_to_login(),
    )


def _sent() -> rx.Component:
    return door(t("auth.sent_title"), t("auth.sent_text"), _back_to_login())


def _new_password() -> rx.Component:
    return door(
        t("auth.new_title"),
        t("auth.new_text"),
        _form(
            "/api/auth/password",
            hidden("token_hash", State.token_hash),
            _password(t("auth.new_password"), "new-password", hint=True),
            button(t("auth.save_password"), type="submit", size="large", wide=True),
        ),
    )


def _form(action: str, *fields: Any) -> rx.Component:
    return rx.el.form(problem(State.problem), *fields, action=action, method="post", on_submit=None)


def _email() -> rx.Component:
    return text_field(
        t("auth.email"),
        name="email",
        type="email",
        required=True,
        max_length=254,
        auto_complete="username",
        default_value=State.email,
        key=State.email + "-email",  # a field keeps its first value: another key is another field
    )


def _password(label: Words, purpose: str, *, hint: bool = False) -> rx.Component:
    return text_field(
        label,
        name="password",
        type="password",
        hint=t("auth.password_hint") if hint else None,
        required=True,
        min_length=8 if hint else 1,
        max_length=200,
        auto_complete=purpose,
    )


def _join_signed_in() -> rx.Component:
    """Somebody who already has an account joins with it."""
    return rx.el.form(
        hidden("invite", State.invite),
        rx.el.p(
            t("auth.have_account"),
            " ",
            rx.el.button(t("auth.join_in"), type="submit", class_name="plain link"),
        ),
        action="/api/auth/join",
        method="post",
        on_submit=None,
        class_name="small soft",
    )


def _other(question: Words, answer: Words, href: str) -> rx.Component:
    return rx.el.p(question, " ", go(answer, href=href, class_name="link"), class_name="small soft")


def _back_to_login() -> rx.Component:
    return go(t("auth.back_to_login"), href="/login/", class_name="link small")


def _scene() -> rx.Component:
    """What a business gets, in four sentences."""

    def line(key: str, who: str, side: str = "") -> rx.Component:
        return rx.el.div(rx.el.div(t(key), class_name=f"bubble bubble-{who}"), class_name=f"said {side}")

    return rx.el.div(
        rx.el.div(
            line("auth.scene_1", "visitor"),
            line("auth.scene_2", "agent", "said-ours"),
            line("auth.scene_3", "visitor"),
            line("auth.scene_4", "agent", "said-ours"),
            rx.el.p(t("auth.scene_note"), class_name="tiny soft", align_self="flex-end"),
            class_name="door-scene",
        ),
        aria_hidden=True,
        class_name="door-picture",
    )
