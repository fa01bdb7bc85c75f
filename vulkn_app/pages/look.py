"""/app/channels/look"""

import reflex as rx

from components.look import look
from state.look import LookState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app/channels/look", title=t("look.page"), on_load=[SessionState.load, LookState.load])
def look_page() -> rx.Component:
    return look()
