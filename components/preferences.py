"""Language and theme, for pages that have no account menu."""

import reflex as rx
from reflex.event import run_script
from reflex.style import set_color_mode

from components.ui.button import icon_button
from components.words import t
from state.prefs import PrefsState

# What assets/language.js saw when the page began no longer holds once a language was picked.
READS = run_script("delete document.documentElement.dataset.reads")


def language_button() -> rx.Component:
    return rx.el.button(
        rx.cond(PrefsState.lang == "en", "Español", "English"),
        type="button",
        lang=rx.cond(PrefsState.lang == "en", "es", "en"),
        data_picks=True,  # assets/language.js hears a press that comes before the page lives
        class_name="button button-ghost button-small",
        on_click=[READS, PrefsState.pick(rx.cond(PrefsState.lang == "en", "es", "en"))],
    )


def theme_button() -> rx.Component:
    return rx.color_mode_cond(
        icon_button("moon", t("nav.theme"), size="small", on_click=set_color_mode("dark")),
        icon_button("sun", t("nav.theme"), size="small", on_click=set_color_mode("light")),
    )
