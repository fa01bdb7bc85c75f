"""From a wrong answer to a right entry: the question, the answer, what it stood on, and the entry to change."""

from typing import Any

import reflex as rx

from components.ui.feedback import problem
from components.ui.field import select_field, text_area, text_field
from components.ui.icon import glyph
from components.ui.overlay import form_sheet
from components.ui.surface import badge
from components.words import t
from state.corrections import CorrectionState
from vulkn_app.conversations.rows import MessageRow
from vulkn_app.knowledge.suggestions.corrections import Stood

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = CorrectionState


def wrong_answer(message: rx.vars.ObjectVar[MessageRow]) -> rx.Component:
    """Under an answer of the agent: that it was wrong, or a way to say so."""
    return rx.cond(
        message.wrong,
        badge(t("suggestions.corrected"), icon="check"),
        rx.el.button(
            t("suggestions.wrong"),
            type="button",
            on_click=State.begin(message.id.to_string(use_json=False)),
            class_name="figure-link",
        ),
    )


def correction_sheet() -> rx.Component:
    fresh, case = State.form_key.to_string(), State.case
    return form_sheet(
        t("suggestions.wrong_title"),
        problem(State.problem),
        _said(t("suggestions.wrong_question"), case.question),
        _said(t("suggestions.wrong_answer"), case.answer),
        _stood_on(),
        text_field(
            t("knowledge.entry_title"),
            name="title",
            required=True,
            max_length=200,
            default_value=State.given_title,
            key="title" + fresh,
        ),
        text_area(
            t("suggestions.answer"),
            name="body",
            size="tall",
            required=True,
            max_length=20_000,
            hint=t("suggestions.wrong_hint"),
            default_value=State.given_body,
            key="body" + fresh,
        ),
        select_field(
            t("knowledge.language"),
            [("es", t("common.spanish")), ("en", t("common.english"))],
            name="language",
            default_value=State.given_language,
            key="language" + fresh,
        ),
        is_open=State.is_open,
        on_close=State.close,
        on_submit=State.save,
        busy=State.saving,
        save=t("common.save"),
    )


def _said(label: Any, words: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(label, class_name="tiny soft"),
        rx.el.p(words, class_name="prose small", dir="auto"),
        class_name="stack-tight",
    )


def _stood_on() -> rx.Component:
    """The entries behind the answer, to pick the wrong one; or a new entry."""
    return rx.el.div(
        rx.el.p(
            rx.cond(
                State.case.stood_on.length() > 0,
                t("suggestions.wrong_entries"),
                t("suggestions.wrong_no_entries"),
            ),
            class_name="tiny soft",
        ),
        rx.el.div(
            rx.foreach(State.case.stood_on, _entry),
            rx.cond(
                State.case.stood_on.length() > 0,
                _pick("plus", t("suggestions.wrong_new"), ""),
            ),
            class_name="line-wrap",
        ),
        class_name="stack-tight",
    )


def _entry(entry: rx.vars.ObjectVar[Stood]) -> rx.Component:
    return _pick("book-open", entry.title, entry.id.to_string(use_json=False))


def _pick(icon: str, words: Any, key: Any) -> rx.Component:
    return rx.el.button(
        glyph(icon, "tiny"),
        rx.el.span(words, class_name="clip"),
        type="button",
        aria_pressed=State.entry_id == key,
        on_click=State.choose(key),
        class_name="badge badge-line chip",
    )
