"""The page for addresses that lead nowhere."""

import reflex as rx

from components.ui.button import link_button
from components.ui.feedback import empty
from components.words import t
from state.prefs import PrefsState


def missing() -> rx.Component:
    return rx.el.main(
        rx.el.h1(t("common.missing_title"), class_name="quiet-only"),
        empty(
            "compass",
            t("common.missing_title"),
            t("common.missing_text"),
            link_button(t("common.missing_home"), href="/app/"),
        ),
        class_name="lonely shell worded",
        lang=PrefsState.lang,
    )
