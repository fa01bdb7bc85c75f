"""What visitors ask and nobody wrote down becomes what the agent says; and what it said wrong, what it says right."""

import re

import psycopg
import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import NewPage, Picture
from tests.e2e.people import an_email, sign_up
from tests.widget.visitor import ask, bubbles

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UNKNOWN = {"es": re.compile("no tengo|no lo sé|no sé", re.IGNORECASE), "en": re.compile("don.t have|not sure|don.t know", re.IGNORECASE)}  # fmt: skip


def open_the_chat(url: str, email: str) -> str:
    """The business answers from now on; gives its chat's address."""
    with psycopg.connect(url, autocommit=True) as admin:
        row = admin.execute(
            "select o.id, o.slug from organizations o join memberships m on m.org_id = o.id"
            " join profiles p on p.user_id = m.user_id where p.email = %s",
            (email,),
        ).fetchone()
        assert row
        admin.execute("update agents set live = true where org_id = %s", (row[0],))
    return f"/c/{row[1]}"


def reply_of_the_team(url: str, question: str, text: str) -> None:
    """What the owner wrote from the inbox where this was asked."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "insert into messages (org_id, conversation_id, sender, body, author_id)"
            " select m.org_id, m.conversation_id, 'human', %s, s.user_id from messages m"
            " join memberships s on s.org_id = m.org_id where m.body = %s",
            (text, question),
        )


async def visitor(new_page: NewPage, chat: str, *questions: str, locale: str = "es-MX") -> Page:
    """Somebody else each time: a browser of their own."""
    page = await new_page(locale=locale, viewport={"width": 390, "height": 844})
    await page.goto(chat)
    for number, question in enumerate(questions, start=1):
        await ask(page, question)
        await expect(bubbles(page, "agent")).to_have_count(number + 1)
    return page


async def test_what_two_people_ask_becomes_an_answer_and_a_wrong_one_is_corrected(
    new_page: NewPage, picture: Picture, stack_database: str
) -> None:
    owner, email = await new_page(), an_email("ana")
    await sign_up(owner, email)
    chat = open_the_chat(stack_database, email)
    first = await visitor(new_page, chat, "¿Venden coches usados?", "¿Puedo llevar a mi perro?")
    await visitor(new_page, chat, "Can I bring my dog?", "Do you sell used cars?", locale="en-US")
    await expect(bubbles(first, "agent").last).to_have_text(UNKNOWN["es"])
    reply_of_the_team(stack_database, "¿Puedo llevar a mi perro?", "Sí, con correa y solo en la terraza.")

    await owner.goto("/app/knowledge/suggestions/")
    await owner.get_by_role("button", name="Buscar ahora").first.click()
    dog, cars = card(owner, "perro|dog"), card(owner, "coches|cars")
    await expect(dog.get_by_text("2 personas")).to_be_visible()
    await expect(dog).to_contain_text("Sí, con correa y solo en la terraza.")
    await dog.get_by_text("Cómo lo preguntan").click()
    await expect(dog).to_contain_text("Can I bring my dog?")
    await expect(dog.get_by_role("link", name="Visitante")).to_have_count(2)
    await picture(owner, "suggestions")

    await dog.get_by_role("button", name="Editar").click()
    sheet = owner.get_by_role("dialog", name="Nueva entrada")
    await expect(sheet.get_by_label("Respuesta")).to_have_value("Sí, con correa y solo en la terraza.")
    await sheet.get_by_label("Respuesta").fill("Sí, tu perro entra con correa a la terraza.")
    await picture(owner, "edited")
    await sheet.get_by_role("button", name="Aprobar").click()
    await expect(dog).to_have_count(0)

    await cars.get_by_role("button", name="Descartar").click()
    refusal = owner.get_by_role("dialog", name="Descartar la sugerencia")
    await refusal.get_by_label("¿Por qué?").select_option("not_for_us")
    await picture(owner, "refused")
    await refusal.get_by_role("button", name="Descartar").click()
    await expect(cars).to_have_count(0)
    await visitor(new_page, chat, "¿tienen coches usados en venta?")
    await owner.get_by_role("button", name="Buscar ahora").first.click()
    await expect(owner.get_by_text("No encontramos nada nuevo por ahora")).to_be_visible()
    await expect(cars).to_have_count(0)

    third = await visitor(new_page, chat, "¿aceptan perros?")
    await expect(bubbles(third, "agent").last).to_contain_text("entra con correa a la terraza")

    await owner.goto("/app/inbox/")
    await owner.locator(".rows").get_by_role("link").first.click()
    await owner.get_by_role("button", name="Respuesta incorrecta").last.click()
    fix = owner.get_by_role("dialog", name="Corregir la respuesta")
    await expect(fix.get_by_text("¿aceptan perros?")).to_be_visible()
    await fix.get_by_label("Respuesta").fill("Sí, tu perro entra a todo el restaurante.")
    await picture(owner, "correction")
    await fix.get_by_role("button", name="Guardar").click()
    await expect(fix).to_be_hidden()
    await expect(owner.get_by_text("Corregida")).to_be_visible()

    fourth = await visitor(new_page, chat, "¿puede entrar mi perro?")
    await expect(bubbles(fourth, "agent").last).to_contain_text("a todo el restaurante")


def card(page: Page, words: str):
    """The suggestion on this."""
    heading = page.get_by_role("heading", level=2, name=re.compile(words, re.IGNORECASE))
    return page.locator(".card").filter(has=heading)
