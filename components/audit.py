"""The audit page: when VULKN's support came in, whether it may, and every change with who made it."""

from typing import Any

import reflex as rx

from components.shell import shell
from components.ui.button import button, go
from components.ui.feedback import empty, skeleton_rows
from components.ui.field import small_select, switch
from components.ui.icon import glyph
from components.ui.moment import full
from components.ui.pager import pager
from components.ui.surface import badge, card, card_head, page_head
from components.words import choice, plural, t
from state.audit import ENTITIES, AuditState
from state.session import SessionState
from vulkn_app.audit import Change, Entry, Session
from vulkn_app.i18n import catalogue

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AuditState


def _named(prefix: str) -> tuple[str, ...]:
    """Everything the locale has a word for; the general one last."""
    start = f"audit.{prefix}"
    known = [key.removeprefix(start) for key in catalogue("es") if key.startswith(start)]
    return (*sorted(name for name in known if name != "other"), "other")


ACTIONS, THINGS, FIELDS = _named("action_"), _named("entity_"), _named("field_")
SEEN = _named("place_")
KINDS = ("user", "impersonation", "platform", "engine", "system")
ICONS = {
    "user": "user-round",
    "impersonation": "eye",
    "platform": "shield",
    "engine": "sparkles",
    "system": "cog",
}


def audit() -> rx.Component:
    return shell("audit", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(t("audit.title"), _chain(), text=t("audit.text")),
        rx.cond(
            State.loaded,
            rx.el.div(_support(), _filters(), _rows(), class_name="stack"),
            card(skeleton_rows(6), flush=True),
        ),
        pager(
            first=State.first,
            last=State.last,
            total=State.total,
            at_start=State.at_start,
            at_end=State.at_end,
            turn=State.turn,
        ),
    )


def _chain() -> rx.Component:
    """Whether the log is as it was written."""
    return rx.cond(
        State.checked,
        rx.cond(
            State.whole,
            badge(t("audit.whole"), tone="accent", icon="shield-check"),
            badge(t("audit.broken"), tone="danger", icon="shield-alert"),
        ),
        badge(t("audit.checking"), icon="loader"),
    )


def _support() -> rx.Component:
    owner = (SessionState.role == "owner") & (SessionState.standing == "")
    return card(
        card_head(
            t("audit.support"),
            rx.cond(
                owner,
                switch(t("audit.allow"), checked=State.allowed, on_change=State.allow),
                rx.cond(
                    State.allowed, badge(t("audit.is_allowed")), badge(t("audit.is_refused"), tone="danger")
                ),
            ),
            text=t("audit.support_text"),
        ),
        rx.cond(
            State.sessions.length() > 0,
            rx.el.ul(rx.foreach(State.sessions, _session), class_name="rows"),
            rx.el.p(t("audit.no_sessions"), class_name="soft small card-foot"),
        ),
        flush=True,
    )


def _session(one: rx.vars.ObjectVar[Session]) -> rx.Component:
    key = one.id.to_string(use_json=False)
    writing = one.mode == "write"
    return rx.el.li(
        rx.el.span(glyph("eye"), class_name="tile-mark"),
        rx.el.div(
            rx.el.div(t("audit.came", when=full(one.started_at)), class_name="strong"),
            rx.el.div(one.who, " · “", one.reason, "”", class_name="small prose"),
            rx.el.div(
                rx.cond(one.ended_at, t("audit.left", when=full(one.ended_at)), t("audit.inside")),
                " · ",
                plural(one.pages, "audit.pages"),
                " · ",
                plural(one.writes, "audit.writes"),
                class_name="small soft",
            ),
            class_name="grow stack-tight",
        ),
        rx.cond(writing, badge(t("audit.writing"), tone="danger"), badge(t("audit.reading"))),
        rx.cond(
            State.session == key,
            button(t("audit.all_again"), size="small", variant="soft", on_click=State.pick_session("")),
            button(t("audit.what"), size="small", variant="plain", on_click=State.pick_session(key)),
        ),
        class_name="row row-still row-wrap",
    )


def _filters() -> rx.Component:
    who = [("", t("audit.who_all")), *((key, t(f"audit.who_{key}")) for key in ("team", "support", "agent"))]
    things = [("", t("audit.entity_all")), *((key, t(f"audit.entity_{key}")) for key in ENTITIES)]
    return rx.el.div(
        small_select(t("audit.who"), who, value=State.who, on_change=State.pick_who),
        small_select(t("audit.entity"), things, value=State.entity, on_change=State.pick_entity),
        class_name="filters",
    )


def _rows() -> rx.Component:
    return rx.cond(
        State.rows.length() > 0,
        card(rx.el.ul(rx.foreach(State.rows, _entry), class_name="rows"), flush=True),
        card(empty("scroll-text", t("audit.none"), t("audit.none_text")), flush=True),
    )


def _entry(one: rx.vars.ObjectVar[Entry]) -> rx.Component:
    mark = rx.match(one.kind, *[(kind, glyph(icon)) for kind, icon in ICONS.items()], glyph("user-round"))
    thing = choice(one.entity, "audit.entity_", *THINGS)
    what = rx.cond(
        one.page != "",
        t("audit.looked", page=choice(one.place, "audit.place_", *SEEN)),
        choice(one.action, "audit.action_", *ACTIONS, what=thing),
    )
    return rx.el.li(
        rx.el.span(mark, class_name="tile-mark"),
        rx.el.div(
            rx.el.div(
                rx.el.span(_who(one), class_name="strong"),
                " ",
                rx.el.span(what, class_name="prose"),
                rx.cond(
                    one.times.to(int) > 1, rx.el.span(" ", t("audit.times", n=one.times), class_name="soft")
                ),
            ),
            rx.cond(
                one.changes.length() > 0,
                rx.el.ul(rx.foreach(one.changes, _change), class_name="small soft series"),
            ),
            rx.cond(
                one.conversation != "",
                go(
                    t("audit.to_conversation"),
                    href="/app/inbox/?c=" + one.conversation.to(str),
                    class_name="link small",
                ),
            ),
            class_name="grow stack-tight",
        ),
        rx.el.span(full(one.at), class_name="tiny soft number fixed"),
        class_name="row row-still row-top row-wrap",
    )


def _who(one: Any) -> rx.Var[str]:
    name = rx.cond(one.who != "", one.who, t("audit.somebody"))
    return rx.match(
        one.kind,
        ("impersonation", t("audit.by_support", name=name)),
        ("platform", t("audit.by_support", name=name)),
        ("engine", t("audit.by_agent")),
        ("system", t("audit.by_system")),
        name,
    )  # pyright: ignore[reportReturnType]


def _change(one: rx.vars.ObjectVar[Change]) -> rx.Component:
    values = rx.cond(
        (one.before != "") | (one.after != ""),
        rx.cond(
            one.before != "", ": " + one.before.to(str) + " → " + one.after.to(str), ": " + one.after.to(str)
        ),
        "",
    )
    return rx.el.li(choice(one.field, "audit.field_", *FIELDS), values)
