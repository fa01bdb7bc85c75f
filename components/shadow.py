"""Shadow mode: its switch with how it goes, and the draft that waits in a conversation."""

from typing import Any

import reflex as rx

from components.ui.button import button, link_button
from components.ui.feedback import notice, problem, skeleton_rows
from components.ui.field import small_select
from components.ui.icon import glyph
from components.ui.moment import full, when
from components.ui.surface import card, section_head
from components.words import plural, t
from state.inbox_draft import DraftState
from state.session import SessionState
from state.shadow import HOURS, ShadowState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = ShadowState
Draft: Any = DraftState


def shadow_panel() -> rx.Component:
    """Reads its own figures when it is shown."""
    return card(
        section_head(
            t("shadow.title"),
            text=t("shadow.text"),
        ),
        rx.cond(State.loaded, rx.cond(State.on, _on(), _off()), skeleton_rows(1)),
        class_name="stack",
        id="shadow",
        on_mount=State.load,
    )


def shadow_card() -> rx.Component:
    """On the overview, while it lasts: how often the drafts were right, and the way to those that wait."""
    return rx.el.div(
        rx.cond(
            State.on,
            card(
                rx.el.div(
                    rx.el.div(
                        rx.el.h2(glyph("ghost"), t("shadow.title"), class_name="subtitle line"),
                        rx.el.p(t("shadow.on", until=full(State.until)), class_name="soft small"),
                        class_name="stack-tight",
                    ),
                    link_button(t("shadow.to_inbox"), href="/app/inbox/", variant="soft", size="small"),
                    class_name="line-wrap between",
                ),
                _score(),
                class_name="stack",
            ),
        ),
        display="contents",  # nothing where it is off, no gap either
        on_mount=State.load,
    )


def _on() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            glyph("ghost", "small"), t("shadow.on", until=full(State.until)), class_name="line strong small"
        ),
        rx.cond(
            State.live,
            notice(t("shadow.on_text"), icon="ghost"),
            notice(t("shadow.not_live"), tone="accent", icon="circle-pause"),
        ),
        _score(),
        rx.el.div(
            link_button(
                t("shadow.to_inbox"), href="/app/inbox/", icon="inbox", variant="plain", size="small"
            ),
            rx.cond(
                SessionState.role != "member",
                button(t("shadow.end"), variant="soft", size="small", on_click=State.end),
            ),
            class_name="line-wrap",
        ),
    )


def _off() -> rx.Component:
    hours = [(str(each), t(f"shadow.hours_{each}")) for each in HOURS]
    return rx.fragment(
        rx.cond(State.score, rx.fragment(rx.el.h3(t("shadow.last"), class_name="label"), _score())),
        rx.cond(
            SessionState.role == "member",
            notice(t("shadow.ask_owner"), icon="lock"),
            rx.el.div(
                small_select(t("shadow.hours"), hours, value=State.hours, on_change=State.pick_hours),
                button(t("shadow.begin"), icon="ghost", variant="soft", on_click=State.begin),
                class_name="line-wrap",
            ),
        ),
    )


def _score() -> rx.Component:
    """Four figures once there is one; before that, what waits."""
    waiting = State.score.waiting.to(int)
    return rx.cond(
        State.percent >= 0,
        _figures(),
        rx.el.p(
            rx.cond(waiting > 0, plural(waiting, "shadow.wait"), t("shadow.nothing_decided")),
            class_name="strong small",
        ),
    )


def _figures() -> rx.Component:
    score = State.score
    kinds = ("sent", "edited", "discarded", "waiting")
    return rx.el.div(
        rx.el.p(t("shadow.accuracy", percent=State.percent), class_name="strong small"),
        rx.el.dl(
            *[
                part
                for kind in kinds
                for part in (
                    rx.el.dt(t(f"shadow.{kind}")),
                    rx.el.dd(getattr(score, kind), class_name="number"),
                )
            ],
            class_name="facts",
        ),
        class_name="stack-tight",
    )


def waiting_draft() -> rx.Component:
    """Above the composer, where a person decides."""
    return rx.cond(Draft.draft, _draft())


def _draft() -> rx.Component:
    draft = Draft.draft
    return rx.el.section(
        rx.el.div(
            glyph("ghost", "small"),
            rx.el.span(t("inbox.shadow_title"), class_name="strong small grow"),
            rx.el.span(when(draft.at), class_name="tiny soft number"),
            class_name="line",
        ),
        problem(Draft.problem),
        rx.cond(
            draft.newer,
            rx.el.p(t("inbox.shadow_newer"), class_name="small soft"),
            rx.cond(Draft.editing, _edited(), _as_it_is()),
        ),
        class_name="handoff",
        aria_label=t("inbox.shadow_title"),
    )


def _as_it_is() -> rx.Component:
    return rx.fragment(
        rx.el.p(Draft.draft.body, class_name="small prose", dir="auto", lang=Draft.draft.language),
        rx.el.div(
            button(
                t("inbox.shadow_send"),
                icon="send-horizontal",
                size="small",
                busy=Draft.sending,
                on_click=Draft.send(Draft.draft.id.to(str)),
            ),
            button(
                t("inbox.shadow_edit"),
                icon="pencil",
                variant="plain",
                size="small",
                on_click=Draft.edit(True),
            ),
            button(
                t("inbox.shadow_discard"),
                variant="ghost",
                size="small",
                on_click=Draft.discard(Draft.draft.id.to(str)),
            ),
            class_name="line-wrap",
        ),
    )


def _edited() -> rx.Component:
    return rx.form(
        rx.el.input(type="hidden", name="draft", value=Draft.draft.id.to(str), read_only=True),
        rx.el.textarea(
            name="words",
            required=True,
            max_length=4000,
            default_value=Draft.draft.body,
            aria_label=t("inbox.shadow_words"),
            class_name="input area-short",
            auto_focus=True,
        ),
        rx.el.div(
            button(
                t("inbox.shadow_send_edited"),
                type="submit",
                icon="send-horizontal",
                size="small",
                busy=Draft.sending,
            ),
            button(t("common.cancel"), variant="ghost", size="small", on_click=Draft.edit(False)),
            class_name="line-wrap",
        ),
        on_submit=Draft.send_edited,
        class_name="stack-snug",
    )
