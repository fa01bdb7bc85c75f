"""Beside an answer: the entries that say otherwise, and what it was before."""

from typing import Any

import reflex as rx

from components.ui.button import button
from components.ui.feedback import problem
from components.ui.icon import glyph
from components.ui.moment import full
from components.words import choice, plural, t
from state.knowledge_sheet import KnowledgeSheetState
from state.knowledge_story import KnowledgeStoryState
from vulkn_app.conversations.contradictions import ClashRow
from vulkn_app.knowledge.versions import FIELDS, VersionRow

Sheet: Any = KnowledgeSheetState
Story: Any = KnowledgeStoryState


def contradictions() -> rx.Component:
    return rx.cond(
        Story.clashes.length() > 0,
        rx.el.div(
            rx.el.p(
                glyph("triangle-alert", "small"), t("knowledge.clash_title"), class_name="line strong small"
            ),
            rx.el.ul(rx.foreach(Story.clashes, _clash), class_name="stack-tight"),
            problem(Story.problem),
            rx.el.input(
                placeholder=t("knowledge.clash_why"),
                aria_label=t("knowledge.clash_why"),
                max_length=300,
                value=Story.reason,
                on_change=Story.say_why,
                class_name="input",
            ),
            role="alert",
            class_name="clash stack-tight",
        ),
    )


def _clash(clash: rx.vars.ObjectVar[ClashRow]) -> rx.Component:
    key = clash.other_id.to_string(use_json=False)
    return rx.el.li(
        rx.el.span(
            t("knowledge.clash_line", here=clash.here, there=clash.there, title=clash.other_title),
            class_name="small",
        ),
        rx.el.div(
            button(t("knowledge.clash_open"), variant="plain", size="small", on_click=Sheet.open(key)),
            button(
                t("knowledge.clash_settle"),
                variant="ghost",
                size="small",
                disabled=Story.reason == "",
                on_click=Story.settle(key),
            ),
            class_name="line-wrap",
        ),
        class_name="stack-tight",
    )


def history() -> rx.Component:
    return rx.cond(
        Story.history.length() > 0,
        rx.el.details(
            rx.el.summary(plural(Story.history.length(), "knowledge.history"), class_name="fold-head small"),
            rx.el.ol(rx.foreach(Story.history, _version), class_name="changes"),
            class_name="fold",
        ),
    )


def _version(version: rx.vars.ObjectVar[VersionRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            full(version.at),
            rx.cond(version.author != "", " · " + version.author.to(str), ""),
            class_name="tiny soft number",
        ),
        rx.el.span(
            t("knowledge.changed_what"),
            " ",
            rx.el.span(rx.foreach(version.fields, _field), class_name="strong series"),
            class_name="small",
        ),
        rx.el.span(t("knowledge.before"), " ", version.title, class_name="small soft"),
        rx.el.span(version.body, class_name="small soft clip-2"),
        rx.el.div(
            button(
                t("knowledge.go_back"),
                icon="undo-2",
                variant="plain",
                size="small",
                on_click=Sheet.go_back(version.id.to_string(use_json=False)),
            ),
        ),
        class_name="stack-tight",
    )


def _field(name: rx.Var[str]) -> rx.Component:
    return rx.el.span(choice(name, "knowledge.field_", *FIELDS, "deleted"))
