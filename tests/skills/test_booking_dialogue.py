"""Whole booking dialogues without a model, as the engine holds them: the customer's words choose the tool."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.booking.calendars import Shop, a_shop
from tests.conversing import a_conversation
from tests.factories import Business, a_business
from tests.skilled import a_turn
from vulkn_app.i18n import Language
from vulkn_app.skills import booking, booking_words
from vulkn_app.skills.base import ToolProblem, ToolResult, Turn
from vulkn_app.skills.booking_flow import BookingConfig

pytestmark = pytest.mark.usefixtures("deployment")
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # Sunday noon in Mexico City
SERVICES = (
    ("Limpieza dental", "Dental cleaning", 60),
    ("Consulta de ortodoncia", "Orthodontics consultation", 30),
)


class Dialogue:
    """One customer, turn after turn; remembers the last result."""

    def __init__(
        self, url: str, business: Business, language: Language = "es", *, playground: bool = False
    ) -> None:
        self.url, self.business, self.language = url, business, language
        self.conversation: UUID = a_conversation(url, business, "hola")
        self.config, self.now = BookingConfig(), NOW
        self.result: ToolResult | None = None
        self.turn: Turn = a_turn(
            url,
            business,
            language=language,
            conversation_id=self.conversation,
            playground=playground,
            now=NOW,
        )

    async def say(self, words: str) -> str | None:
        """The customer writes; what they are told, or None when booking has nothing to say."""
        turn = replace(self.turn, words=words, now=self.now)
        call = await booking.SKILL.rehearse(turn, self.config)
        if call is None:
            return None
        name, given = call
        tool = next(tool for tool in booking.SKILL.tools if tool.name == name)
        try:
            self.result = await tool.run(turn, self.config, tool.arguments.model_validate(given))
        except ToolProblem as problem:
            return problem.say
        return self.result.say

    def booked(self) -> list[tuple[str, str, str]]:
        """Local time, name and state of what this business has, in order."""
        with psycopg.connect(self.url) as admin:
            return admin.execute(
                "select to_char(starts_at at time zone 'America/Mexico_City', 'Dy HH24:MI'), name, state"
                " from bookings where org_id = %s and state <> 'moved' order by starts_at",
                (self.business.org_id,),
            ).fetchall()


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def shop(database_url: str, business: Business) -> Shop:
    return a_shop(database_url, business, services=SERVICES)


@pytest.fixture
def ana(database_url: str, business: Business, shop: Shop) -> Dialogue:
    return Dialogue(database_url, business)


@pytest.fixture
def john(database_url: str, business: Business, shop: Shop) -> Dialogue:
    return Dialogue(database_url, business, "en")


async def test_from_the_first_word_to_the_booked_row_in_spanish(ana: Dialogue) -> None:
    assert "1) Limpieza dental ($250 MXN)\n2) Consulta de ortodoncia" in (
        await ana.say("Hola, quiero agendar una cita") or ""
    )
    assert "Para Limpieza dental tengo libre:\n1) " in (await ana.say("la limpieza") or "")
    offered = await ana.say("mejor el martes por la tarde")
    assert offered
    assert all("martes 24 de noviembre" in line for line in offered.splitlines()[1:-1])
    assert "¿A nombre de quién?" in (await ana.say("la primera") or "")
    assert "teléfono o correo" in (await ana.say("Ana López") or "")
    assert ana.booked() == []
    done = await ana.say("55 1234 5678")

    assert ana.booked() == [("Tue 12:00", "Ana López", "booked")]
    assert ana.result
    assert ana.result.booked
    assert ana.result.done == ("booked",)
    assert done
    assert (
        "¡Listo, Ana! Tu cita quedó agendada: Limpieza dental, martes 24 de noviembre a las 12:00 p.m."
        in done
    )


async def test_from_the_first_word_to_the_booked_row_in_english(john: Dialogue) -> None:
    offered = await john.say("I'd like to book a dental cleaning tomorrow at 10am")
    assert offered
    assert "1) Monday, November 23 at 10:00 AM" in offered
    assert "What name" in (await john.say("1") or "")
    done = await john.say("John Smith, 55 1234 5678")

    assert john.booked() == [("Mon 10:00", "John Smith", "booked")]
    assert done
    assert "Done, John! Your appointment is booked: Dental cleaning, Monday, November 23 at 10:00 AM" in done


@pytest.mark.parametrize(
    ("pick", "hour"),
    [
        ("2", "09:30"),
        ("la segunda por favor", "09:30"),
        ("a las 9:30", "09:30"),
        ("la última", "16:00"),
        ("9:30 am", "09:30"),
    ],
)
async def test_a_slot_is_picked_by_number_word_or_hour(ana: Dialogue, pick: str, hour: str) -> None:
    ana.config = BookingConfig(needs_phone=False)
    offered = await ana.say(
        "quiero una limpieza el lunes por la mañana" if hour == "09:30" else "quiero una limpieza el lunes"
    )
    assert offered
    await ana.say(pick)
    await ana.say("me llamo Ana")

    assert [when for when, *_ in ana.booked()] == [f"Mon {hour}"]


async def test_what_is_known_of_the_contact_is_not_asked_again(ana: Dialogue, database_url: str) -> None:
    with psycopg.connect(database_url) as admin:
        admin.execute(
            "update contacts set name = 'Ana Ruiz', phone = '+525500000000' where id = %s",
            (ana.turn.contact_id,),
        )
    await ana.say("quiero agendar una limpieza el lunes a las 10")
    await ana.say("1")

    assert ana.booked() == [("Mon 10:00", "Ana Ruiz", "booked")]


async def test_a_question_in_the_middle_is_left_to_knowledge_and_the_dialogue_goes_on(ana: Dialogue) -> None:
    await ana.say("quiero una cita para limpieza el lunes a las 10")
    assert await ana.say("¿tienen estacionamiento?") is None
    assert "¿A nombre de quién?" in (await ana.say("la 1") or "")
    assert await ana.say("¿dónde están ubicados?") is None
    assert await ana.say("¿cuánto cuesta?") is None
    await ana.say("Ana López 5512345678")

    assert ana.booked() == [("Mon 10:00", "Ana López", "booked")]


async def test_words_that_are_no_name_are_not_taken_for_one(ana: Dialogue) -> None:
    await ana.say("quiero una limpieza el lunes")
    await ana.say("la 1")
    for words in ("un segundo", "gracias", "no sé", "hola"):
        assert await ana.say(words) is None
    assert "lunes 23 de noviembre a las 10:30 a.m. ¿A nombre de quién?" in (
        await ana.say("mejor la segunda") or ""
    )
    await ana.say("a nombre de maría josé peña, maria@correo.mx")

    assert ana.booked() == [("Mon 10:30", "María José Peña", "booked")]


async def test_a_yes_to_several_offers_is_asked_which(ana: Dialogue) -> None:
    offered = await ana.say("quiero una limpieza el lunes")

    assert await ana.say("sí") == offered


@pytest.mark.parametrize("words", ["olvídalo", "mejor no, gracias", "ya no quiero"])
async def test_leaving_in_spanish(ana: Dialogue, words: str) -> None:
    await ana.say("quiero una cita para limpieza el lunes")

    assert await ana.say(words) == booking_words.SAY["stopped"]["es"]
    assert await ana.say("la primera") is None
    assert await booking.SKILL.context(ana.turn, ana.config) == ""
    assert ana.booked() == []


async def test_leaving_in_english(john: Dialogue) -> None:
    await john.say("book a cleaning on Monday")

    assert await john.say("never mind") == booking_words.SAY["stopped"]["en"]
    assert await john.say("1") is None


@pytest.mark.parametrize(
    "words",
    ["hola", "¿a qué hora abren?", "gracias", "¿tienen estacionamiento?", "what's your address?", "sí", "1"],
)
async def test_what_is_not_about_appointments_is_not_answered_here(ana: Dialogue, words: str) -> None:
    assert await ana.say(words) is None


async def test_an_hour_that_is_taken_is_met_with_the_nearest(
    ana: Dialogue, database_url: str, business: Business
) -> None:
    await booked(ana, "el lunes a las 10")
    other = Dialogue(database_url, business)

    offered = await other.say("quiero una limpieza el lunes a las 10")

    assert offered
    assert offered.startswith("Justo ese horario no lo tengo")
    assert "a las 9:00 a.m." in offered
    assert "a las 10:00 a.m." not in offered


async def test_a_slot_taken_after_the_offer_leads_to_others(
    ana: Dialogue, database_url: str, business: Business
) -> None:
    other = Dialogue(database_url, business)
    await other.say("quiero una limpieza el lunes a las 10")
    await booked(ana, "el lunes a las 10")

    answer = await other.say("1")

    assert answer
    assert answer.startswith("Ese horario se acaba de ocupar")
    assert len(ana.booked()) == 1


async def booked(dialogue: Dialogue, when: str) -> None:
    dialogue.config = BookingConfig(needs_phone=False)
    await dialogue.say(f"quiero agendar una limpieza {when}")
    await dialogue.say("1")
    if not dialogue.result or not dialogue.result.booked:
        await dialogue.say("Ana López")
    assert dialogue.result
    assert dialogue.result.booked


async def test_moving_in_spanish(ana: Dialogue) -> None:
    await booked(ana, "el lunes a las 10")

    offered = await ana.say("necesito cambiar mi cita para el miércoles a las 11")
    assert offered
    assert "Tu cita de ahora: Limpieza dental, lunes 23 de noviembre a las 10:00 a.m." in offered
    done = await ana.say("1")

    assert ana.booked() == [("Wed 11:00", "Ana López", "booked")]
    assert done
    assert "quedó cambiada: Limpieza dental, miércoles 25 de noviembre a las 11:00 a.m." in done
    assert ana.result
    assert ana.result.done == ("booked", "moved")


async def test_moving_in_english_in_two_steps(john: Dialogue) -> None:
    await booked(john, "el lunes a las 10")

    assert "I can move it to" in (await john.say("I need to reschedule my appointment") or "")
    assert "Thursday, November 26 at 3:00 PM" in (await john.say("Thursday at 3pm please") or "")
    await john.say("the first one")

    assert john.booked() == [("Thu 15:00", "Ana López", "booked")]


@pytest.mark.parametrize(("answer", "state"), [("sí", "cancelled"), ("no", "booked")])
async def test_cancelling_asks_once(ana: Dialogue, answer: str, state: str) -> None:
    await booked(ana, "el lunes a las 10")

    assert "¿Cancelo tu cita: Limpieza dental, lunes 23" in (await ana.say("quiero cancelar mi cita") or "")
    assert ana.booked()[0][2] == "booked"
    await ana.say(answer)

    assert ana.booked()[0][2] == state


async def test_which_of_two_is_asked(john: Dialogue) -> None:
    await booked(john, "el lunes a las 10")
    await booked(john, "el martes a las 10")

    assert "Which one?" in (await john.say("cancel my appointment") or "")
    assert "Tuesday, November 24" in (await john.say("2") or "")
    await john.say("yes")

    assert [(when, state) for when, _, state in john.booked()] == [
        ("Mon 10:00", "booked"),
        ("Tue 10:00", "cancelled"),
    ]


async def test_asking_after_ones_appointment(ana: Dialogue, john: Dialogue) -> None:
    await booked(ana, "el lunes a las 10")

    assert "Tu próxima cita: Limpieza dental, lunes 23 de noviembre a las 10:00 a.m." in (
        await ana.say("¿cuándo es mi cita?") or ""
    )
    assert "can't find any" in (await john.say("when is my appointment?") or "")


async def test_other_times_are_other_times(ana: Dialogue) -> None:
    first = await ana.say("quiero una limpieza el lunes")
    second = await ana.say("ninguna, ¿tienes otros horarios?")

    assert first
    assert second
    assert not set(first.splitlines()[1:-1]) & set(second.splitlines()[1:-1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("quiero una limpieza para el 3 de marzo de 2027", "60 días"),
        ("una cita de limpieza para ayer", "ya pasó"),
    ],
)
async def test_a_day_out_of_reach_is_said_to_be(ana: Dialogue, words: str, said: str) -> None:
    assert said in (await ana.say(words) or "")
    assert "tengo libre" in (await ana.say("entonces el jueves") or "")


async def test_offers_of_this_morning_are_looked_up_anew(ana: Dialogue) -> None:
    await ana.say("quiero una limpieza el martes a las 10")
    ana.now = NOW + timedelta(hours=5)

    assert "martes 24 de noviembre a las 10:00 a.m." in (await ana.say("la 1") or "")
    assert "¿A nombre de quién?" in (await ana.say("la 1") or "")


async def test_the_playground_writes_nothing(database_url: str, business: Business, shop: Shop) -> None:
    owner = Dialogue(database_url, business, playground=True)
    owner.config = BookingConfig(needs_phone=False)
    await owner.say("quiero una limpieza el lunes a las 10")
    await owner.say("1")
    answer = await owner.say("Ana López")

    assert answer
    assert answer.startswith("(Prueba: no se guarda nada.) Limpieza dental, lunes 23 de noviembre")
    assert owner.result
    assert owner.result.booked is None
    assert owner.result.done == ()
    assert owner.booked() == []


async def test_a_business_without_services_says_so(database_url: str, business: Business) -> None:
    assert "no tengo citas" in (await Dialogue(database_url, business).say("quiero agendar una cita") or "")
