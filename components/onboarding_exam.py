"""Step 5: the exam. Its panel is the agent page's; here it is a step with a way on."""

from typing import Any

import reflex as rx

from components.exam import exam_panel
from components.onboarding_parts import step_foot, step_head
from components.ui.button import button
from components.words import t
from state.exam import ExamState
from state.onboarding import VISITS, OnboardingState, Visit
from vulkn_app.onboarding.progress import Step

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = ExamState
Guide: Any = OnboardingState

VISITS[Step.EXAM] = Visit(loads=(ExamState.load,))


def exam_step() -> rx.Component:
    return rx.el.div(
        step_head(t("onboarding.exam_title"), t("onboarding.exam_text")),
        exam_panel(),
        step_foot(
            rx.cond(
                State.may,
                button(t("onboarding.go_on"), size="large", on_click=Guide.finish),
                button(t("onboarding.skip"), variant="soft", size="large", on_click=Guide.skip),
            ),
            back=4,
        ),
        class_name="stack",
    )
