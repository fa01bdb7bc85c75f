"""A chat becomes the business's answers, and nothing of its customers."""

import pytest

from tests.knowledge.documents import packed
from vulkn_app.knowledge.drafts import Draft, File
from vulkn_app.knowledge.sources import reading

NAME = "Chat de WhatsApp con María Pérez.txt"
ANDROID = """12/03/24, 10:15 - Los mensajes y las llamadas están cifrados de extremo a extremo.
12/03/24, 10:15 - María Pérez: Hola buenas tardes
12/03/24, 10:16 - María Pérez: soy María, ¿cuánto cuesta la limpieza dental?
12/03/24, 10:20 - Clínica Sol: Claro María, la limpieza cuesta $650
y dura 40 minutos.
12/03/24, 10:21 - María Pérez: <Multimedia omitido>
13/03/24, 11:00 - María Pérez: y aceptan tarjeta?
13/03/24, 11:05 - Clínica Sol: Sí, aceptamos tarjeta de crédito y débito.
"""
IPHONE = """[3/12/24, 10:16:01\u202fa.\u202fm.] María Pérez: ¿Cuánto cuesta la limpieza dental?
[3/12/24, 10:20:44\u202fa.\u202fm.] Clínica Sol: La limpieza cuesta $650 y dura 40 minutos.
\u200e[3/13/24, 1:00:09\u202fp.\u202fm.] María Pérez: \u200eimagen omitida
[3/13/24, 1:01:09\u202fp.\u202fm.] María Pérez: Y aceptan tarjeta?
[3/13/24, 1:05:10\u202fp.\u202fm.] Clínica Sol: Sí, aceptamos tarjeta de crédito y débito.
"""
ENGLISH = """3/12/24, 10:16 AM - Mary Smith: Hi! How much is a cleaning?
3/12/24, 10:20 AM - Sun Clinic: A cleaning is $35 and takes 40 minutes.
3/13/24, 1:01 PM - Mary Smith: Do you take cards?
3/13/24, 1:05 PM - Sun Clinic: Yes, we take credit and debit cards.
"""


def read(text: str, name: str = NAME) -> list[Draft]:
    return reading.read(File(name, text.encode()))


def told(text: str, name: str = NAME) -> list[tuple[str, str]]:
    return [(draft.title, draft.problem or draft.body) for draft in read(text, name)]


def a_chat(*exchanges: tuple[str, str], customer: str = "María Pérez") -> str:
    lines = [
        f"{day:02}/03/24, 10:0{minute} - {sender}: {text}"
        for day, exchange in enumerate(exchanges, start=1)
        for minute, (sender, text) in enumerate(zip((customer, "Clínica Sol"), exchange, strict=True))
    ]
    return "\n".join([*lines, "28/03/24, 09:00 - Sistema sin remitente"])


@pytest.mark.parametrize(
    ("text", "name"),
    [(ANDROID, NAME), (IPHONE, "_chat.txt"), (IPHONE.replace("\n", "\r\n"), NAME)],
    ids=["android", "iphone", "windows lines"],
)
def test_questions_get_the_answers_that_the_business_gave(text: str, name: str) -> None:
    (cost, cards) = told(text, name)

    assert (cost[0], cost[1].replace("\n", " ")) in [
        ("¿Cuánto cuesta la limpieza dental?", "Claro, la limpieza cuesta $650 y dura 40 minutos."),
        ("¿Cuánto cuesta la limpieza dental?", "La limpieza cuesta $650 y dura 40 minutos."),
    ]
    assert cards == ("Y aceptan tarjeta?", "Sí, aceptamos tarjeta de crédito y débito.")


def test_an_english_chat_is_read_too() -> None:
    assert told(ENGLISH, "WhatsApp Chat with Mary Smith.txt") == [
        ("How much is a cleaning?", "A cleaning is $35 and takes 40 minutes."),
        ("Do you take cards?", "Yes, we take credit and debit cards."),
    ]


