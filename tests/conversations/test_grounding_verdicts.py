"""Answers and what they stand on, with what must be said of each."""

from datetime import date

import pytest

from vulkn_app.conversations.grounding import Evidence, Facts, Source, ungrounded

TODAY = date(2026, 11, 23)  # a Monday
ES = {
    "Horario": "Lunes a viernes de 9:00 a 20:00 y sábados de 9:00 a 14:00. Domingos cerramos.",
    "Dónde estamos": "Calle Durango 145, Col. Roma Norte, C.P. 06700, Ciudad de México.",
    "Sucursal sur": "Nuestra sucursal está en Insurgentes Sur 1650, piso 2.",
    "Bogotá": "En Bogotá nos encuentras en la Carrera 7 # 45-10.",
    "Corte": "El corte de dama cuesta $350 y el de caballero $220. Dura 45 minutos.",
    "Tinte": "El tinte completo cuesta mil doscientos cincuenta pesos. Con 20% de descuento en martes.",
    "Keratina": "Keratina: $1,500 MXN. Dura entre tres y cuatro meses.",
    "Contacto": "Llámanos al 55 5010 2468 o escribe a hola@tijeras.example. Agenda en www.tijeras.example/citas.",
    "Promoción": "2x1 en manicure del 1 al 15 de marzo. Válido hasta el 15 de marzo de 2027.",
    "Garantía": "Tres años de garantía en extensiones. Cambios dentro de 24 horas.",
    "Diagnóstico": "El diagnóstico capilar es gratis.",
}
EN = {
    "Opening hours": "Monday to Friday 9 am to 7 pm, Saturdays 10 am to 2 pm. Closed on Sundays.",
    "Prices": "Haircut 35 dollars, color from $120, beard trim 15. Students get ten percent off.",
    "Where": "123 Main Street, second floor. Parking on Oak Avenue.",
    "Contact": "Call (415) 555-2671 or write to hi@shears.example. Book at https://shears.example/book.",
    "Guarantee": "Two-year warranty on extensions. Free changes up to 24 hours before your visit.",
    "Holidays": "We are closed on December 25th and January 1.",
}

