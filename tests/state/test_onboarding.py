"""The guide as its page drives it: where it begins, how it is taken up again, and what the trial speaks like."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

import components.onboarding  # noqa: F401 - the page's steps tell the guide about themselves
from state.onboarding import OnboardingState
from state.onboarding_business import BusinessState
from state.onboarding_channels import OnboardingChannelsState
from state.onboarding_knowledge import OnboardingKnowledgeState
from state.onboarding_voice import VoiceState, VoiceTrialState
from state.overview import OverviewState
from tests.factories import a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.db import Member
from vulkn_app.onboarding import business
from vulkn_app.onboarding.business import BusinessForm
from vulkn_app.onboarding.progress import Step

HERE = "/onboarding/"
Ask = Callable[..., list[tuple]]


@pytest.fixture
def ask(database_url: str) -> Ask:
    def rows(statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(database_url, autocommit=True) as admin:
            found = admin.execute(statement.encode(), values)
            return found.fetchall() if found.description else []

    return rows


@pytest.fixture
def person(ask: Ask) -> Member:
    """With an account, in no organization."""
    user_id = uuid4()
    ask("insert into auth.users (id, email) values (%s, %s)", user_id, f"{user_id}@luna.test")
    ask("insert into profiles (user_id, email) values (%s, %s)", user_id, f"{user_id}@luna.test")
    return Member(user_id, uuid4())


@pytest.fixture
async def owner(person: Member, deployment: None) -> Member:
    founded = await business.found(person.user_id, BusinessForm(name="Dental Ñandú", industry="dentist"))
    assert founded
    return Member(person.user_id, founded.id, "owner")


def names(events: list[Any]) -> str:
    return json.dumps(str(events))


async def test_somebody_without_an_organization_begins_at_the_first_step(
    page: OpenPage, person: Member
) -> None:
    guide = await page(OnboardingState, person, HERE)

    await run(OnboardingState.load, guide)

    assert (guide.ready, guide.founded, guide.step, guide.percent) == (True, False, 1, 0)
    assert guide.email.endswith("@luna.test")


async def test_the_address_is_shown_while_the_name_is_typed(
    page: OpenPage, person: Member, owner: Member
) -> None:
    form = await page(BusinessState, person, HERE)
    await run(BusinessState.begin, form)
    await run(BusinessState.guessed, form, "America/Bogota|es-MX")
    assert (form.country, form.currency, form.zone) == ("CO", "COP", "America/Bogota")

    await run(BusinessState.name_typed, form, "Clínica Sueños & Cía.")
    assert (form.slug, form.free) == ("clinica-suenos-cia", "yes")

    await run(BusinessState.name_typed, form, "Dental Ñandú")  # somebody has that one
    assert form.slug != (await business.read(owner)).slug
    assert form.slug.startswith("dental-nandu-")

    await run(BusinessState.type_own, form)
    for typed, free in (
        ("admin", "no"),
        ("no sirve", "no"),
        ((await business.read(owner)).slug, "no"),
        ("mi-luna", "yes"),
    ):
        await run(BusinessState.slug_typed, form, typed)
        assert (typed, form.free) == (typed, free)
    await run(BusinessState.name_typed, form, "Otro nombre")
    assert form.slug == "mi-luna"


async def test_another_device_goes_on_where_the_first_one_was(page: OpenPage, owner: Member) -> None:
    phone, desk = await page(OnboardingState, owner, HERE), await page(OnboardingState, owner, HERE)
    await run(OnboardingState.load, phone)
    assert phone.step == Step.KNOWLEDGE
    answers = await phone.get_state(OnboardingKnowledgeState)
    await run(OnboardingKnowledgeState.load, answers)
    assert len(answers.rows) == 8
    await run(OnboardingKnowledgeState.note, answers, "cleaning", "es", "cuesta $740")

    await run(OnboardingState.load, desk)

    there = await desk.get_state(OnboardingKnowledgeState)
    await run(OnboardingKnowledgeState.load, there)
    assert desk.step == Step.KNOWLEDGE
    assert {row.key: row.es for row in there.rows}["cleaning"] == "cuesta $740"

    await run(OnboardingState.skip, phone)
    await run(OnboardingState.load, desk)
    assert (desk.step, desk.steps[1].how, desk.percent) == (Step.AGENT, "skipped", 33)


async def test_one_goes_back_and_the_overview_leads_on(page: OpenPage, owner: Member) -> None:
    guide = await page(OnboardingState, owner, HERE)
    await run(OnboardingState.load, guide)
    await run(OnboardingState.skip, guide)
    await run(OnboardingState.skip, guide)

    await run(OnboardingState.go, guide, 3)

    overview = await page(OverviewState, owner)
    await run(OverviewState.load, overview)
    assert (guide.step, overview.guide_step, overview.new_here) == (3, 3, False)


async def test_nobody_is_led_who_was_there_before_or_does_not_administer(
    page: OpenPage, owner: Member, database_url: str, ask: Ask
) -> None:
    old, member = a_business(database_url).owner, a_business(database_url).owner
    ask("delete from memberships where user_id = %s and false", member.user_id)
    ask("insert into memberships (org_id, user_id, role, created_at) values (%s, %s, 'member', '2000-01-01')",
        owner.org_id, member.user_id)  # fmt: skip

    for who in (old, member):
        guide = await page(OnboardingState, who, HERE)
        sent = await run(OnboardingState.load, guide)
        assert "/app/" in names(sent)
        overview = await page(OverviewState, who)
        await run(OverviewState.load, overview)
        assert overview.guide_step == 0


async def test_the_trial_answers_with_what_stands_in_the_form(
    page: OpenPage, owner: Member, no_model: None, ask: Ask
) -> None:
    form = await page(VoiceState, owner, HERE)
    await run(VoiceState.load, form)
    await run(VoiceState.typed, form, "name", "Lupita")
    trial = await form.get_state(VoiceTrialState)

    spoken = await trial._voice()
    assert spoken
    assert spoken.name == "Lupita"
    await run(VoiceTrialState.ask, trial, {"text": "¿Quién eres?"})
    await VoiceTrialState.answer.fn(trial)

    assert "Lupita" in trial.trials[-1].answer
    assert ask("select name from agents where org_id = %s", owner.org_id) == [("Sofía",)]
    assert ask("select count(*) from conversations where org_id = %s", owner.org_id) == [(0,)]


async def test_a_name_that_is_being_typed_speaks_as_it_was(page: OpenPage, owner: Member) -> None:
    form = await page(VoiceState, owner, HERE)
    await run(VoiceState.load, form)

    await run(VoiceState.typed, form, "name", "")

    assert await (await form.get_state(VoiceTrialState))._voice() is None


async def test_the_code_is_the_seeds_and_a_page_that_carries_it_shows(
    page: OpenPage, owner: Member, ask: Ask
) -> None:
    channels = await page(OnboardingChannelsState, owner, HERE)
    await run(OnboardingChannelsState.load, channels)
    slug = (await business.read(owner)).slug
    assert channels.embed == f'<script src="http://here.test/vulkn-widget.js" data-org="{slug}"></script>'
    assert channels.sightings == []

    ask("insert into widget_sightings (org_id, origin) values (%s, 'https://mitienda.mx')", owner.org_id)
    await run(OnboardingChannelsState.ring, channels)

    assert [seen.origin for seen in channels.sightings] == ["https://mitienda.mx"]
