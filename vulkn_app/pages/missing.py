"""404"""

import reflex as rx

from components.missing import missing
from vulkn_app.i18n import t


@rx.page(route="404", title=t("common.missing_page"))
def missing_page() -> rx.Component:
    return missing()
