"""/app/playground"""

import reflex as rx

from components.playground import playground
from state.playground import PlaygroundState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(
    route="/app/playground", title=t("playground.page"), on_load=[SessionState.load, PlaygroundState.load]
)
def playground_page() -> rx.Component:
    return playground()
