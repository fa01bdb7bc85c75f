"""The skills page, driven through its handlers."""

from typing import Any

import psycopg
import pytest

from state.skills import DRAFT, FORMS, PUBLISH, SkillsState
from tests.factories import Business, a_business
from tests.state.conftest import OpenPage, run
from vulkn_app.errors import NotFound
from vulkn_app.skills.faults import WHOLE


async def opened(page: OpenPage, business: Business, key: str) -> Any:
    skills = await page(SkillsState, business.owner, "/app/skills/")
    await run(SkillsState.load, skills)
    await run(SkillsState.open, skills, key)
    return skills


async def sent(skills: Any, meaning: str, **typed: str) -> list[Any]:
    """The form as it stands, with these fields changed."""
    form = {name: value for name, value in skills.cells.items() if value} | typed
    await run(SkillsState.mean, skills, meaning)
    return await run(SkillsState.save, skills, form)


def card(skills: Any, key: str) -> Any:
    return next(card for card in skills.cards if card.key == key)


async def test_an_agent_begins_with_some_skills_and_the_plan_locks_others(
    page: OpenPage, database_url: str
) -> None:
    skills = await page(SkillsState, a_business(database_url).owner)

    await run(SkillsState.load, skills)

    assert card(skills, "handoff").enabled
    assert not card(skills, "http_action").in_plan
    assert skills.plan == "starter"


async def test_a_draft_is_kept_without_being_used(page: OpenPage, database_url: str) -> None:
    business = a_business(database_url)
    skills = await opened(page, business, "handoff")

    await sent(skills, DRAFT, emergency_phone="911")

    assert skills.cells["emergency_phone"] == "911"
    assert card(skills, "handoff").version == 0
    with psycopg.connect(database_url) as admin:
        row = admin.execute(
            "select draft->>'emergency_phone', published from agent_skills where org_id = %s",
            (business.org_id,),
        ).fetchone()
    assert row == ("911", None)


async def test_what_was_done_is_what_is_said(page: OpenPage, database_url: str) -> None:
    skills = await opened(page, a_business(database_url), "handoff")

    published = await sent(skills, PUBLISH, emergency_phone="911")
    drafted = await sent(skills, DRAFT, emergency_phone="066")

    assert "Publicado" in str(published)
    assert "Borrador guardado" in str(drafted)


async def test_what_is_published_can_be_compared_and_taken_back(page: OpenPage, database_url: str) -> None:
    skills = await opened(page, a_business(database_url), "handoff")
    await sent(skills, PUBLISH, emergency_phone="911")
    await sent(skills, DRAFT, emergency_phone="066")

    assert [(change.before, change.after) for change in skills.changes] == [("911", "066")]
    await sent(skills, PUBLISH, emergency_phone="066")
    assert [(version.number, version.current) for version in skills.versions] == [(2, True), (1, False)]
    await run(SkillsState.roll_back, skills, 1)

    assert skills.cells["emergency_phone"] == "911"
    assert card(skills, "handoff").version == 3


async def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(
    page: OpenPage, database_url: str
) -> None:
    skills = await opened(page, a_business(database_url), "handoff")

    await sent(skills, PUBLISH, emergency_phone="llama ya")

    assert skills.wrong["emergency_phone"].kind == "shape"
    assert skills.problem
    assert card(skills, "handoff").version == 0


async def test_a_list_grows_and_shrinks_by_its_own_rows(page: OpenPage, database_url: str) -> None:
    skills = await opened(page, a_business(database_url), "handoff")
    await run(SkillsState.add_row, skills, "hours")
    await run(SkillsState.add_row, skills, "hours")
    first, second = (row["id"] for row in skills.rows["hours"])
    await run(SkillsState.drop_row, skills, "hours", first)

    hours = {
        f"hours.{second}.opens": "09:00",
        f"hours.{second}.closes": "18:00",
        f"hours.{second}.days.mon": "on",
    }
    await sent(skills, PUBLISH, **hours)

    assert not skills.problem
    assert [row["opens"] for row in skills.rows["hours"]] == ["09:00"]


