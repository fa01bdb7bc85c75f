"""What the agent can do: one card a skill, and a sheet to set it up, publish it and take it back."""

from typing import Any, cast

import reflex as rx

from components.shell import shell
from components.skill_form import skill_form
from components.skill_secrets import secrets
from components.ui.button import button, go, link_button
from components.ui.feedback import notice, problem, skeleton_rows
from components.ui.field import switch
from components.ui.icon import glyph
from components.ui.moment import full
from components.ui.overlay import sheet
from components.ui.surface import badge, card, page_head
from components.words import choice, t
from state.session import SessionState
from state.skills import DRAFT, FORMS, PUBLISH, CardRow, ChangeRow, SkillsState, VersionRow
from vulkn_app.skills.base import TIERS

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = SkillsState

READ_ONLY = SessionState.role == "member"
FORM = "skill-form"
ICONS = {
    "handoff": "hand-helping",
    "booking": "calendar-check",
    "reminders": "bell-ring",
    "intake": "clipboard-list",
    "lead_capture": "contact",
    "faq": "book-open",
    "http_action": "plug",
}


def skills() -> rx.Component:
    return shell("skills", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("skills.title"),
            link_button(t("playground.try"), href="/app/playground/", icon="flask-conical", variant="plain"),
            text=t("skills.text"),
        ),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.cond(READ_ONLY, notice(t("agent.read_only"), icon="lock")),
                rx.el.div(rx.foreach(State.cards, _card), class_name="tiles"),
                class_name="stack",
            ),
            card(skeleton_rows(6), flush=True),
        ),
        _sheet(),
    )


def _card(skill: rx.vars.ObjectVar[CardRow]) -> rx.Component:
    name = _words(skill.key, "title")
    return card(
        rx.el.div(
            rx.el.span(_icon(skill.key), class_name="tile-mark"),
            rx.el.h2(name, class_name="subtitle grow"),
            rx.cond(
                skill.in_plan,
                switch(
                    name,
                    checked=skill.enabled,
                    on_change=lambda on: State.switch(skill.key, on),
                    disabled=READ_ONLY | ~skill.ready.to(bool),
                ),
                glyph("lock", more="soft"),
            ),
            class_name="line",
        ),
        rx.el.p(_words(skill.key, "about"), class_name="soft small"),
        rx.el.div(
            badge(choice(skill.tier, "skills.tier_", *TIERS), tone="line"),
            rx.cond(skill.version.to(int) > 0, badge(t("skills.version", n=skill.version))),
            rx.cond(skill.unpublished, badge(t("skills.unpublished"), tone="accent")),
            class_name="line-wrap snug",
        ),
        rx.el.div(
            rx.cond(
                skill.in_plan,
                rx.fragment(
                    button(
                        rx.cond(READ_ONLY, t("skills.look"), t("skills.set_up")),
                        variant="plain",
                        size="small",
                        aria_haspopup="dialog",
                        on_click=State.open(skill.key),
                    ),
                    rx.cond(
                        skill.ready, rx.fragment(), rx.el.span(t("skills.not_ready"), class_name="tiny soft")
                    ),
                ),
                rx.el.p(
                    t("skills.locked", tier=choice(skill.tier, "skills.tier_", *TIERS), plan=_plan()),
                    " ",
                    go(t("skills.see_plans"), href="/app/billing/", class_name="link"),
                    class_name="small soft",
                ),
            ),
            class_name="tile-foot line-wrap",
        ),
        class_name=rx.cond(skill.in_plan, "tile", "tile tile-locked"),
    )


def _icon(key: Any) -> rx.Component:
    return rx.fragment(
        rx.match(key, *[(name, glyph(icon)) for name, icon in ICONS.items()], glyph("sparkles"))
    )


def _words(key: Any, what: str) -> rx.Var[str]:
    known = [(name, t(f"skills.{name}.{what}")) for name in FORMS]
    return cast("rx.Var[str]", rx.match(key, *known, ""))


def _plan() -> rx.Var[str]:
    return choice(State.plan, "skills.tier_", *TIERS)


def _sheet() -> rx.Component:
    forms = [(key, skill_form(key, READ_ONLY)) for key in FORMS]
    return sheet(
        _words(State.open_key, "title"),
        rx.el.p(_words(State.open_key, "about"), class_name="soft small"),
        problem(State.problem),
        _changes(),
        rx.el.form(
            rx.match(State.open_key, *forms, rx.fragment()),
            id=FORM,
            on_submit=State.save,
            no_validate=True,
        ),
        rx.cond(State.open_key == "http_action", secrets()),
        _versions(),
        is_open=State.open_key != "",
        on_close=State.close,
        foot=rx.cond(READ_ONLY, rx.fragment(), _foot()),
    )


def _foot() -> rx.Component:
    return rx.el.div(
        button(
            t("skills.save_draft"),
            variant="ghost",
            type="submit",
            form=FORM,
            disabled=State.saving,
            on_click=State.mean(DRAFT),
        ),
        button(
            t("skills.publish"), type="submit", form=FORM, busy=State.saving, on_click=State.mean(PUBLISH)
        ),
        class_name="sheet-foot",
    )


def _changes() -> rx.Component:
    """What the saved draft has that customers do not meet yet."""
    return rx.cond(
        State.changes.length() > 0,
        rx.el.details(
            rx.el.summary(t("skills.changes"), class_name="fold-head"),
            rx.el.dl(rx.foreach(State.changes, _change), class_name="changes"),
            class_name="fold fold-accent",
        ),
    )


def _change(change: rx.vars.ObjectVar[ChangeRow]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(change.title, class_name="strong small"),
        rx.el.dd(rx.el.s(change.before), class_name="soft small"),
        rx.el.dd(change.after, class_name="small"),
    )


def _versions() -> rx.Component:
    return rx.cond(
        State.versions.length() > 0,
        rx.el.details(
            rx.el.summary(t("skills.versions"), class_name="fold-head"),
            rx.el.ul(rx.foreach(State.versions, _version), class_name="stack-tight"),
            class_name="fold",
        ),
    )


def _version(version: rx.vars.ObjectVar[VersionRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(t("skills.version", n=version.number), class_name="strong small"),
        rx.el.span(full(version.at), class_name="soft small grow"),
        rx.cond(
            version.current,
            badge(t("skills.current"), tone="accent"),
            rx.cond(
                READ_ONLY,
                rx.fragment(),
                button(
                    t("skills.roll_back"),
                    variant="plain",
                    size="small",
                    on_click=State.roll_back(version.number),
                ),
            ),
        ),
        class_name="line",
    )