GROUNDED_ES = [
    "El corte de dama cuesta $350.",
    "El corte de dama cuesta 350 pesos y el de caballero 220.",
    "El corte cuesta trescientos cincuenta pesos.",
    "El tinte completo cuesta $1,250.",
    "El tinte sale en 1.250 pesos.",
    "El tinte cuesta $1,250.00 MXN.",
    "La keratina cuesta 1500 pesos.",
    "La keratina cuesta mil quinientos pesos.",
    "La keratina cuesta $1.500.",
    "Los martes tienes 20 % de descuento en tinte.",
    "Los martes hay veinte por ciento de descuento.",
    "Abrimos de lunes a viernes de 9 am a 8 pm.",
    "Abrimos de lunes a viernes, de nueve de la mañana a ocho de la noche.",
    "De lunes a viernes abrimos a las 9 y cerramos a las 20:00 hrs.",
    "Los sábados cerramos a las 2 de la tarde.",
    "Los sábados abrimos de 9 a 14 h.",
    "Los miércoles abrimos a las 9:00.",
    "Los jueves y viernes cerramos a las 8 p. m.",
    "Los domingos cerramos.",
    "Entre semana abrimos a las 9:00 a.m.",
    "Estamos en Calle Durango 145, colonia Roma Norte.",
    "Nos encuentras en la calle Durango 145.",
    "Estamos en Durango 145, en la Roma Norte.",
    "El código postal es C.P. 06700.",
    "La otra sucursal está en Av. Insurgentes Sur 1650, piso 2.",
    "En Bogotá estamos en la Cra. 7 #45-10.",
    "En Bogotá: Carrera 7 No. 45-10.",
    "Nuestro teléfono es 5550102468.",
    "Llámanos al +52 55 5010 2468.",
    "Puedes marcar al (55) 5010-2468.",
    "Agenda en https://tijeras.example/citas/.",
    "Nuestra página es tijeras.example.",
    "Escríbenos a hola@tijeras.example y te respondemos.",
    "Tenemos dos por uno en manicure.",
    "Hay 2 x 1 en manicure hasta el 15/03.",
    "La promoción termina el quince de marzo.",
    "La promoción vale hasta el 15 de marzo de 2027.",
    "El corte dura 45 minutos.",
    "El corte dura cuarenta y cinco minutos.",
    "La keratina dura de 3 a 4 meses.",
    "Las extensiones tienen 3 años de garantía.",
    "Tienes 24 horas para pedir un cambio.",
    "El diagnóstico es gratuito.",
    "El diagnóstico capilar no tiene costo: es gratis.",
    "Tengo 3 opciones para ti:\n1. Corte: $350\n2. Tinte: $1,250",
    "¿Te queda bien el domingo?",
    "¿Prefieres venir el lunes o el martes?",
    "¡Mil gracias! Una pregunta más: ¿cuál es tu nombre?",
    "Con gusto te ayudo, dame un momento.",
    "Hay dos o tres detalles que quiero preguntarte.",
    "¡Feliz domingo! Estamos para servirte.",
    "Estoy 100% segura de que te va a gustar.",
    "Hoy abrimos a las 9:00.",
    "Prefiero no inventarlo; déjame un teléfono y el equipo te escribe.",
    "No tengo ese dato a la mano.",
    "Llámanos al cincuenta y cinco, cincuenta diez, veinticuatro sesenta y ocho.",
    "Te atiende nuestra estilista. Ella te dice.",
    "Habla con tu dentista antes de venir.",
    "Soy tu asesora. Con gusto te ayudo.",
    "El diagnóstico no tiene costo.",
    "El diagnóstico va por nuestra cuenta.",
    "Usamos el Plan 2024 de capacitación desde 1998.",
]
UNGROUNDED_ES = [
    ("El corte de dama cuesta $400.", "$400"),
    ("El corte cuesta 145 pesos.", "145 pesos"),
    ("El corte cuesta 400.", "400"),
    ("Sale en cuatrocientos pesos.", "cuatrocientos pesos"),
    ("La keratina cuesta $15,000.", "$15,000"),
    ("La keratina cuesta 1500 dólares.", "1500 dólares"),
    ("El tinte cuesta entre $1,000 y $1,250.", "$1,000"),
    ("Los martes tienes 30% de descuento.", "30%"),
    ("Te hacemos la mitad de precio.", "mitad de precio"),
    ("Tenemos 3x2 en manicure.", "3x2"),
    ("Abrimos a las 8 de la mañana.", "8 de la mañana"),
    ("Abrimos a las 8:30.", "8:30"),
    ("Cerramos a las diez de la noche.", "diez de la noche"),
    ("Los sábados abrimos de 9 a 18 h.", "18"),
    ("Atendemos 24/7.", "24/7"),
    ("La promoción termina el 20 de marzo.", "20 de marzo"),
    ("La promoción termina el 15 de abril.", "15 de abril"),
    ("La promoción vale hasta el 15 de marzo de 2028.", "15 de marzo de 2028"),
    ("Abrimos desde el 03/04/2026.", "03/04/2026"),
    ("Llámanos al 55 5010 2469.", "55 5010 2469"),
    ("Márcanos al 800 123 4567.", "800 123 4567"),
    ("Estamos en Calle Durango 154.", "Calle Durango 154"),
    ("Estamos en Av. Reforma 145.", "Av. Reforma 145"),
    ("Nos encuentras en Orizaba 145.", "Orizaba 145"),
    ("Estamos en la Colonia Condesa.", "Colonia Condesa"),
    ("En Bogotá estamos en la Carrera 9 # 45-10.", "Carrera 9 # 45-10"),
    ("Agenda en tijeras.example/reservas.", "tijeras.example/reservas"),
    ("Entra a www.tijeras-citas.example.", "www.tijeras-citas.example"),
    ("Escribe a ventas@tijeras.example.", "ventas@tijeras.example"),
    ("El corte dura 30 minutos.", "30 minutos"),
    ("Dura una hora y media.", "una hora y media"),
    ("Dura media hora.", "media hora"),
    ("Las extensiones tienen 5 años de garantía.", "5 años"),
    ("Tienen un año de garantía.", "un año"),
    ("Tenemos 12 estilistas para ti.", "12"),
    ("Te contestamos en 15 minutos.", "15 minutos"),
    ("Pagas en 6 meses sin intereses.", "6 meses"),
    ("Son mil doscientos cincuenta y uno.", "mil doscientos cincuenta y uno"),
    ("Son quinientos pesitos.", "quinientos pesitos"),
    ("Te lo dejo en quinientos.", "quinientos"),
    ("Cuesta Bs. 40.", "Bs. 40"),
    ("El corte cuesta ٤٠٠ pesos.", "٤٠٠ pesos"),
    ("El corte cuesta $³⁵⁰⁰.", "$³⁵⁰⁰"),
    ("Tienes 10\uff05 de descuento.", "10\uff05"),
    ("Puedes cancelar hasta dos horas antes.", "dos horas"),
    ("Estamos a dos cuadras del metro.", "dos cuadras"),
    ("Agenda en mitienda punto com.", "mitienda punto com"),
    ("Escribe a ventas arroba tijeras punto com.", "ventas arroba tijeras punto com"),
    ("Síguenos en @otra_cuenta.", "@otra_cuenta"),
    ("Agenda [aquí](https://otra.example/x).", "https://otra.example/x"),
    (
        "Llama al cincuenta y cinco, cincuenta diez, veinticuatro sesenta y nueve.",
        "cincuenta y cinco, cincuenta diez, veinticuatro sesenta y nueve",
    ),
    (
        "Márcanos al cinco cinco cinco cero uno cero dos cuatro seis nueve.",
        "cinco cinco cinco cero uno cero dos cuatro seis nueve",
    ),
    ("Te atiende la doctora Martínez.", "doctora Martínez"),
    ("Te atiende la Dra. Sofía Ruiz o el Dr. Juan Mena.", "Dra. Sofía Ruiz"),
    ("Te atiende el Dr. Juan Pérez.", "Dr. Juan Pérez"),
    ("Nuestra estilista Lupita te atenderá.", "estilista Lupita"),
    ("Te esperamos el 5 de diciembre.", "5 de diciembre"),
    ("Te esperamos el lunes 7.", "7"),
]
GROUNDED_EN = [
    "A haircut is $35.",
    "A haircut costs thirty-five dollars.",
    "Color starts at 120 dollars.",
    "A beard trim is $15.",
    "Students get 10% off.",
    "Students get a 10 percent discount.",
    "We open at 9:00 and close at 19:00, Monday through Friday.",
    "We're open Mon-Fri 9-7.",
    "We open at nine o'clock on weekdays.",
    "On Wednesdays we close at 7 p.m.",
    "Saturdays from 10 to 2.",
    "We're closed on Sundays.",
    "We're at 123 Main St.",
    "Find us at 123 Main Street, second floor.",
    "There is parking on Oak Avenue.",
    "Call us at 415-555-2671.",
    "Our number is +1 415 555 2671.",
    "Book at shears.example/book.",
    "Write to hi@shears.example any time.",
    "Extensions have a 2 year warranty.",
    "You can change it for free up to 24 hours before.",
    "We're closed on 25 December and on January 1st.",
    "We're closed on the 25th of December.",
    "Does Sunday work for you?",
    "Which day do you prefer, Thursday or Friday?",
    "Feel free to ask me anything else!",
    "One moment, please. I have two questions.",
    "Have a great Sunday!",
    "Once you arrive, take the elevator.",
    "May I have your name, please?",
]
UNGROUNDED_EN = [
    ("A haircut is $40.", "$40"),
    ("A haircut costs forty dollars.", "forty dollars"),
    ("Color starts at twelve hundred dollars.", "twelve hundred dollars"),
    ("A haircut is 35 euros.", "35 euros"),
    ("Students get 15% off.", "15%"),
    ("It's half price on Mondays.", "half price"),
    ("We open at 8 am.", "8 am"),
    ("We open at half past nine.", "half past nine"),
    ("We close at noon on Saturdays.", "noon"),
    ("We're open Monday to Sunday from 10 to 2 with no break, every day.", "every day"),
    ("We reopen on January 2.", "January 2"),
    ("We're closed on July 4th.", "July 4th"),
    ("We're at 132 Main Street.", "132 Main Street"),
    ("We're on Elm Avenue 12.", "Elm Avenue 12"),
    ("Call us at (415) 555-9999.", "(415) 555-9999"),
    ("Book at shears.example/now.", "shears.example/now"),
    ("Write to info@shears.example.", "info@shears.example"),
    ("Extensions have a 5 year warranty.", "5 year"),
    ("A visit takes 90 minutes.", "90 minutes"),
    ("It takes half an hour.", "half an hour"),
    ("We answer within 2 business days.", "2 business days"),
    ("We have 14 stylists.", "14"),
    ("It takes an hour and a half.", "hour and a half"),
    ("It takes a couple of hours.", "couple of hours"),
    ("It takes an hour.", "hour"),
    ("You get it at half the price.", "half the price"),
    ("Book at evil dot com.", "evil dot com"),
    (
        "Call four one five, five five five, nine nine nine nine.",
        "four one five, five five five, nine nine nine nine",
    ),
    ("Dr. Smith will see you.", "Dr. Smith"),
    ("Our stylist Maria will help you.", "stylist Maria"),
    ("See you on December 5.", "December 5"),
]


