"""Trying the search: what is found for a question, whether it is enough, and what a model would read."""

from typing import Any

import reflex as rx

from components.knowledge_tabs import knowledge_tabs
from components.shell import shell
from components.ui.button import button, go, icon_button, link_button
from components.ui.feedback import empty, skeleton_rows
from components.ui.field import segments
from components.ui.moment import when
from components.ui.surface import badge, card, card_head, page_head
from components.words import choice, plural, t
from state.knowledge_test import LONGEST, FoundRow, KnowledgeTestState
from vulkn_app.conversations.lookup import AskedRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = KnowledgeTestState
VERDICTS = ("exact", "pleasantry", "sure", "unsure", "nothing", "empty")
OUTCOMES = ("answered", "handoff", "unknown")


def knowledge_test() -> rx.Component:
    return shell("knowledge", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(t("knowledge_test.title"), text=t("knowledge_test.text")),
        knowledge_tabs("test"),
        rx.el.div(
            rx.el.div(_question(), rx.cond(State.verdict != "", _seen()), class_name="stack"),
            _asked(),
            class_name="columns",
        ),
    )


def _question() -> rx.Component:
    languages = [
        ("", t("knowledge_test.heard")),
        ("es", t("common.spanish")),
        ("en", t("common.english")),
    ]
    return card(
        rx.form(
            rx.el.input(
                name="question",
                default_value=State.question,
                key=State.form_key.to_string(),
                placeholder=t("knowledge_test.write"),
                aria_label=t("knowledge_test.write"),
                max_length=LONGEST,
                required=True,
                auto_complete="off",
                enter_key_hint="search",
                class_name="input",
            ),
            icon_button(
                "search", t("knowledge_test.ask"), variant="primary", type="submit", busy=State.looking
            ),
            class_name="composer-line",
            on_submit=State.ask,
        ),
        rx.el.div(
            segments(t("knowledge_test.language"), languages, value=State.language, pick=State.pick_language),
            class_name="apart-small",
        ),
    )


def _seen() -> rx.Component:
    return rx.fragment(_verdict(), _found(), _evidence())


def _verdict() -> rx.Component:
    return card(
        rx.el.div(
            rx.cond(
                State.answers,
                badge(t("knowledge_test.yes"), tone="accent", icon="check"),
                badge(t("knowledge_test.no"), tone="hot", icon="x"),
            ),
            rx.cond(
                State.language == "",
                badge(choice(State.heard, "knowledge_test.asked_in_", "es", "en"), tone="line"),
            ),
            class_name="line-wrap snug",
        ),
        rx.el.p(
            choice(State.verdict, "knowledge_test.why_", *VERDICTS, enough=State.enough),
            class_name="small",
        ),
        rx.cond(
            (State.verdict == "unsure") | (State.verdict == "nothing") | (State.verdict == "empty"),
            rx.el.div(
                link_button(
                    t("knowledge_test.write_entry"),
                    href="/app/knowledge/?new=" + _encoded(State.question),
                    icon="plus",
                    variant="plain",
                    size="small",
                )
            ),
        ),
        class_name="stack-snug",
        role="status",
    )


def _found() -> rx.Component:
    return rx.cond(
        State.rows.length() > 0,
        card(
            card_head(t("knowledge_test.found"), text=t("knowledge_test.found_text", enough=State.enough)),
            rx.el.ol(rx.foreach(State.rows, _entry), class_name="rows"),
            flush=True,
        ),
    )


def _entry(entry: rx.vars.ObjectVar[FoundRow]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            entry.enough,
            badge(entry.score.to_string(), tone="accent", title=t("knowledge_test.score")),
            badge(entry.score.to_string(), title=t("knowledge_test.score")),
        ),
        rx.el.div(
            rx.el.div(
                go(entry.title, href="/app/knowledge/?entry=" + entry.id.to(str), class_name="link strong"),
                badge(entry.language.upper(), tone="line"),
                class_name="line-wrap snug",
            ),
            rx.el.p(entry.text, class_name="soft small clip-2"),
            rx.cond(
                entry.words.length() > 0,
                rx.el.p(
                    rx.el.span(t("knowledge_test.by"), class_name="quiet"),
                    " ",
                    rx.foreach(entry.words, lambda word: rx.el.mark(word, class_name="heard")),
                    class_name="tiny line-wrap snug",
                ),
            ),
            class_name="stack-tight grow",
        ),
        class_name="row row-still row-top",
    )


def _evidence() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            t("knowledge_test.evidence"),
            rx.el.span(
                " · ",
                rx.cond(
                    State.whole,
                    plural(State.entries, "knowledge_test.whole"),
                    t("knowledge_test.only_found"),
                ),
                class_name="soft",
            ),
            class_name="fold-head small",
        ),
        rx.el.pre(State.evidence, class_name="evidence", tab_index=0, dir="auto"),
        class_name="fold",
    )


def _asked() -> rx.Component:
    return card(
        card_head(t("knowledge_test.asked"), text=t("knowledge_test.asked_text")),
        rx.cond(
            State.loaded,
            rx.cond(
                State.asked.length() > 0,
                rx.el.ul(rx.foreach(State.asked, _asked_row), class_name="rows"),
                empty(
                    "messages-square",
                    t("knowledge_test.asked_empty"),
                    t("knowledge_test.asked_empty_text"),
                ),
            ),
            skeleton_rows(4),
        ),
        flush=True,
    )


def _asked_row(row: rx.vars.ObjectVar[AskedRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.question, class_name="small clip-2", dir="auto"),
            rx.el.div(
                _outcome(row.outcome),
                rx.el.span(when(row.at), class_name="tiny soft number"),
                go(
                    t("knowledge_test.conversation"),
                    href="/app/inbox/?c=" + row.conversation_id.to(str),
                    class_name="link tiny",
                ),
                class_name="line-wrap snug",
            ),
            class_name="stack-tight grow",
        ),
        button(
            t("knowledge_test.replay"),
            icon="rotate-ccw",
            variant="plain",
            size="small",
            on_click=State.replay(row.question),
        ),
        class_name="row row-still",
    )


def _outcome(outcome: Any) -> rx.Component:
    words = choice(outcome, "knowledge_test.outcome_", *OUTCOMES)
    return rx.cond(outcome == "unknown", badge(words, tone="hot"), badge(words))


def _encoded(words: Any) -> Any:
    return rx.vars.FunctionStringVar.create("encodeURIComponent").call(words).to(str)
