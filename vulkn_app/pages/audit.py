"""/app/audit"""

import reflex as rx

from components.audit import audit
from state.audit import AuditState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app/audit", title=t("audit.page"), on_load=[SessionState.load, AuditState.load])
def audit_page() -> rx.Component:
    return audit()
