"""/app/channels/templates"""

import reflex as rx

from components.templates import templates
from state.session import SessionState
from state.templates import TemplatesState
from vulkn_app.i18n import t


@rx.page(
    route="/app/channels/templates",
    title=t("templates.page"),
    on_load=[SessionState.load, TemplatesState.load],
)
def templates_page() -> rx.Component:
    return templates()
