"""/app/analytics"""

import reflex as rx

from components.analytics import analytics
from state.analytics import AnalyticsState
from state.explore import ExploreState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(
    route="/app/analytics",
    title=t("analytics.page"),
    on_load=[SessionState.load, AnalyticsState.load, ExploreState.load],
)
def analytics_page() -> rx.Component:
    return analytics()
