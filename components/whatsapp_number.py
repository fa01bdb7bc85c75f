"""A connected number: who it is, how it is, and one way to mend what is wrong."""

from typing import Any, cast

import reflex as rx

from components.ui.button import button, out_button
from components.ui.field import text_field
from components.ui.icon import glyph
from components.ui.moment import full
from components.ui.surface import badge, card
from components.words import choice, t
from state.channels import AT_META, PAYMENT, RECONNECT, ChannelsState
from state.session import SessionState
from vulkn_app.channels.whatsapp.board import NumberRow
from vulkn_app.channels.whatsapp.problems import Problem

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = ChannelsState
READ_ONLY = SessionState.role == "member"
PROBLEMS = (*(problem.value for problem in Problem if problem is not Problem.META), Problem.META.value)
MANAGER = "https://business.facebook.com/wa/manage/home/"
BILLING = "https://business.facebook.com/billing_hub/accounts/"
LIGHTS = {"green": "lamp lamp-green", "yellow": "lamp lamp-yellow", "red": "lamp lamp-red"}


def number_card(number: rx.vars.ObjectVar[NumberRow]) -> rx.Component:
    key = number.channel_id.to_string(use_json=False)
    return card(
        _head(number),
        rx.cond(number.problem != "", _mend(number, key)),
        rx.cond(number.history_state == "importing", _history(number)),
        rx.cond(number.problem != "disconnected", _facts(number)),
        rx.cond(
            READ_ONLY | (number.problem == "disconnected"),
            rx.fragment(),
            rx.fragment(_test(key), _acts(number, key)),
        ),
        class_name="stack",
    )


def _head(number: Any) -> rx.Component:
    shown = rx.cond(number.display_phone != "", number.display_phone, "WhatsApp")
    name = rx.cond(number.verified_name != "", number.verified_name, t("channels.no_name"))
    return rx.el.div(
        rx.el.span(glyph("message-circle"), class_name="tile-mark tile-green"),
        rx.el.div(
            rx.el.h2(shown, class_name="subtitle number"),
            rx.el.p(name, class_name="soft small clip"),
            class_name="stack-tight grow",
        ),
        _state(number),
        class_name="line line-top",
    )


def _state(number: Any) -> rx.Component:
    return rx.cond(
        number.problem == "disconnected",
        badge(t("channels.state_disconnected"), tone="line"),
        rx.cond(
            number.paused,
            badge(t("channels.state_paused"), tone="line"),
            rx.match(
                number.state,
                ("active", badge(t("channels.state_active"), tone="accent", icon="check")),
                ("connecting", badge(t("channels.state_connecting"))),
                ("restricted", badge(t("channels.state_restricted"), tone="hot", icon="triangle-alert")),
                badge(t("channels.state_down"), tone="danger", icon="triangle-alert"),
            ),
        ),
    )


def _mend(number: Any, key: Any) -> rx.Component:
    """What is wrong in a sentence, what to do in another, and one button."""
    return rx.el.div(
        glyph("triangle-alert"),
        rx.el.div(
            rx.el.p(choice(number.problem, "problems.", *PROBLEMS), class_name="strong small"),
            rx.el.p(choice(number.problem, "problems.fix_", *PROBLEMS), class_name="small"),
            class_name="stack-tight grow",
        ),
        _way(number, key),
        class_name="notice notice-danger wraps",
        role="alert",
    )


def _way(number: Any, key: Any) -> rx.Component:
    again = button(
        t("channels.check"),
        size="small",
        variant="plain",
        busy=State.checking == key,
        on_click=State.check(key),
    )
    connect = button(t("channels.reconnect"), size="small", variant="plain", on_click=State.begin(key))
    cases = [
        *((word, rx.cond(READ_ONLY, rx.fragment(), connect)) for word in sorted(RECONNECT)),
        *((word, out_button(t("channels.pay"), href=BILLING, size="small")) for word in sorted(PAYMENT)),
        *((word, out_button(t("channels.at_meta"), href=MANAGER, size="small")) for word in sorted(AT_META)),
    ]
    return rx.el.div(rx.match(number.problem, *cases, rx.cond(READ_ONLY, rx.fragment(), again)))


