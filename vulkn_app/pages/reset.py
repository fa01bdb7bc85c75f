"""/reset"""

import reflex as rx

from components.account import reset
from state.account import AccountState
from vulkn_app.i18n import t


@rx.page(route="/reset", title=t("auth.reset_page"), on_load=AccountState.load)
def reset_page() -> rx.Component:
    return reset()
