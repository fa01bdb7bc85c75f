"""How the chat looks, driven through its handlers."""

import psycopg

from state.look import LookState
from tests.factories import a_business
from tests.state.conftest import OpenPage, run

FORM = {"color": "FACC15", "position": "left", "logo": "", "greeting_es": "¡Hola!", "greeting_en": "Hi!"}


async def test_a_saved_look_is_shown_and_the_one_before_comes_back(page: OpenPage, database_url: str) -> None:
    look = await page(LookState, a_business(database_url).owner)
    await run(LookState.load, look)
    first = look.look.model_dump()
    assert not look.look.before

    await run(LookState.save, look, FORM)

    assert look.problem == ""
    assert look.look.model_dump(include=FORM.keys()) == FORM | {"color": "#facc15"}
    assert look.look.before
    await run(LookState.go_back, look)
    assert look.look.model_dump(exclude={"before"}) == {key: first[key] for key in first if key != "before"}


async def test_it_says_what_becomes_of_a_colour_while_it_is_chosen(page: OpenPage, database_url: str) -> None:
    look = await page(LookState, a_business(database_url).owner)
    await run(LookState.load, look)

    await run(LookState.recolour, look, "#facc15")

    assert (look.letters, look.plain) == ("#000000", "1.5")
    assert float(look.ratio) >= 4.5


async def test_what_is_no_colour_is_refused_and_what_was_typed_stays(
    page: OpenPage, database_url: str
) -> None:
    look = await page(LookState, a_business(database_url).owner)
    await run(LookState.load, look)
    before = look.form_key

    await run(LookState.save, look, FORM | {"color": "rojo"})

    assert look.problem
    assert look.form_key == before


async def test_what_somebody_wrote_into_the_table_by_hand_is_no_way_to_break_the_page(
    page: OpenPage, database_url: str
) -> None:
    business = a_business(database_url)
    with psycopg.connect(database_url) as admin:
        admin.execute(
            """update organizations set branding = '{"color": 7, "position": "up", "suggestions": null}' where id = %s""",
            (business.org_id,),
        )
    look = await page(LookState, business.owner)

    await run(LookState.load, look)

    assert (look.look.color, look.look.position) == ("#5b5bd6", "right")