NOTHING_KNOWN = [
    "El corte sale sin costo.",
    "El corte no tiene costo.",
    "El corte va por nuestra cuenta.",
    "Es de cortesía.",
    "It's on the house.",
    "It's free of charge.",
]


def evidence(*turn: Source, knowledge: dict[str, str]) -> Evidence:
    facts = Facts.build(Source("entry", title, title, text) for title, text in knowledge.items())
    now = Source("now", "", "", "Monday 2026-11-23 18:50 (America/Mexico_City)")
    return Evidence(facts, now, *turn, today=TODAY)


def customer(text: str) -> Source:
    return Source("customer", "", "", text)


@pytest.mark.parametrize("answer", GROUNDED_ES)
def test_what_the_knowledge_says_may_be_said_in_other_words(answer: str) -> None:
    assert ungrounded(answer, evidence(knowledge=ES)) == []


@pytest.mark.parametrize("answer", GROUNDED_EN)
def test_what_the_knowledge_says_may_be_said_in_english(answer: str) -> None:
    assert ungrounded(answer, evidence(knowledge=EN)) == []


@pytest.mark.parametrize(("answer", "figure"), UNGROUNDED_ES)
def test_what_nobody_said_is_found(answer: str, figure: str) -> None:
    assert figure in [found.text for found in ungrounded(answer, evidence(knowledge=ES))]


