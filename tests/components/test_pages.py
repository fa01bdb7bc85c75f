"""Every page can be drawn: a misspelt var, word or component fails here and not in the build."""

import pytest

from components import (
    account,
    agenda,
    agent,
    billing,
    channels,
    inbox,
    knowledge,
    knowledge_import,
    knowledge_suggestions,
    knowledge_test,
    leads,
    missing,
    onboarding,
    overview,
    playground,
    skills,
    team,
    templates,
    wraps,
)

PAGES = {
    "/login": account.login,
    "/signup": account.signup,
    "/reset": account.reset,
    "/onboarding": onboarding.onboarding,
    "/app": overview.overview,
    "/app/inbox": inbox.inbox,
    "/app/agenda": agenda.agenda,
    "/app/leads": leads.leads,
    "/app/knowledge": knowledge.knowledge,
    "/app/knowledge/import": knowledge_import.knowledge_import,
    "/app/knowledge/suggestions": knowledge_suggestions.suggestions,
    "/app/knowledge/test": knowledge_test.knowledge_test,
    "/app/agent": agent.agent,
    "/app/channels": channels.channels,
    "/app/channels/templates": templates.templates,
    "/app/skills": skills.skills,
    "/app/playground": playground.playground,
    "/app/team": team.team,
    "/app/billing": billing.billing,
    "404": missing.missing,
}


@pytest.mark.parametrize("route", PAGES)
def test_the_page_can_be_drawn(route: str) -> None:
    assert "main" in str(PAGES[route]().render())


@pytest.mark.parametrize("route", [route for route in PAGES if route.startswith("/app")])
def test_a_dashboard_page_shows_nothing_before_the_server_said_who_is_looking(route: str) -> None:
    drawn = str(PAGES[route]().render())

    assert drawn.index("session_state.ready") < drawn.index("org_name")


def test_the_lost_connection_and_the_newer_version_are_told_in_our_words() -> None:
    drawn = str(wraps.notices().render())

    for words in ("Reintentando", "Connection lost", "Hay una versi", "There is a new version"):
        assert words in drawn
