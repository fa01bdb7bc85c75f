"""The guide's frame: how far one is, the step, and the way out that loses nothing."""

from typing import Any

import reflex as rx

from components.onboarding_business import business_step
from components.onboarding_channels import channels_step
from components.onboarding_exam import exam_step
from components.onboarding_knowledge import knowledge_step
from components.onboarding_live import live_step
from components.onboarding_voice import voice_step
from components.preferences import language_button, theme_button
from components.ui.button import go
from components.ui.feedback import bone, skeleton_rows
from components.ui.icon import glyph
from components.ui.surface import brand, skip_link
from components.words import choice, t
from state.onboarding import OnboardingState, StepRow
from state.onboarding_live import OnboardingLiveState
from state.prefs import PrefsState
from vulkn_app.onboarding.progress import Step

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = OnboardingState
Live: Any = OnboardingLiveState
LAST = max(Step).value
KEYS = tuple(step.name.lower() for step in Step)


def onboarding() -> rx.Component:
    return rx.el.div(
        skip_link(),
        _top(),
        rx.cond(State.ready, _guide(), _bones()),
        class_name="shell guide worded",
        lang=PrefsState.lang,
    )


def _top() -> rx.Component:
    leave = rx.cond(
        State.founded,
        go(t("onboarding.later"), href="/app/", class_name="button button-ghost button-small"),
        rx.el.form(
            rx.el.button(
                t("onboarding.sign_out"), type="submit", class_name="button button-ghost button-small"
            ),
            action="/api/auth/logout",
            method="post",
            on_submit=None,
        ),
    )
    return rx.el.header(
        brand(),
        # Whoever is done has a way on below, and nothing for later.
        rx.el.div(
            language_button(),
            theme_button(),
            rx.cond(State.ready & ~((State.step == LAST) & Live.live), leave),
            class_name="line snug",
        ),
        class_name="guide-top",
    )


def _guide() -> rx.Component:
    return rx.fragment(
        _way(),
        rx.el.main(
            rx.cond(
                State.entering,
                _step_bones(),
                rx.match(
                    State.step,
                    (1, business_step()),
                    (2, knowledge_step()),
                    (3, voice_step()),
                    (4, channels_step()),
                    (5, exam_step()),
                    live_step(),
                ),
            ),
            id="main",
            tab_index=-1,
            class_name="guide-main",
            key=State.step.to_string(),
        ),
    )


def _way() -> rx.Component:
    """Where one is, and the steps one may go to."""
    name = choice(KEYS_OF[State.step.to(int)].to(str), "onboarding.step_", *KEYS)
    return rx.el.nav(
        rx.el.p(
            rx.el.span(t("onboarding.step_of", n=State.step, total=len(Step)), class_name="strong"),
            " · ",
            name,
            class_name="small",
            role="status",
        ),
        rx.el.ol(rx.foreach(State.steps, _step), class_name="guide-steps"),
        class_name="guide-way",
        aria_label=t("onboarding.progress"),
    )


KEYS_OF = rx.Var.create(["", *KEYS])


def _step(step: rx.vars.ObjectVar[StepRow]) -> rx.Component:
    here = step.number == State.step
    name = choice(step.key, "onboarding.step_", *KEYS)
    state = rx.match(
        step.how,
        ("done", t("onboarding.mark_done")),
        ("skipped", t("onboarding.mark_skipped")),
        t("onboarding.mark_open"),
    )
    return rx.el.li(
        rx.el.button(
            rx.el.span(class_name="guide-bar", aria_hidden=True),
            rx.el.span(
                rx.cond(step.how == "done", glyph("check", "tiny")),
                name,
                rx.el.span(" (", state, ")", class_name="quiet-only"),
                class_name="guide-name",
            ),
            type="button",
            disabled=~State.founded,
            aria_current=rx.cond(here, "step", "false"),
            on_click=State.go(step.number),
            class_name="guide-step",
            custom_attrs={"data-how": step.how},
        ),
    )


def _bones() -> rx.Component:
    """No words: the language is not known yet."""
    return rx.el.main(_step_bones(), id="main", class_name="guide-main", aria_busy=True)


def _step_bones() -> rx.Component:
    return rx.fragment(
        rx.el.div(bone("third", "title"), bone("half"), class_name="stack"),
        rx.el.div(skeleton_rows(3), class_name="card card-flush apart"),
    )
