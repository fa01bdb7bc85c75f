"""How the widget gets onto a site: step by step for what sites are made with, and a look whether it is there."""

from typing import Any

import reflex as rx

from components.ui.button import button, go
from components.ui.feedback import notice
from components.ui.field import copy_field, segments
from components.ui.icon import glyph
from components.ui.moment import when
from components.words import t
from state.embed import EmbedState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = EmbedState
# Names of others: the same in every language. How many steps each takes, and which code.
BUILDERS = {"html": 3, "wordpress": 4, "shopify": 4, "wix": 4, "gtm": 4}
NAMES = {"html": "HTML", "wordpress": "WordPress", "shopify": "Shopify", "wix": "Wix", "gtm": "Tag Manager"}
PASTED = {"html": 2, "wordpress": 3, "shopify": 3, "wix": 2, "gtm": 2}  # the step that needs the code
TROUBLES = ("cache", "www", "twice")


def embed_instructions() -> rx.Component:
    """Reads what it needs when it is shown; stands alone, in a card or in a step of the wizard."""
    return rx.el.div(
        segments(
            t("embed.builder"), [(key, NAMES[key]) for key in BUILDERS], value=State.builder, pick=State.pick
        ),
        rx.match(State.builder, *[(key, _steps(key)) for key in BUILDERS if key != "html"], _steps("html")),
        _seen(),
        _troubles(),
        on_mount=State.load,
        class_name="stack builders",
    )


def _steps(builder: str) -> rx.Component:
    code = State.by_manager if builder == "gtm" else State.code
    return rx.el.div(
        rx.el.ol(
            *[
                rx.el.li(
                    rx.el.p(t(f"embed.{builder}_{number}"), class_name="small"),
                    copy_field(code, name=t("channels.copy_embed"))
                    if number == PASTED[builder]
                    else rx.fragment(),
                    class_name="stack-tight",
                )
                for number in range(1, BUILDERS[builder] + 1)
            ],
            class_name="numbered numbered-close",
        ),
        rx.el.p(t(f"embed.{builder}_note"), class_name="hint"),
        class_name="stack",
    )


def _seen() -> rx.Component:
    """A visit to the owner's own site is enough: the widget says by itself where it was shown."""
    return rx.el.div(
        rx.cond(
            State.paused,
            notice(
                rx.fragment(
                    t("embed.paused"), " ", go(t("embed.to_agent"), href="/app/agent/", class_name="link")
                ),
                icon="pause",
            ),
        ),
        rx.el.div(
            rx.cond(
                State.page != "",
                glyph("circle-check", more="is-ok"),
                glyph("circle-dashed"),
            ),
            rx.el.div(
                rx.cond(
                    State.page != "",
                    rx.el.p(t("embed.seen", page=State.page), class_name="strong small prose"),
                    rx.el.p(
                        rx.cond(State.looked, t("embed.not_yet"), t("embed.seen_ask")),
                        class_name="strong small",
                    ),
                ),
                rx.el.p(
                    rx.cond(State.page != "", t("embed.seen_at", at=when(State.at)), t("embed.not_yet_text")),
                    class_name="small soft",
                ),
                class_name="stack-none grow",
                role="status",
            ),
            button(t("embed.look"), variant="soft", size="small", busy=State.looking, on_click=State.look),
            class_name="shut",
        ),
        class_name="stack",
    )


def _troubles() -> rx.Component:
    return rx.el.details(
        rx.el.summary(t("embed.troubles"), class_name="fold-head small"),
        rx.el.dl(
            rx.el.dt(t("embed.trouble_origins"), class_name="strong small"),
            rx.el.dd(
                rx.cond(
                    State.sites.length() > 0,
                    t("embed.trouble_origins_some", sites=State.sites.join(", ")),
                    t("embed.trouble_origins_none"),
                ),
                " ",
                go(t("embed.to_origins"), href="/app/agent/", class_name="link"),
                class_name="small soft",
            ),
            rx.el.dt(t("embed.trouble_csp"), class_name="strong small"),
            rx.el.dd(
                rx.el.p(t("embed.trouble_csp_text"), class_name="small soft"),
                copy_field(State.policy, name=t("embed.copy_policy")),
                class_name="stack-tight",
            ),
            *[
                part
                for key in TROUBLES
                for part in (
                    rx.el.dt(t(f"embed.trouble_{key}"), class_name="strong small"),
                    rx.el.dd(t(f"embed.trouble_{key}_text"), class_name="small soft"),
                )
            ],
            class_name="stack-tight questions",
        ),
        class_name="fold",
    )
