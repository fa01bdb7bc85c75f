"""What the landing page says holds: the plans' skills, the two languages, and what its own agent knows."""

import json

import pytest

from vulkn_app.i18n import LANGUAGES, Language, catalogue
from vulkn_app.knowledge.drafts import File
from vulkn_app.knowledge.formats import read
from vulkn_app.landing import page
from vulkn_app.landing.about import entries, knowledge, told
from vulkn_app.landing.plans import Plan, price_list
from vulkn_app.local.demo import KNOWLEDGE
from vulkn_app.skills.catalogue import ALL, in_plan
from vulkn_app.written import money

CHANNELS = {"web", "whatsapp"}
SOME = (Plan("free", 0, 10, ("web",)), Plan("starter", 12_300, 400, ("web", "booking")))
PAID = (
    *SOME,
    Plan("pro", 150_050, 6_000, ("web", "booking")),
    Plan("business", 500_000, None, ("web", "booking")),
)


async def test_a_plan_includes_the_skills_that_the_catalogue_offers_on_it(deployment: None) -> None:
    for plan in await price_list():
        offered = {key for key, skill in ALL.items() if in_plan(skill.tier, plan.key)}

        assert set(plan.includes) == offered | CHANNELS, plan.key


async def test_the_list_goes_from_free_upwards(deployment: None) -> None:
    plans = await price_list()

    assert [plan.key for plan in plans] == ["free", "starter", "pro", "business"]
    assert plans[0].price == "$0"
    turns = [plan.monthly_turns or 0 for plan in plans]
    assert turns == sorted(turns)
    for language in LANGUAGES:
        assert all(f"landing.includes_{key}" in catalogue(language) for key in plans[-1].includes)


@pytest.mark.parametrize(
    ("cents", "written"), [(0, "$0"), (44_900, "$449"), (144_950, "$1,449.50"), (5, "$0.05")]
)
def test_pesos_are_written_as_in_mexico(cents: int, written: str) -> None:
    assert money(cents) == written


def test_both_languages_answer_the_same_questions() -> None:
    es, en = entries("es"), entries("en")

    assert [(e.key, e.faq) for e in es] == [(e.key, e.faq) for e in en]
    assert len({e.title for e in es}) == len(es)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_its_agent_learns_can_be_imported_with_todays_prices(language: Language) -> None:
    drafts = read(File("vulkn.jsonl", knowledge(language, PAID).encode()))

    assert len(drafts) == len(entries(language))
    assert not any(draft.problem for draft in drafts)
    price = next(entry.body for entry in told(language, PAID) if entry.key == "price")
    assert "$123" in price
    assert "$1,500.50" in price


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_escapes_words_and_names_no_plan_without_a_list(language: Language) -> None:
    bare = page.home(language, page.Site("https://v.example", (), chat=False))
    whole = page.home(language, page.Site("https://v.example", PAID, chat=True, contact="a@v.example"))

    assert "data-chat" not in bare
    assert 'id="prices"' not in bare
    assert whole.count('class="plan"') == len(PAID)
    assert "$1,500.50" in whole
    assert "mailto:a@v.example" in whole
    for made in (bare, whole):
        assert "{" not in made.partition("</style>")[2]


def test_the_sample_price_is_the_demo_clinics() -> None:
    rows = [json.loads(line) for line in KNOWLEDGE.read_text().splitlines()]

    assert page.SAMPLE_PRICE in next(row["body"] for row in rows if row["title"] == "Limpieza dental")
