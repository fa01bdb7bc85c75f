"""/admin/operations"""

import reflex as rx

from components.admin_operations import operations
from state.admin import AdminState
from state.admin_operations import OperationsState
from vulkn_app.i18n import t


@rx.page(route="/admin/operations", title=t("admin.page"), on_load=[AdminState.load, OperationsState.load])
def admin_operations_page() -> rx.Component:
    return operations()
