"""/app/skills"""

import reflex as rx

from components.skills import skills
from state.session import SessionState
from state.skills import SkillsState
from vulkn_app.i18n import t


@rx.page(route="/app/skills", title=t("skills.page"), on_load=[SessionState.load, SkillsState.load])
def skills_page() -> rx.Component:
    return skills()