async def test_no_row_is_added_to_what_is_no_list(page: OpenPage, database_url: str) -> None:
    skills = await opened(page, a_business(database_url), "faq")

    with pytest.raises(NotFound):
        await run(SkillsState.add_row, skills, "entries")

    assert skills.rows == {}


async def test_a_skill_above_the_plan_does_not_open(page: OpenPage, database_url: str) -> None:
    skills = await page(SkillsState, a_business(database_url).owner)
    await run(SkillsState.load, skills)

    with pytest.raises(NotFound):
        await run(SkillsState.open, skills, "http_action")

    assert skills.open_key == ""


async def test_a_skill_is_switched_off_and_on(page: OpenPage, database_url: str) -> None:
    skills = await page(SkillsState, a_business(database_url).owner)
    await run(SkillsState.load, skills)

    await run(SkillsState.switch, skills, "lead_capture", False)
    assert not card(skills, "lead_capture").enabled
    await run(SkillsState.switch, skills, "lead_capture", True)

    assert card(skills, "lead_capture").enabled


def test_the_place_for_what_no_field_is_to_blame_for_is_no_field() -> None:
    assert all(field.name != WHOLE for form in FORMS.values() for field in form)


async def test_a_list_in_a_row_grows_is_checked_and_goes_with_its_row(
    page: OpenPage, database_url: str
) -> None:
    skills = await opened(page, a_business(database_url), "intake")
    await run(SkillsState.add_row, skills, "forms")
    form = f"forms.{skills.rows['forms'][0]['id']}"
    for _ in range(2):
        await run(SkillsState.add_row, skills, f"{form}.questions")
    first, second = (f"{form}.questions.{row['id']}" for row in skills.rows[f"{form}.questions"])
    typed = {f"{form}.title_es": "Primera cita", f"{first}.prompt_es": "¿Edad?", f"{first}.kind": "number"}

    await sent(skills, PUBLISH, **typed)

    assert skills.wrong[f"{second}.prompt_es"].kind == "missing"
    assert {"forms", form, f"{form}.questions", second} <= set(skills.wrong_rows)
    assert first not in skills.wrong_rows
    await run(SkillsState.drop_row, skills, f"{form}.questions", second.rpartition(".")[2])
    await sent(skills, PUBLISH, **typed)
    assert card(skills, "intake").version == 1
    assert skills.rows["forms"][0]["key"] == "primera_cita"
    assert [row["key"] for row in skills.rows["forms.r0.questions"]] == ["edad"]
    await run(SkillsState.drop_row, skills, "forms", "r0")
    assert skills.rows == {"forms": []}


@pytest.mark.parametrize("path", ["forms.r7.questions", "questions", "forms.r0", "forms.r0.title_es", ""])
async def test_a_list_that_is_not_there_does_not_grow(page: OpenPage, database_url: str, path: str) -> None:
    skills = await opened(page, a_business(database_url), "intake")

    with pytest.raises(NotFound):
        await run(SkillsState.add_row, skills, path)


async def test_what_was_published_as_one_form_is_shown_as_the_first_of_several(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url)
    with psycopg.connect(database_url, autocommit=True) as admin:
        old = '{"title_es": "Registro", "questions": [{"key": "age", "prompt_es": "¿Edad?"}]}'
        admin.execute(
            "insert into agent_skills (org_id, key, enabled, draft, published, version) values (%s, 'intake', true, %s, %s, 1)",
            (business.org_id, old, old),
        )

    skills = await opened(page, business, "intake")

    assert [row["title_es"] for row in skills.rows["forms"]] == ["Registro"]
    assert [row["prompt_es"] for row in skills.rows["forms.r0.questions"]] == ["¿Edad?"]
    assert not card(skills, "intake").unpublished
    assert skills.changes == []
