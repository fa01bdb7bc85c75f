"""Step 4: the code for the website, seen live; WhatsApp."""

from typing import Any

import reflex as rx

from components.onboarding_parts import step_foot, step_head
from components.ui.button import button, link_button
from components.ui.field import copy_field
from components.ui.icon import glyph
from components.ui.moment import ago
from components.ui.surface import card, live_dot
from components.words import t
from state.onboarding import OnboardingState
from state.onboarding_channels import OnboardingChannelsState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = OnboardingChannelsState
Guide: Any = OnboardingState
EACH_MINUTE = 60_000


def channels_step() -> rx.Component:
    begun = (State.sightings.length() > 0) | (State.numbers.length() > 0)
    return rx.el.div(
        step_head(t("onboarding.channels_title"), t("onboarding.channels_text")),
        _site(),
        _whatsapp(),
        rx.el.p(t("onboarding.no_site"), class_name="soft small"),
        step_foot(
            rx.cond(
                begun,
                button(t("onboarding.go_on"), size="large", on_click=Guide.finish),
                button(t("onboarding.channels_later"), size="large", variant="soft", on_click=Guide.skip),
            ),
            back=3,
        ),
        # Words the "2 minutes ago" anew; the sightings themselves come by the doorbell.
        rx.moment(interval=EACH_MINUTE, on_change=State.tick, class_name="quiet-only", aria_hidden=True),
        class_name="stack",
    )


def _head(icon: str, title: Any, text: Any, more: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.span(glyph(icon), class_name=f"tile-mark {more}"),
        rx.el.div(
            rx.el.h2(title, class_name="subtitle"),
            rx.el.p(text, class_name="soft small"),
            class_name="stack-tight grow",
        ),
        class_name="line line-top",
    )


def _site() -> rx.Component:
    return card(
        _head("globe", t("onboarding.embed_title"), t("onboarding.embed_text")),
        copy_field(State.embed, name=t("onboarding.embed_copy")),
        rx.el.div(
            rx.cond(
                State.sightings.length() > 0,
                rx.el.ul(rx.foreach(State.sightings, _sighting), class_name="stack-tight"),
                rx.el.p(
                    rx.el.span(class_name="spin", aria_hidden=True),
                    t("onboarding.seen_waiting"),
                    class_name="line small soft",
                ),
            ),
            role="status",
        ),
        class_name="stack",
    )


def _sighting(sighting: Any) -> rx.Component:
    site = sighting.origin.to(str).split("//")[1]
    return rx.el.li(
        live_dot(),
        rx.el.span(
            t("onboarding.seen", site=site, ago=ago(sighting.last_at, State.clock)), class_name="strong"
        ),
        class_name="line small",
    )


def _whatsapp() -> rx.Component:
    return card(
        _head("message-circle", t("onboarding.whatsapp_title"), t("onboarding.whatsapp_text"), "tile-green"),
        rx.cond(
            State.numbers.length() > 0,
            rx.el.ul(
                rx.foreach(
                    State.numbers,
                    lambda number: rx.el.li(
                        glyph("circle-check", "small"),
                        t("onboarding.whatsapp_connected", number=number.display_phone),
                        class_name="line small strong",
                    ),
                ),
                class_name="stack-tight",
            ),
            rx.el.div(
                link_button(
                    t("onboarding.whatsapp_connect"),
                    href="/app/channels/?from=onboarding",
                    variant="plain",
                    icon="plug",
                ),
                class_name="line",
            ),
        ),
        class_name="stack",
    )
