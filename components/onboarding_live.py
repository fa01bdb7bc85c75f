"""Step 6: opening, once with confetti, and what to share."""

from typing import Any

import reflex as rx

from components.onboarding_parts import step_foot, step_head
from components.ui.button import button, link_button, out_button
from components.ui.feedback import notice, problem
from components.ui.field import copy_field
from components.ui.icon import glyph
from components.ui.surface import card, section_head
from components.words import choice, t
from state.exam import ExamState
from state.onboarding import OnboardingState, StepRow
from state.onboarding_live import OnboardingLiveState
from vulkn_app.onboarding.progress import Step

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = OnboardingLiveState
Guide: Any = OnboardingState
Exam: Any = ExamState
MISSING = Exam.loaded & ~Exam.may
KEYS = tuple(step.name.lower() for step in Step)
PIECES = 36


def live_step() -> rx.Component:
    return rx.cond(State.live, _opened(), _before())


def _before() -> rx.Component:
    return rx.el.div(
        step_head(t("onboarding.live_title"), t("onboarding.live_text")),
        card(
            section_head(t("onboarding.review_steps")),
            rx.el.ul(rx.foreach(Guide.steps[:5], _left), class_name="stack-snug"),
        ),
        problem(State.problem),
        rx.cond(MISSING, notice(t("onboarding.exam_missing"), tone="accent", icon="graduation-cap")),
        step_foot(
            rx.cond(
                MISSING,
                button(t("onboarding.to_exam"), icon="graduation-cap", size="large", on_click=Guide.go(5)),
                button(
                    t("onboarding.open"), icon="rocket", size="large", busy=State.saving, on_click=State.open
                ),
            ),
            back=5,
        ),
        class_name="stack",
    )


def _left(step: rx.vars.ObjectVar[StepRow]) -> rx.Component:
    """How a step was left, and the way back to it."""
    return rx.el.li(
        rx.match(
            step.how,
            ("done", glyph("circle-check")),
            ("skipped", glyph("circle-dashed")),
            glyph("circle"),
        ),
        rx.el.span(choice(step.key, "onboarding.step_", *KEYS), class_name="grow"),
        rx.cond(
            step.how == "done",
            rx.el.span(t("onboarding.mark_done"), class_name="soft small"),
            rx.el.button(
                rx.cond(step.how == "skipped", t("onboarding.mark_skipped"), t("onboarding.mark_open")),
                type="button",
                class_name="plain link small",
                on_click=Guide.go(step.number),
            ),
        ),
        class_name="line",
    )


def _opened() -> rx.Component:
    return rx.el.div(
        rx.cond(State.celebrating, confetti()),
        step_head(t("onboarding.opened_title"), t("onboarding.opened_text")),
        rx.el.div(_link(), _code(), class_name="pair"),
        rx.el.div(
            link_button(t("onboarding.to_panel"), href="/app/", size="large"),
            out_button(t("onboarding.try_it"), href=State.chat_url, size="large"),
            class_name="line-wrap",
        ),
        class_name="stack-wide",
    )


def _link() -> rx.Component:
    return card(
        section_head(t("onboarding.link_title"), text=t("onboarding.link_text")),
        copy_field(State.chat_url, name=t("onboarding.link_copy")),
        rx.el.div(
            out_button(t("onboarding.share"), href=State.message_url, icon="message-circle"),
            class_name="line apart-small",
        ),
    )


def _code() -> rx.Component:
    return card(
        section_head(t("onboarding.code_title"), text=t("onboarding.code_text")),
        rx.el.img(src=State.code, alt=t("onboarding.code_alt", url=State.chat_url), class_name="guide-code"),
        rx.el.div(
            rx.el.a(
                glyph("download", "small"),
                t("onboarding.code_save"),
                href=State.code,
                download="vulkn-qr.svg",
                class_name="button button-plain button-small",
            ),
            class_name="line apart-small",
        ),
    )


def confetti() -> rx.Component:
    """Falls once; theme.css leaves it out where less motion is wished for."""
    return rx.el.div(*[rx.el.i() for _ in range(PIECES)], class_name="confetti", aria_hidden=True)
