"""Who wants a person gets one; who only says the word does not."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from tests.skilled import a_loose_turn
from vulkn_app.i18n import Language
from vulkn_app.skills.base import Handoff, ToolResult
from vulkn_app.skills.handoff import SKILL, HandoffConfig, Reason, Request, hand_over

OFFICE = {"hours": [{"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "18:30"},
                    {"days": ["sat"], "opens": "10:00", "closes": "14:00"}]}  # fmt: skip
SUNDAY_NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # in Mexico City
MONDAY_NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)

ASKED = """quiero hablar con una persona
¿Puedo hablar con alguien?
Me comunicas con un asesor por favor
pásame con un humano
necesito hablar con el encargado
prefiero que me atienda una persona
quiero un humano
con una persona real por favor
no quiero hablar con un robot
Quiero platicar con la gerente
me puede atender alguien?
Hola, ¿me podrían pasar con alguien? No entiendo
asesor por favor
I want to talk to a human
Can I speak with someone?
let me talk to a real person please
connect me to an agent
human please
I don't want to talk to a bot""".splitlines()
COMPLAINTS = """quiero poner una queja
Estoy muy molesta con ustedes
pésimo servicio, nunca vuelvo
¡Qué mal servicio!
exijo que me devuelvan mi dinero
son unos rateros
me estafaron
llevo dos horas esperando y nadie
nadie me contesta
voy a demandarlos
This is unacceptable
worst service ever
I want my money back
I'm really angry
you scammed me
I want to file a complaint""".splitlines()
EMERGENCIES = """¡Es una emergencia!
ayuda, mi hijo no puede respirar, no respira
no puedo respirar bien
mi mamá se desmayó en el baño
No para de sangrar la herida
me quiero matar
huele a gas en la cocina
it's an emergency!
I can't breathe
my dog won't stop bleeding
I want to kill myself""".splitlines()
NOTHING = """¿cuánto cuesta por persona?
mesa para 4 personas
¿la persona que atiende habla inglés?
somos dos personas adultas y un humano pequeño
¿puedo pasar con mi perro?
¿puedo ir con otra persona?
ya hablé con una persona ayer y me dijo que sí
¿quién es el gerente?
no necesito hablar con nadie, solo el precio
no quiero hablar con una persona, prefiero por aquí
¿a qué hora puedo hablar con alguien?
¿tienen agente de viajes?
¿venden recursos humanos software?
perdón por la molestia
me molesta la muela desde ayer
tengo un dolor terrible en la muela
¿cubre robo el seguro?
¿tienen mucha demanda los sábados?
¿han tenido quejas del producto?
no estoy molesto, solo pregunto
¿cómo sé que no es una estafa?
¿atienden emergencias?
¿tienen servicio de urgencias?
no es una emergencia pero me duele
¿qué hago si es una emergencia?
¿a qué teléfono llamo si tengo una emergencia?
necesito una cita urgente
¿es buen asesor el licenciado?
quiero una persona que cuide a mi mamá los lunes
how much per person?
table for 4 people
do you speak English?
I spoke to someone yesterday
is the owner Mexican?
what time can I talk to someone?
am I speaking with a real person?
what's your refund policy?
is this a scam?
my tooth is killing me
do you handle emergencies?
what do I do if it's an emergency?
it's not an emergency
human resources department
I don't want to talk to anyone, just the price
gracias
""".splitlines()


async def reason(words: str, config: HandoffConfig | None = None) -> str | None:
    chosen = await SKILL.rehearse(a_loose_turn(words), config or HandoffConfig())
    return chosen[1]["reason"] if chosen else None


async def handed(
    reason: Reason, *, language: Language = "es", now: datetime = SUNDAY_NOON, **config: object
) -> ToolResult:
    asked = Request(reason=reason, summary="Quiere tinte")
    return await hand_over(
        a_loose_turn(language=language, now=now), HandoffConfig.model_validate(config), asked
    )


@pytest.mark.parametrize("words", ASKED)
async def test_who_asks_for_a_person_is_understood(words: str) -> None:
    assert await reason(words) == "asked"


@pytest.mark.parametrize("words", COMPLAINTS)
async def test_who_complains_is_understood(words: str) -> None:
    assert await reason(words) == "complaint"


@pytest.mark.parametrize("words", EMERGENCIES)
async def test_who_is_in_danger_is_understood(words: str) -> None:
    assert await reason(words) == "urgent"


@pytest.mark.parametrize("words", NOTHING)
async def test_a_word_alone_hands_nothing_over(words: str) -> None:
    assert await reason(words) is None


async def test_an_owner_has_emergencies_of_their_own() -> None:
    config = HandoffConfig(urgent_es=("se rompió el tubo",), urgent_en=())

    assert await reason("¡Se rompió el tubo, hay agua por todos lados!", config) == "urgent"
    assert await reason("¡Es una emergencia!", config) is None
    assert await reason("¿qué hago si se rompió el tubo?", config) is None


async def test_the_customer_hears_one_sentence_and_the_team_the_reason_and_the_summary() -> None:
    result = await handed("asked")

    assert result.handoff == Handoff("asked", "Quiere tinte")
    assert result.say == "Claro, le paso tu mensaje al equipo. Te responden por aquí."
    assert result.say in result.text


@pytest.mark.parametrize(
    ("now", "language", "told"),
    [
        (SUNDAY_NOON, "es", "a partir de mañana a las 9:00"),
        (SUNDAY_NOON, "en", "from tomorrow at 9:00"),
        (MONDAY_NOON, "es", "Te responden por aquí."),
        (datetime(2026, 11, 23, 14, 59, tzinfo=UTC), "es", "a partir de hoy a las 9:00"),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), "es", "Te responden por aquí."),
        (datetime(2026, 11, 24, 0, 30, tzinfo=UTC), "es", "a partir de mañana a las 9:00"),
        (datetime(2026, 11, 28, 20, 0, tzinfo=UTC), "es", "a partir del lunes a las 9:00"),
        (datetime(2026, 11, 28, 20, 0, tzinfo=UTC), "en", "from Monday at 9:00"),
    ],
)
async def test_the_sentence_knows_when_somebody_is_there(
    now: datetime, language: Language, told: str
) -> None:
    result = await handed("asked", language=language, now=now, **OFFICE)

    assert told in result.say
    assert all(figure in " ".join(result.facts) for figure in ("9:00",) if figure in result.say)


async def test_an_emergency_is_given_the_number_to_call_first() -> None:
    result = await handed("urgent", emergency_phone="911")

    assert result.say.startswith("Si es una emergencia, llama ya al 911.")
    assert "911" in result.facts


@pytest.mark.parametrize(
    "config",
    [
        {"hours": [{"days": [], "opens": "09:00", "closes": "18:00"}]},
        {"hours": [{"days": ["mon"], "opens": "18:00", "closes": "09:00"}]},
        {"emergency_phone": "https://evil.test"},
        {"urgent_es": ["no"]},
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(config: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HandoffConfig.model_validate(config)


def test_the_prompt_stays_the_same_bytes() -> None:
    assert SKILL.prompt(HandoffConfig()) == SKILL.prompt(HandoffConfig())
    assert SKILL.tools[0].spec() == SKILL.tools[0].spec()
