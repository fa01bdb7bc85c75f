"""Connecting a number by hand: what to paste at Meta, and the three things to bring from there."""

from typing import Any

import reflex as rx

from components.ui.button import button, icon_button, out
from components.ui.feedback import notice, problem
from components.ui.field import copy_field, text_field
from components.ui.surface import card, section_head
from components.words import t
from state.channels import ChannelsState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = ChannelsState
APPS = "https://developers.facebook.com/apps/"
USERS = "https://business.facebook.com/latest/settings/system_users"


def connect_form() -> rx.Component:
    return card(
        section_head(
            t("channels.connect"),
            icon_button("x", t("common.close"), size="small", on_click=State.leave_form),
            text=t("channels.connect_text"),
        ),
        rx.cond(
            State.prepared,
            rx.fragment(),
            notice(t("channels.not_prepared"), tone="danger", icon="server-off"),
        ),
        problem(State.problem),
        rx.cond(State.signup_app != "", rx.fragment(_guided(), _by_hand_folded()), _by_hand()),
        class_name="stack",
        id="connect",
    )


def _guided() -> rx.Component:
    """Meta's window; assets/whatsapp-signup.js opens it and fills the form with what it says."""
    return rx.el.div(
        rx.el.h3(t("channels.guided"), class_name="strong"),
        rx.el.p(t("channels.guided_text"), class_name="small soft"),
        *[_trouble(why) for why in ("away", "cancelled", "unclear", "failed")],
        button(
            t("channels.guided_open"),
            icon="external-link",
            busy=State.connecting,
            custom_attrs={
                "data-signup-app": State.signup_app,
                "data-signup-config": State.signup_config,
                "data-signup-version": State.graph_version,
            },
        ),
        rx.el.form(
            *[rx.el.input(type="hidden", name=name) for name in ("code", "event", "waba", "phone_number_id")],
            on_submit=State.finish_signup,
            custom_attrs={"data-signup": ""},
        ),
        class_name="box stack",
    )


def _trouble(why: str) -> rx.Component:
    """What went wrong in Meta's window and what to do, with Meta's own words where it has some."""
    return rx.el.p(
        t(f"channels.guided_{why}"),
        " ",
        rx.el.span(),
        hidden=True,
        role="alert",
        custom_attrs={"data-signup-trouble": why},
        class_name="small wrong",
    )


def _by_hand_folded() -> rx.Component:
    return rx.el.details(
        rx.el.summary(t("channels.by_hand"), class_name="fold-head"), _by_hand(), class_name="fold"
    )


def _by_hand() -> rx.Component:
    return rx.el.ol(_step_webhook(), _step_values(), class_name="numbered")


def _step_webhook() -> rx.Component:
    return rx.el.li(
        rx.el.h3(t("channels.step_webhook"), class_name="strong"),
        rx.el.p(
            t("channels.step_webhook_text"),
            " ",
            out(t("channels.open_apps"), href=APPS, class_name="link"),
            class_name="small soft",
        ),
        rx.el.div(
            rx.el.span(t("channels.callback"), class_name="label"),
            copy_field(State.webhook, name=t("channels.copy_callback")),
            class_name="field",
        ),
        rx.cond(
            State.verify_token != "",
            rx.el.div(
                rx.el.span(t("channels.verify_token"), class_name="label"),
                copy_field(State.verify_token, name=t("channels.copy_token")),
                class_name="field",
            ),
        ),
        rx.el.p(t("channels.subscribe_fields"), class_name="hint"),
        class_name="stack",
    )


def _step_values() -> rx.Component:
    fresh = State.form_key.to_string()
    return rx.el.li(
        rx.el.h3(t("channels.step_values"), class_name="strong"),
        rx.el.p(t("channels.step_values_text"), class_name="small soft"),
        rx.el.form(
            _id_field("phone_number_id", State.given_number, fresh),
            _id_field("waba", State.given_waba, fresh),
            text_field(
                t("channels.token"),
                name="token",
                type="password",
                required=True,
                max_length=1000,
                auto_complete="off",
                spell_check=False,
                hint=rx.fragment(
                    t("channels.token_hint"),
                    " ",
                    out(t("channels.open_users"), href=USERS, class_name="link"),
                ),
                key="token" + fresh,
            ),
            rx.el.div(
                button(t("channels.connect_now"), type="submit", icon="plug", busy=State.connecting),
                rx.el.span(t("channels.connect_note"), class_name="tiny soft"),
                class_name="line-wrap",
            ),
            on_submit=State.connect,
            class_name="stack",
        ),
        class_name="stack",
    )


def _id_field(name: str, given: Any, fresh: Any) -> rx.Component:
    return text_field(
        t(f"channels.{name}"),
        name=name,
        required=True,
        max_length=24,
        input_mode="numeric",
        pattern="[0-9 ]{5,24}",
        auto_complete="off",
        hint=t(f"channels.{name}_hint"),
        default_value=given,
        key=name + fresh,
    )
