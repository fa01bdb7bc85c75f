"""/app/billing"""

import reflex as rx

from components.billing import billing
from state.billing import BillingState
from state.session import SessionState
from vulkn_app.i18n import t


@rx.page(route="/app/billing", title=t("billing.page"), on_load=[SessionState.load, BillingState.load])
def billing_page() -> rx.Component:
    return billing()
