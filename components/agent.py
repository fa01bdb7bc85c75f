"""The agent's settings: the switch first, then its voice, then where it appears."""

from typing import Any

import reflex as rx

from components.exam import exam_panel
from components.providers import providers
from components.shadow import shadow_panel
from components.shell import shell
from components.ui.button import button, go, icon_button, link_button, out_button
from components.ui.feedback import notice, problem, skeleton_rows
from components.ui.field import copy_field, select_field, switch, text_area, text_field
from components.ui.surface import card, live_dot, page_head, section_head
from components.usage import usage
from components.usage_whatsapp import usage_whatsapp
from components.words import t
from models.agents import Tone
from state.agent import AgentState
from state.session import SessionState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AgentState

READ_ONLY = SessionState.role == "member"


def agent() -> rx.Component:
    return shell("agent", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("agent.title"),
            # A chat that is not open has nothing to try.
            rx.cond(State.agent.live, out_button(t("agent.try"), href=State.chat_url)),
            link_button(t("nav.skills"), href="/app/skills/", icon="blocks", variant="plain"),
            link_button(t("nav.playground"), href="/app/playground/", icon="flask-conical", variant="plain"),
            text=t("agent.text"),
        ),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.cond(READ_ONLY, notice(t("agent.read_only"), icon="lock")),
                _live(),
                rx.el.div(
                    _voice(),
                    rx.el.div(
                        usage(), usage_whatsapp(), providers(), _site(), _origins(), class_name="stack"
                    ),
                    class_name="columns",
                ),
                exam_panel(),
                shadow_panel(),
                class_name="stack",
            ),
            card(skeleton_rows(6), flush=True),
        ),
    )


def _live() -> rx.Component:
    live = State.agent.live
    paused = rx.cond(READ_ONLY, t("agent.paused_for_you"), t("agent.paused_text"))
    return card(
        rx.el.div(
            rx.cond(live, live_dot(), rx.el.span(class_name="dot", aria_hidden=True)),
            rx.el.div(
                rx.el.h2(rx.cond(live, t("agent.live"), t("agent.paused")), class_name="subtitle"),
                rx.el.p(rx.cond(live, t("agent.live_text"), paused), class_name="soft small"),
                class_name="stack-tight grow",
            ),
            switch(t("agent.switch"), checked=live, on_change=State.go_live, disabled=READ_ONLY),
            class_name="line roomy",
        ),
        rx.cond(State.refused & ~live, _exam_first()),
    )


def _exam_first() -> rx.Component:
    return rx.el.div(
        notice(t("errors.exam_first"), tone="accent", icon="graduation-cap"),
        rx.el.a(t("onboarding.to_exam"), href="#exam", class_name="button button-primary button-small"),
        class_name="stack apart",
        role="alert",
    )


def _voice() -> rx.Component:
    agent, fresh = State.agent, State.form_key.to_string()
    tones = [(tone.value, t(f"agent.tone_{tone.value}")) for tone in Tone]
    return card(
        section_head(t("agent.voice"), text=t("agent.voice_text")),
        rx.el.form(
            rx.el.fieldset(
                problem(State.problem),
                rx.el.div(
                    text_field(
                        t("agent.name"),
                        name="name",
                        required=True,
                        max_length=60,
                        default_value=agent.name,
                        key="name" + fresh,
                    ),
                    select_field(
                        t("agent.tone"), tones, name="tone", default_value=agent.tone, key="tone" + fresh
                    ),
                    class_name="pair",
                ),
                text_area(
                    t("agent.instructions"),
                    name="instructions",
                    hint=t("agent.instructions_hint"),
                    size="tall",
                    max_length=4000,
                    default_value=agent.instructions,
                    key="instructions" + fresh,
                ),
                rx.el.p(
                    t("agent.greeting_there"),
                    " ",
                    go(t("agent.to_look"), href="/app/channels/look/", class_name="link"),
                    class_name="hint",
                ),
                rx.el.div(
                    *[
                        text_area(
                            t(f"agent.suggestions_{language}"),
                            name=f"suggestions_{language}",
                            hint=t("agent.suggestions_hint"),
                            size="short",
                            max_length=400,
                            default_value=value.join("\n"),
                            key=f"suggestions_{language}" + fresh,
                        )
                        for language, value in (("es", agent.suggestions_es), ("en", agent.suggestions_en))
                    ],
                    class_name="pair",
                ),
                rx.cond(
                    READ_ONLY,
                    rx.fragment(),
                    rx.el.div(button(t("common.save"), type="submit", busy=State.saving), class_name="line"),
                ),
                disabled=READ_ONLY,
                class_name="stack",
            ),
            on_submit=State.save,
        ),
    )


def _site() -> rx.Component:
    return card(
        section_head(t("agent.site"), text=t("agent.site_text")),
        copy_field(State.embed, name=t("common.copy")),
        rx.el.div(
            rx.el.h3(t("agent.link"), class_name="label"),
            rx.el.p(t("agent.link_text"), class_name="hint"),
            copy_field(State.chat_url, name=t("common.copy")),
            class_name="field apart",
        ),
    )


def _origins() -> rx.Component:
    return card(
        section_head(t("agent.origins"), text=t("agent.origins_text")),
        rx.cond(
            State.sites.length() > 0,
            rx.el.ul(rx.foreach(State.sites, _origin), class_name="stack-tight"),
            rx.el.p(t("agent.origin_none"), class_name="soft small"),
        ),
        rx.cond(READ_ONLY, rx.fragment(), _add_origin()),
    )


def _origin(origin: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        rx.el.span(origin, class_name="clip grow"),
        rx.cond(
            READ_ONLY,
            rx.fragment(),
            icon_button(
                "x", t("agent.origin_remove", origin=origin), size="small", on_click=State.disallow(origin)
            ),
        ),
        class_name="line",
    )


def _add_origin() -> rx.Component:
    return rx.form(
        problem(State.site_problem),
        rx.el.div(
            rx.el.input(
                name="site",
                required=True,
                max_length=200,
                input_mode="url",
                placeholder=t("agent.origin_placeholder"),
                aria_label=t("agent.origin_add"),
                class_name="input grow",
            ),
            button(t("common.add"), type="submit", variant="soft"),
            class_name="line",
        ),
        on_submit=State.allow,
        reset_on_submit=True,
        class_name="stack apart",
    )
