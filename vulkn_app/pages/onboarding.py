"""/onboarding"""

import reflex as rx

from components.onboarding import onboarding
from state.onboarding import OnboardingState
from vulkn_app.i18n import t


@rx.page(route="/onboarding", title=t("onboarding.page"), on_load=OnboardingState.load)
def onboarding_page() -> rx.Component:
    return onboarding()
