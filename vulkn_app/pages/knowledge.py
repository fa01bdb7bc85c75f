"""/app/knowledge"""

import reflex as rx

from components.knowledge import knowledge
from state.knowledge import KnowledgeState
from state.knowledge_sheet import KnowledgeSheetState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(
    route="/app/knowledge",
    title=t("knowledge.page"),
    on_load=[SessionState.load, KnowledgeState.load, KnowledgeSheetState.load],
)
def knowledge_page() -> rx.Component:
    return knowledge()
