"""/admin"""

import reflex as rx

from components.admin import organizations
from state.admin import AdminState
from state.admin_desk import DeskState
from vulkn_app.i18n import t


@rx.page(route="/admin", title=t("admin.page"), on_load=[AdminState.load, DeskState.load])
def admin_page() -> rx.Component:
    return organizations()
