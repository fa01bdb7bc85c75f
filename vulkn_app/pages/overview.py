"""/app"""

import reflex as rx

from components.overview import overview
from state.overview import OverviewState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app", title=t("overview.title"), on_load=[SessionState.load, OverviewState.load])
def overview_page() -> rx.Component:
    return overview()
