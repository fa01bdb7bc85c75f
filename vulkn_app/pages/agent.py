"""/app/agent"""

import reflex as rx

from components.agent import agent
from state.agent import AgentState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app/agent", title=t("agent.page"), on_load=[SessionState.load, AgentState.load])
def agent_page() -> rx.Component:
    return agent()