def test_a_zip_gives_its_chat_and_not_its_pictures() -> None:
    zipped = packed({"_chat.txt": IPHONE, "00000003-PHOTO.jpg": b"\xff\xd8"})

    found = reading.read(File("WhatsApp Chat - María Pérez.zip", zipped))

    assert [draft.title for draft in found] == ["¿Cuánto cuesta la limpieza dental?", "Y aceptan tarjeta?"]


def test_nothing_tells_who_a_customer_is() -> None:
    found = read(
        a_chat(
            ("Soy María Pérez, mi correo es maria@correo.mx, ¿tienen estacionamiento?", "Sí María, gratis y techado."),
            ("¿Me pueden llamar al 55 1234 5678 para explicarme los planes?", "Sí, le marcamos al 55-1234-5678 sin costo."),
            ("¿Cuál es su teléfono fijo?", "Nuestro teléfono es 55 8765 4321."),
            ("¿Dónde está la clínica?", "Estamos en Av. Sol 12, Sra. Pérez."),
        )
    )  # fmt: skip

    assert [(draft.title, draft.body) for draft in found] == [
        ("¿Tienen estacionamiento?", "Sí, gratis y techado."),
        ("¿Cuál es su teléfono fijo?", "Nuestro teléfono es 55 8765 4321."),
        ("¿Dónde está la clínica?", "Estamos en Av. Sol 12."),
    ]
    assert not any(name in str(found) for name in ("María", "Pérez", "maria@", "1234"))


def test_what_was_true_for_one_day_or_one_order_is_left_behind() -> None:
    found = told(
        a_chat(
            ("¿Ya está mi pedido?", "Sí, su pedido sale en un momento."),
            ("¿Abren los domingos?", "No, abrimos de lunes a sábado."),
            ("¿Puedo ir a las 5?", "Sí, mañana la esperamos a las 5."),
            ("Gracias", "A usted, que tenga buen día."),
            ("¿Tienen limpieza?", "ok"),
        )
    )

    assert found == [("¿Abren los domingos?", "No, abrimos de lunes a sábado.")]


def test_a_question_asked_again_keeps_the_newest_answer() -> None:
    (draft,) = read(
        a_chat(
            ("¿Cuánto cuesta la limpieza?", "La limpieza cuesta $600 pesos."),
            ("Hola, cuánto cuesta la limpieza?", "La limpieza cuesta $650 pesos."),
        )
    )

    assert draft.body == "La limpieza cuesta $650 pesos."
    assert draft.examples == ["¿Cuánto cuesta la limpieza?"]
    assert draft.source == "WhatsApp"


def test_in_a_group_the_business_is_the_one_that_explains() -> None:
    chat = """01/03/24, 10:00 - +52 55 1111 2222: ¿Tienen pastel de chocolate?
01/03/24, 10:01 - Repostería Luz: Sí, el pastel de chocolate cuesta $380.
02/03/24, 10:00 - Beto: ¿Hacen envíos a Coyoacán?
02/03/24, 10:01 - Repostería Luz: Sí, el envío a Coyoacán cuesta $60."""

    assert told(chat, "grupo.txt") == [
        ("¿Tienen pastel de chocolate?", "Sí, el pastel de chocolate cuesta $380."),
        ("¿Hacen envíos a Coyoacán?", "Sí, el envío a Coyoacán cuesta $60."),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\n".join(f"0{n}/03/24, 10:00 - Ana: hola {n}" for n in range(1, 5)), "no_dialogue"),
        (a_chat(("Hola", "Hola, buenas tardes"), ("Gracias", "De nada, buen día")), "no_questions"),
    ],
)
def test_a_chat_with_nothing_in_it_says_so(text: str, code: str) -> None:
    assert [draft.problem for draft in read(text)] == [code]


def test_a_text_with_dates_is_no_chat() -> None:
    text = "12/03/24 abrimos a las 10:00 - Nota: hay fiesta.\n\nHorario\nDe 9 a 5"

    assert told(text, "notas.txt")[-1] == ("Horario", "De 9 a 5")
