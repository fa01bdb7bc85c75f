"""Step 2: what the agent is to know, by answers, a page, a file or a chat."""

from typing import Any

import reflex as rx

from components.knowledge_import import address, drop, on_the_way
from components.knowledge_import_review import review
from components.onboarding_parts import step_foot, step_head
from components.ui.button import button
from components.ui.feedback import problem
from components.ui.icon import glyph
from components.ui.surface import card
from components.words import plural, t
from state.knowledge_import import KnowledgeImportState
from state.onboarding import OnboardingState
from state.onboarding_knowledge import WAYS, OnboardingKnowledgeState
from state.prefs import PrefsState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = OnboardingKnowledgeState
Imports: Any = KnowledgeImportState
Guide: Any = OnboardingState
ICONS = ("list-checks", "globe", "file-text", "message-circle")


def knowledge_step() -> rx.Component:
    return rx.el.div(
        step_head(t("onboarding.knowledge_title"), t("onboarding.knowledge_text")),
        rx.cond(Imports.opened, review(), _ways()),
        class_name="stack-wide",
    )


def _ways() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            *[
                rx.el.button(
                    glyph(icon, "small"),
                    t(f"onboarding.way_{way}"),
                    type="button",
                    aria_pressed=State.way == way,
                    class_name="chip",
                    on_click=State.pick(way),
                )
                for way, icon in zip(WAYS, ICONS, strict=True)
            ],
            role="group",
            aria_label=t("onboarding.ways"),
            class_name="line-wrap snug",
        ),
        rx.cond(Imports.on_the_way.length() > 0, on_the_way()),
        rx.cond(Imports.over.length() > 0, _saved()),
        rx.match(
            State.way,
            ("page", _other(address(t("onboarding.way_page")))),
            ("file", _other(drop())),
            ("chat", _other(_chat(), drop())),
            _questions(),
        ),
        class_name="stack",
    )


def _saved() -> rx.Component:
    return card(
        rx.el.ul(
            rx.foreach(
                Imports.over,
                lambda one: rx.el.li(
                    glyph("circle-check", "small"),
                    rx.el.span(one.name, class_name="clip grow"),
                    rx.el.span(plural(one.changes, "onboarding.way_saved"), class_name="tiny soft"),
                    class_name="line small",
                ),
            ),
            class_name="stack-tight",
        ),
    )


def _other(*content: rx.Component) -> rx.Component:
    """What is on its way goes on while one is at the next steps."""
    return rx.fragment(
        *content,
        step_foot(
            rx.cond(
                Imports.to_review != "",
                _review_first(),
                rx.cond(
                    (Imports.over.length() > 0) | (Imports.on_the_way.length() > 0),
                    button(t("onboarding.go_on"), size="large", busy=State.saving, on_click=State.finish),
                    button(t("onboarding.skip"), variant="soft", size="large", on_click=Guide.skip),
                ),
            ),
            back=1,
        ),
    )


def _review_first() -> rx.Component:
    """What nobody looked at is not known: whoever goes on without it says so."""
    return rx.fragment(
        button(t("onboarding.go_on_unread"), variant="ghost", busy=State.saving, on_click=State.finish),
        button(
            t("onboarding.review_first"),
            icon="list-checks",
            size="large",
            on_click=Imports.open(Imports.to_review),
        ),
    )


def _chat() -> rx.Component:
    return card(
        rx.el.p(t("onboarding.chat_text"), class_name="soft small"),
        rx.el.h2(t("onboarding.chat_how"), class_name="label apart-small"),
        rx.el.ol(
            *[rx.el.li(t(f"onboarding.chat_{number}")) for number in (1, 2, 3)],
            class_name="dotted dotted-numbers small soft",
        ),
    )


def _questions() -> rx.Component:
    return rx.el.form(
        rx.el.p(t("onboarding.questions_text"), class_name="soft small"),
        rx.el.div(rx.foreach(State.rows, _question), class_name="stack", key=State.form_key.to_string()),
        problem(State.problem),
        step_foot(
            button(t("onboarding.next"), type="submit", size="large", busy=State.saving),
            back=1,
            skip=t("onboarding.skip"),
        ),
        on_submit=State.save,
        class_name="stack",
    )


def _question(row: Any, place: rx.Var[int]) -> rx.Component:
    english = PrefsState.lang == "en"
    return card(
        rx.el.label(
            rx.el.span((place.to(int) + 1).to_string(), ". ", class_name="soft number"),
            rx.cond(english, row.ask_en, row.ask_es),
            html_for=row.key.to(str) + "_es",
            class_name="label",
        ),
        _answer(row, "es", rx.cond(english, row.hint_en, row.hint_es)),
        rx.el.details(
            rx.el.summary(t("onboarding.in_english"), class_name="fold-head small"),
            _answer(row, "en", row.hint_en),
            class_name="fold fold-small",
            open=row.en != "",
        ),
        class_name="stack-snug",
    )


def _answer(row: Any, language: str, hint: Any) -> rx.Component:
    return rx.el.textarea(
        id=row.key.to(str) + f"_{language}",
        name=row.key.to(str) + f"_{language}",
        default_value=row.es if language == "es" else row.en,
        placeholder=t("onboarding.example", hint=hint),
        aria_label=t(f"onboarding.answer_{language}"),
        max_length=2000,
        rows=2,
        lang=language,
        on_blur=State.note(row.key.to(str), language),
        class_name="input area-short",
    )
