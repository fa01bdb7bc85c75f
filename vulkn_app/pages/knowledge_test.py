"""/app/knowledge/test"""

import reflex as rx

from components.knowledge_test import knowledge_test
from state.knowledge_test import KnowledgeTestState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(
    route="/app/knowledge/test",
    title=t("knowledge_test.page"),
    on_load=[SessionState.load, KnowledgeTestState.load],
)
def knowledge_test_page() -> rx.Component:
    return knowledge_test()
