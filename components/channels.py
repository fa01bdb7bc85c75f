"""Where customers write: the website, and WhatsApp with how it is and what would mend it."""

from typing import Any

import reflex as rx

from components.channels_tabs import channels_tabs
from components.embed import embed_instructions
from components.shell import shell
from components.ui.button import button, go, link_button, out_button
from components.ui.feedback import notice, skeleton_rows
from components.ui.field import copy_field
from components.ui.icon import glyph
from components.ui.overlay import confirm
from components.ui.surface import card, page_head
from components.whatsapp_connect import connect_form
from components.whatsapp_number import number_card
from components.words import t
from state.channels import ChannelsState
from state.session import SessionState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = ChannelsState
READ_ONLY = SessionState.role == "member"
BRINGS = (("message-circle", "answers"), ("smartphone", "phone"), ("calendar-check", "reminders"))


def channels() -> rx.Component:
    return shell("channels", _content)


def _content() -> rx.Component:
    return rx.fragment(
        rx.cond(
            State.from_guide,
            rx.el.div(
                link_button(
                    t("onboarding.back_to_guide"),
                    href="/onboarding/?step=4",
                    icon="arrow-left",
                    variant="soft",
                    size="small",
                ),
                class_name="line guide-back",
            ),
        ),
        page_head(t("channels.title"), text=t("channels.text")),
        channels_tabs("channels"),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.cond(READ_ONLY, notice(t("agent.read_only"), icon="lock")),
                rx.el.div(
                    rx.el.div(
                        rx.foreach(State.numbers, number_card),
                        rx.cond(State.wants, connect_form(), rx.cond(State.connected, _another(), _begin())),
                        class_name="stack",
                    ),
                    _web(),
                    class_name="columns",
                ),
                class_name="stack",
            ),
            card(skeleton_rows(5), flush=True),
        ),
        confirm(
            t("channels.leave_title"),
            t("channels.leave_text"),
            yes=t("channels.leave_yes"),
            is_open=State.leaving != "",
            on_yes=State.disconnect,
            on_no=State.stay,
        ),
    )


def _web() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.span(glyph("globe"), class_name="tile-mark"),
            rx.el.div(
                rx.el.h2(t("channels.web"), class_name="subtitle"),
                rx.el.p(t("channels.web_text"), class_name="soft small"),
                class_name="stack-tight grow",
            ),
            class_name="line line-top",
        ),
        rx.el.div(
            rx.el.h3(t("embed.title"), class_name="label"),
            rx.el.p(t("embed.text"), class_name="hint"),
            embed_instructions(),
            class_name="field",
        ),
        rx.el.div(
            rx.el.h3(t("agent.link"), class_name="label"),
            rx.el.p(t("agent.link_text"), class_name="hint"),
            copy_field(State.chat_url, name=t("channels.copy_link")),
            class_name="field",
        ),
        rx.el.div(
            out_button(t("agent.try"), href=State.chat_url),
            go(t("channels.origins"), href="/app/agent/", class_name="link small"),
            class_name="line-wrap",
        ),
        class_name="stack",
    )


def _begin() -> rx.Component:
    """What it brings and what it takes, before anything is asked."""
    return card(
        rx.el.div(
            rx.el.span(glyph("message-circle"), class_name="tile-mark tile-green"),
            rx.el.div(
                rx.el.h2(t("channels.whatsapp"), class_name="subtitle"),
                rx.el.p(t("channels.whatsapp_text"), class_name="soft small"),
                class_name="stack-tight grow",
            ),
            class_name="line line-top",
        ),
        rx.el.ul(
            *[
                rx.el.li(
                    glyph(icon),
                    rx.el.div(
                        rx.el.p(t(f"channels.brings_{key}"), class_name="strong small"),
                        rx.el.p(t(f"channels.brings_{key}_text"), class_name="soft small"),
                        class_name="stack-none grow",
                    ),
                    class_name="line line-top",
                )
                for icon, key in BRINGS
            ],
            class_name="stack",
        ),
        rx.el.div(
            rx.el.h3(t("channels.needs"), class_name="label"),
            rx.el.ul(
                *[rx.el.li(t(f"channels.needs_{key}")) for key in ("number", "meta", "payment")],
                class_name="dotted small soft",
            ),
            class_name="field",
        ),
        rx.cond(
            READ_ONLY,
            rx.el.p(t("channels.ask_an_admin"), class_name="small soft"),
            rx.el.div(
                button(t("channels.connect"), icon="plug", on_click=State.begin("")), class_name="line"
            ),
        ),
        class_name="stack",
    )


def _another() -> rx.Component:
    return rx.cond(
        READ_ONLY,
        rx.fragment(),
        rx.el.div(
            button(t("channels.another"), icon="plus", variant="ghost", on_click=State.begin("")),
            class_name="line",
        ),
    )
