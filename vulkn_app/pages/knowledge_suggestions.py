"""/app/knowledge/suggestions"""

import reflex as rx

from components.knowledge_suggestions import suggestions
from state.knowledge_suggestions import SuggestionsState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(
    route="/app/knowledge/suggestions",
    title=t("suggestions.page"),
    on_load=[SessionState.load, SuggestionsState.load],
)
def knowledge_suggestions_page() -> rx.Component:
    return suggestions()
