"""/admin/log"""

import reflex as rx

from components.admin_operations import log
from state.admin import AdminState
from state.admin_operations import AdminLogState
from vulkn_app.i18n import t


@rx.page(route="/admin/log", title=t("admin.page"), on_load=[AdminState.load, AdminLogState.load])
def admin_log_page() -> rx.Component:
    return log()
