"""What the steps of the guide have in common: a head, and the buttons at their foot."""

from typing import Any

import reflex as rx

from components.ui.button import button
from components.words import Words, t
from state.onboarding import OnboardingState

Guide: Any = OnboardingState


def step_head(title: Words, text: Words) -> rx.Component:
    return rx.el.header(
        rx.el.h1(title, class_name="title"), rx.el.p(text, class_name="soft"), class_name="stack-tight"
    )


def step_foot(onward: rx.Component, *, back: int = 0, skip: Words | None = None) -> rx.Component:
    """`back`: the step before; `skip`: the word for leaving it out, "" for a step that cannot be."""
    return rx.el.footer(
        button(t("onboarding.back"), icon="arrow-left", variant="ghost", on_click=Guide.go(back))
        if back
        else rx.fragment(),
        rx.el.span(class_name="grow"),
        button(skip, variant="ghost", on_click=Guide.skip) if skip is not None else rx.fragment(),
        onward,
        class_name="guide-foot",
    )
