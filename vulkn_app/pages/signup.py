"""/signup"""

import reflex as rx

from components.account import signup
from state.account import AccountState
from vulkn_app.i18n import t


@rx.page(route="/signup", title=t("auth.signup_page"), on_load=AccountState.load)
def signup_page() -> rx.Component:
    return signup()
