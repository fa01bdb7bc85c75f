"""/outside"""

import reflex as rx

from components.account import outside
from state.outside import OutsideState
from vulkn_app.i18n import t


@rx.page(route="/outside", title=t("auth.outside_page"), on_load=OutsideState.load)
def outside_page() -> rx.Component:
    return outside()
