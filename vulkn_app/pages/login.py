"""/login"""

import reflex as rx

from components.account import login
from state.account import AccountState
from vulkn_app.i18n import t


@rx.page(route="/login", title=t("auth.login_page"), on_load=AccountState.load)
def login_page() -> rx.Component:
    return login()
