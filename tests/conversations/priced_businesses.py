"""Made-up businesses with their prices: true answers as people word them, and true prices of the wrong thing."""

from typing import NamedTuple


class Priced(NamedTuple):
    entries: tuple[tuple[str, str], ...]
    true: tuple[str, ...]
    wrong: tuple[str, ...]


SALON = Priced(
    (
        ("Cortes", "Corte de dama $350, corte de caballero $220 y corte de niño $180. Incluyen lavado."),
        (
            "Tinte y color",
            "Tinte de raíz: $650. Tinte completo: $1,200 (cabello largo $1,500). Mechas desde $1,800.",
        ),
        ("Peinados", "Un peinado con ondas cuesta $450; el de novia, $1,400 con prueba."),
        ("Uñas", "Manicure $200, pedicure $280, gelish $250 y acrílicas desde $400."),
        ("Depilación", "La depilación de ceja cuesta $90 y la de pierna completa $450."),
        (
            "Keratina",
            "La keratina cuesta $1,600 en cabello corto y $2,200 en cabello largo. Dura tres meses.",
        ),
        ("Anticipo", "Para tratamientos de más de $1,000 pedimos un anticipo de $300."),
    ),
    (
        "El corte de dama cuesta $350 y el de caballero $220.",
        "Para tu hijo, el corte de niño sale en $180 con lavado.",
        "El tinte de raíz cuesta $650; el completo, $1,200.",
        "Si traes el cabello largo, el tinte completo cuesta $1,500.",
        "Unas mechas empiezan en $1,800.",
        "El peinado de novia cuesta $1,400 e incluye la prueba.",
        "Manicure y pedicure: $200 y $280.",
        "El gelish cuesta $250 y las uñas acrílicas desde $400.",
        "Depilarte la ceja cuesta $90.",
        "La keratina en cabello largo cuesta $2,200.",
        "En cabello corto la keratina cuesta $1,600 y dura tres meses.",
        "Pedimos $300 de anticipo porque el tratamiento pasa de $1,000.",
        "Para apartar tu keratina necesitamos un anticipo de $300.",
        "Corte de dama con tinte de raíz: $350 más $650.",
        "El corte para hombre cuesta $220.",
        "A women's haircut is $350.",
        "The keratin treatment is $1,600 for short hair and $2,200 for long hair.",
        "A manicure is $200 and a pedicure $280.",
    ),
    (
        "El corte de caballero cuesta $350.",
        "El corte de niño cuesta $220.",
        "La keratina cuesta $1,400.",
        "El pedicure cuesta $450.",
        "Un manicure cuesta $90.",
        "La depilación de ceja cuesta $200.",
        "Los peinados cuestan $650.",
        "El gelish cuesta $180.",
        "La keratina te sale en $650.",
        "Las mechas cuestan $450.",
    ),
)
VET = Priced(
    (
        ("Consulta", "La consulta general cuesta $380. A domicilio cuesta $650 dentro de la ciudad."),
        ("Vacuna antirrábica", "La vacuna antirrábica cuesta $250 e incluye certificado."),
        ("Vacunas de cachorro", "El esquema de cachorro son tres dosis de $420 cada una."),
        (
            "Esterilización",
            "Esterilizar gata: $1,300. Perra chica: $1,900; perra grande: $2,600. Incluye collar.",
        ),
        ("Baño y estética", "Baño de perro chico $220, mediano $280 y grande $360. Con corte, $120 más."),
        ("Pensión", "La noche de pensión cuesta $300 por mascota; la segunda del mismo dueño, $240."),
        ("Urgencias", "Por la noche la consulta de urgencia cuesta $900."),
    ),
    (
        "La consulta cuesta $380.",
        "Si vamos a tu casa la consulta cuesta $650.",
        "La antirrábica cuesta $250 con su certificado.",
        "Cada dosis del cachorro cuesta $420; son tres.",
        "Esterilizar a tu gata cuesta $1,300.",
        "La esterilización de una perra grande cuesta $2,600 con collar incluido.",
        "El baño de un perro mediano cuesta $280; con corte serían $120 más.",
        "Bañar a tu perrito chico cuesta $220.",
        "Por noche son $300, y $240 por la segunda mascota.",
        "Una urgencia de noche cuesta $900.",
        "La consulta de urgencia por la noche cuesta $900; la general, $380.",
        "A rabies shot costs $250.",
        "Boarding is $300 a night per pet.",
        "Spaying a cat is $1,300.",
        "La revisión de tu gato cuesta $380.",
        "La vacuna de tu perro contra la rabia cuesta $250.",
    ),
    (
        "La vacuna antirrábica cuesta $380.",
        "La pensión cuesta $420 por noche.",
        "La consulta cuesta $1,300.",
        "La esterilización cuesta $900.",
        "El baño cuesta $420.",
        "La consulta general cuesta $250.",
        "La antirrábica cuesta $900.",
        "La noche de pensión cuesta $650.",
    ),
)
GYM = Priced(
    (
        ("Mensualidad", "La mensualidad cuesta $699. Estudiantes pagan $549 con credencial."),
        ("Inscripción", "La inscripción cuesta $250, una sola vez."),
        ("Visita suelta", "La visita de un día cuesta $120."),
        (
            "Clases",
            "Yoga, spinning y zumba van incluidas. Una clase suelta de yoga para quien no es socio: $150.",
        ),
        ("Entrenador personal", "Doce sesiones con entrenador personal cuestan $3,600; una suelta, $350."),
        ("Locker", "Un locker fijo cuesta $100 al mes."),
    ),
    (
        "La mensualidad cuesta $699 y la inscripción $250.",
        "Al mes pagas $699, o $549 si eres estudiante.",
        "Con credencial de estudiante la mensualidad cuesta $549.",
        "Por un día son $120.",
        "Una clase de yoga suelta cuesta $150.",
        "El paquete de doce sesiones con entrenador cuesta $3,600.",
        "Una sesión con entrenador personal cuesta $350.",
        "Tu locker cuesta $100 al mes.",
        "Solo pagas $250 de inscripción una vez.",
        "El primer mes serían $699 más $250.",
        "Membership is $699 a month.",
        "A day pass is $120.",
        "The sign-up fee is $250.",
    ),
    (
        "La inscripción cuesta $699.",
        "La mensualidad cuesta $120.",
        "La mensualidad cuesta $250.",
        "El locker cuesta $350.",
        "Una visita cuesta $549.",
        "El entrenador personal cuesta $100.",
    ),
)
CAFE = Priced(
    (
        ("Menu", "Espresso 35, latte 62, cappuccino 60, matcha 75, croissant 45, bagel with salmon 135."),
        ("Brunch", "Brunch on weekends is 220 pesos and includes coffee and juice."),
        ("Beans", "A 250 g bag of our house blend costs 190 pesos, single origin 260."),
        ("Private events", "Renting the terrace costs 4,500 pesos for four hours."),
    ),
    (
        "A latte is 62 pesos and a cappuccino 60.",
        "Matcha costs $75.",
        "The salmon bagel is 135 pesos.",
        "Weekend brunch is 220 pesos with coffee and juice.",
        "A bag of the house blend costs 190 pesos.",
        "Single origin beans cost 260 pesos.",
        "The terrace is 4,500 pesos for four hours.",
        "Espresso: $35, croissant: $45.",
        "El brunch cuesta 220 pesos.",
        "El capuchino cuesta $60.",
        "Rentar la terraza cuesta $4,500.",
        "A coffee starts at 35 pesos with our espresso.",
    ),
    (
        "A latte is 75 pesos.",
        "Matcha costs $62.",
        "Brunch costs 135 pesos.",
        "The croissant is 60 pesos.",
        "An espresso costs 45 pesos.",
        "Brunch is 190 pesos.",
    ),
)
ALL = {"salon": SALON, "vet": VET, "gym": GYM, "cafe": CAFE}
