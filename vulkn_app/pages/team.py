"""/app/team"""

import reflex as rx

from components.team import team
from state.session import SessionState
from state.team import TeamState
from vulkn_app.i18n import t


@rx.page(route="/app/team", title=t("team.page"), on_load=[SessionState.load, TeamState.load])
def team_page() -> rx.Component:
    return team()