def _history(number: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.span(t("channels.history"), class_name="small strong grow"),
            rx.el.span(number.history_progress, " %", class_name="small number"),
            class_name="line",
        ),
        rx.el.div(
            rx.el.div(class_name="meter-fill", width=number.history_progress.to_string() + "%"),
            role="progressbar",
            aria_valuenow=number.history_progress,
            aria_valuemin=0,
            aria_valuemax=100,
            aria_label=t("channels.history"),
            class_name="meter",
        ),
        rx.el.p(t("channels.history_text"), class_name="tiny soft"),
        class_name="field",
    )


def _facts(number: Any) -> rx.Component:
    return rx.el.dl(
        _fact(t("channels.mode"), choice(number.mode, "channels.mode_", "coexistence", "cloud")),
        _fact(t("channels.quality"), _quality(number)),
        rx.cond(
            number.people != "",
            _fact(
                t("channels.people"),
                rx.cond(
                    number.people == "unlimited",
                    t("channels.people_unlimited"),
                    t("channels.people_a_day", n=number.people),
                ),
            ),
        ),
        rx.match(
            number.history_state,
            ("done", _fact(t("channels.past"), t("channels.past_done"))),
            ("declined", _fact(t("channels.past"), t("channels.past_declined"))),
            rx.fragment(),
        ),
        rx.cond(number.checked_at, _fact(t("channels.token_ends"), _token(number))),
        _fact(
            t("channels.checked"),
            rx.cond(number.checked_at, full(number.checked_at), t("channels.checked_never")),
        ),
        class_name="facts",
    )


def _token(number: Any) -> rx.Component:
    return rx.cond(
        number.token_expires_at,
        rx.el.span(
            full(number.token_expires_at),
            rx.cond(
                number.token_ends_soon,
                badge(t("channels.token_soon"), tone="hot", icon="triangle-alert"),
            ),
            class_name="line-wrap snug",
        ),
        rx.el.span(t("channels.token_never")),
    )


def _quality(number: Any) -> rx.Component:
    light = cast("rx.Var[str]", rx.match(number.quality, *LIGHTS.items(), "lamp"))
    return rx.el.span(
        rx.el.span(class_name=light, aria_hidden=True),
        choice(number.quality, "channels.quality_", "green", "yellow", "red", "unknown"),
        class_name="line snug",
    )


def _test(key: Any) -> rx.Component:
    """That it works is seen on one's own phone."""
    return rx.el.details(
        rx.el.summary(t("channels.test"), class_name="fold-head"),
        rx.el.form(
            text_field(
                t("channels.test_phone"),
                name="phone",
                type="tel",
                required=True,
                max_length=24,
                auto_complete="tel",
                placeholder="+52 55 1234 5678",
                hint=t("channels.test_hint"),
            ),
            button(
                t("channels.test_send"),
                type="submit",
                icon="send-horizontal",
                variant="soft",
                size="small",
                busy=State.testing == key,
            ),
            on_submit=lambda form: State.send_test(key, form),
            class_name="stack",
        ),
        class_name="fold",
    )


def _acts(number: Any, key: Any) -> rx.Component:
    return rx.el.div(
        button(
            t("channels.check"),
            icon="refresh-cw",
            variant="plain",
            size="small",
            busy=State.checking == key,
            on_click=State.check(key),
        ),
        rx.cond(
            number.paused,
            button(
                t("channels.resume"),
                icon="play",
                variant="soft",
                size="small",
                on_click=State.pause(key, False),
            ),
            button(
                t("channels.pause"),
                icon="pause",
                variant="plain",
                size="small",
                on_click=State.pause(key, True),
            ),
        ),
        button(t("channels.leave"), variant="ghost", size="small", on_click=State.ask_to_leave(key, "")),
        class_name="line-wrap",
    )


def _fact(name: Any, value: Any) -> rx.Component:
    return rx.fragment(rx.el.dt(name), rx.el.dd(value))
