"""/app/leads"""

import reflex as rx

from components.leads import leads
from state.leads import LeadsState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app/leads", title=t("leads.page"), on_load=[SessionState.load, LeadsState.load])
def leads_page() -> rx.Component:
    return leads()
