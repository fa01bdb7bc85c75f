"""/app/inbox"""

import reflex as rx

from components.inbox import inbox
from state.inbox import InboxState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app/inbox", title=t("inbox.page"), on_load=[SessionState.load, InboxState.load])
def inbox_page() -> rx.Component:
    return inbox()