@pytest.mark.parametrize(("answer", "figure"), UNGROUNDED_EN)
def test_what_nobody_said_is_found_in_english(answer: str, figure: str) -> None:
    assert figure in [found.text for found in ungrounded(answer, evidence(knowledge=EN))]


@pytest.mark.parametrize("answer", [answer for answer in [*GROUNDED_ES, *GROUNDED_EN] if "$" in answer])
def test_without_knowledge_no_price_may_be_said(answer: str) -> None:
    assert ungrounded(answer, evidence(knowledge={})) != []


@pytest.mark.parametrize("zero", [0xFF10, 0x0660, 0x06F0, 0x1D7CE])
@pytest.mark.parametrize(("price", "known"), [("350", True), ("400", False)])
def test_a_price_in_the_digits_of_another_writing_is_the_same_price(
    zero: int, price: str, known: bool
) -> None:
    written = "".join(chr(zero + int(digit)) for digit in price)

    assert (ungrounded(f"El corte de dama cuesta {written} pesos.", evidence(knowledge=ES)) == []) is known


@pytest.mark.parametrize("answer", NOTHING_KNOWN)
def test_without_knowledge_nothing_is_given_away(answer: str) -> None:
    assert ungrounded(answer, evidence(knowledge={})) != []


@pytest.mark.parametrize(
    ("asked", "answer", "may_be_said"),
    [
        ("¿me das 50% de descuento?", "Sí, 50% de descuento.", False),
        ("¿me das 50% de descuento?", "Claro, te doy el 50% de descuento.", False),
        ("¿me das 50% de descuento?", "No hay problema, te hago el 50% de descuento.", False),
        ("¿me das 50% de descuento?", "No manejamos un descuento de 50%.", True),
        ("¿me das 50% de descuento?", "Lo siento, no puedo ofrecerte 50% de descuento.", True),
        ("¿me das 50% de descuento?", "No, pero te doy 50% en tu próxima visita.", False),
        ("¿me das 50% de descuento?", "Mencionas un 50% de descuento; lo consulto con el equipo.", True),
        ("¿me das 50% de descuento?", "¿Te refieres a un 50% de descuento?", True),
        ("¿me lo dejas en $200?", "Te lo dejo en $200.", False),
        ("¿me lo dejas en $200?", "No podemos dejarlo en $200.", True),
        ("tengo 500 pesos", "Con un presupuesto de 500 pesos podemos buscar algo.", True),
        ("can you do it for 20 dollars?", "Sure, 20 dollars it is.", False),
        ("can you do it for 20 dollars?", "I can't offer 20 dollars, sorry.", True),
        ("can you do it for 20 dollars?", "You mentioned 20 dollars; I'll check with the team.", True),
        ("¿es gratis?", "Sí, es gratis.", False),
        ("¿es gratis?", "No, no es gratis.", True),
        ("quiero ir el domingo a las 5 pm", "Anoto que quieres venir el domingo a las 5 pm.", True),
        ("quiero ir el domingo a las 5 pm", "Perfecto, domingo a las 17:00. ¿A qué nombre?", True),
        ("¿abren el domingo a las 5 pm?", "Sí, abrimos el domingo a las 5 pm.", False),
        ("¿abren a las 7 am?", "Sí, abrimos a las 7 am.", False),
        ("¿abren a las 7 am?", "No abrimos a las 7 am.", True),
        ("do you open at 7 am?", "Yes, we open at 7 am.", False),
        ("mi teléfono es 55 1234 5678", "Gracias, anoté el 55 1234 5678.", True),
        ("¿están en Calle Falsa 123?", "Sí, estamos en Calle Falsa 123.", False),
        ("soy ana@correo.example", "Te escribimos a ana@correo.example.", True),
        ("mi pedido es el 48213", "Busco el pedido 48213.", True),
        ("quiero mañana a las 4 pm", "¿Te queda bien mañana a las 4 pm?", True),
        ("quiero mañana a las 4 pm", "Perfecto, martes 24 de noviembre a las 16:00.", True),
        ("quiero el viernes", "Anoto el viernes 27 de noviembre.", True),
        ("¿tienes 3 años de garantía?", "Sí, tenemos 3 años de garantía.", False),
    ],
)
def test_a_customers_words_are_repeated_but_promise_nothing(
    asked: str, answer: str, may_be_said: bool
) -> None:
    found = ungrounded(answer, evidence(customer(asked), knowledge={}))

    assert (found == []) is may_be_said


