"""/app/knowledge/import"""

import reflex as rx

from components.knowledge_import import knowledge_import
from state.knowledge_import import KnowledgeImportState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(
    route="/app/knowledge/import",
    title=t("knowledge_import.page"),
    on_load=[SessionState.load, KnowledgeImportState.load],
)
def knowledge_import_page() -> rx.Component:
    return knowledge_import()
