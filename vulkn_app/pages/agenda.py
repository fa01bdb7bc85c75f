"""/app/agenda"""

import reflex as rx

from components.agenda import agenda
from state.agenda import AgendaState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app/agenda", title=t("agenda.page"), on_load=[SessionState.load, AgendaState.load])
def agenda_page() -> rx.Component:
    return agenda()