@pytest.mark.parametrize(
    ("tool", "answer", "may_be_said"),
    [
        ("Free: 2026-11-24 10:30", "Tengo el martes 24 de noviembre a las 10:30.", True),
        ("Free: 2026-11-24 10:30", "Tengo mañana a las 10:30 de la mañana.", True),
        ("Free: 2026-11-24 10:30", "Tengo mañana a las 11:30.", False),
        ("Free: 2026-11-24 10:30", "Tengo el jueves a las 10:30, disponible para ti.", False),
        ("Booked: Friday 27 November, 4:00 pm", "Te esperamos el viernes 27 de noviembre a las 16:00.", True),
        ("total 1,234.50 MXN", "El total es de $1,234.50.", True),
        ("total 1,234.50 MXN", "El total es de $1,234.", False),
    ],
)
def test_what_a_tool_returned_may_be_said(tool: str, answer: str, may_be_said: bool) -> None:
    found = ungrounded(answer, evidence(Source("tool", "slots", "slots", tool), knowledge={}))

    assert (found == []) is may_be_said


def test_an_hour_within_opening_hours_is_confirmed_when_the_customer_names_it() -> None:
    asked = customer("¿abren a las 11 am?")

    assert ungrounded("Sí, a las 11 am estamos abiertos.", evidence(asked, knowledge=ES)) == []
    assert ungrounded("Sí, a las 11 am estamos abiertos.", evidence(asked, knowledge={})) != []


@pytest.mark.parametrize(
    ("answer", "may_be_said"),
    [
        ("Los domingos cerramos.", True),
        ("No abrimos los domingos.", True),
        ("Los domingos abrimos de 9:00 a 14:00.", False),
        ("Sí, el domingo estamos abiertos.", False),
        ("Abrimos todos los días.", False),
        ("¿Abrimos los domingos? No, cerramos.", True),
        ("Abrimos de lunes a sábado.", True),
    ],
)
def test_a_day_that_is_closed_cannot_be_called_open(answer: str, may_be_said: bool) -> None:
    assert (ungrounded(answer, evidence(knowledge=ES)) == []) is may_be_said


def test_todays_weekday_is_known_but_opens_nothing() -> None:
    assert ungrounded("Hoy es lunes 23 de noviembre.", evidence(knowledge={})) == []
    assert ungrounded("Los lunes abrimos.", evidence(knowledge={})) != []
