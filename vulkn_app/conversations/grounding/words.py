"""The words that figures are made of, in Spanish and English, as `fold` leaves them."""

import unicodedata


class _Plain(dict[int, str]):
    """Each character's plain one, found out when it first comes: accents, full-width, raised and other digits."""

    def __missing__(self, code: int) -> str:
        self[code] = plain = _plain(chr(code))
        return plain


def _plain(character: str) -> str:
    digit = unicodedata.digit(character, -1)
    if digit >= 0:
        return str(digit)
    first, *marks = unicodedata.normalize("NFKD", character)
    plain = (
        first.isascii() and first.isprintable() and first.strip() and all(map(unicodedata.combining, marks))
    )
    return first if plain else character


# The marks of "1º" are letters to Unicode, and dashes and apostrophes have no plain form there.
_PLAIN = _Plain(
    {ord(c): c for c in "ºª°"} | dict(zip(map(ord, "\u2019\u2013\u2014\u2212"), "'---", strict=True))
)


def fold(text: str) -> str:
    """Lower case without accents; every character stays in its place."""
    lower = text.lower()
    if lower.isascii():
        return lower
    if len(lower) != len(text):
        lower = "".join(small if len(small := c.lower()) == 1 else c for c in text)
    return lower.translate(_PLAIN)


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(text: str) -> dict[str, str]:
    """ "canonical: word word" a line, the other way round."""
    lines = [line.partition(":") for line in text.strip().splitlines()]
    return {word: name.strip() for name, _, words in lines for word in words.split()}


_COUNT = """cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis
    diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis
    veintisiete veintiocho veintinueve"""
_COUNT_EN = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen"""
_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_TENS_EN = "twenty thirty forty fifty sixty seventy eighty ninety"
_HUNDREDS = "cient doscient trescient cuatrocient quinient seiscient setecient ochocient novecient"

# Below a thousand; what multiplies is in SCALES.
NUMBERS: dict[str, int] = {
    **{word: n for n, word in enumerate(_COUNT.split())},
    **{word: n for n, word in enumerate(_COUNT_EN.split())},
    **{word: 30 + 10 * n for n, word in enumerate(_TENS.split())},
    **{word: 20 + 10 * n for n, word in enumerate(_TENS_EN.split())},
    **{
        f"{word}{end}": 100 + 100 * n for n, word in enumerate(_HUNDREDS.split()) for end in ("os", "as", "o")
    },
    "un": 1,
    "una": 1,
    "veintiun": 21,
    "veintiuna": 21,
    "cien": 100,
}
SCALES = {
    "hundred": 100,
    "mil": 1000,
    "thousand": 1000,
    "millon": 1_000_000,
    "millones": 1_000_000,
    "million": 1_000_000,
}
_OR = "|"
MONTHS: dict[str, int] = {
    word: n
    for n, words in enumerate(
        """enero january jan ene|febrero february feb|marzo march mar|abril april apr abr|mayo may|junio june jun
        |julio july jul|agosto august aug ago|septiembre setiembre september sept sep set|octubre october oct
        |noviembre november nov|diciembre december dec dic""".split(_OR),
        1,
    )
    for word in words.split()
}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = _table("""
    mon: lunes monday mondays
    tue: martes tuesday tuesdays
    wed: miercoles wednesday wednesdays
    thu: jueves thursday thursdays
    fri: viernes friday fridays
    sat: sabado sabados saturday saturdays
    sun: domingo domingos sunday sundays
""")
# Only where they cannot be another word: "lun.", "Mon-Fri", "Sáb 9 a 14".
WEEKDAYS_SHORT = _table("""
    mon: lun mon
    tue: mar tue tues
    wed: mie wed
    thu: jue thu thur thurs
    fri: vie fri
    sat: sab sat
    sun: dom sun
""")
CURRENCIES = _table("""
    : $
    peso: peso pesos pesito pesitos mxn mx mn cop ars clp varos varitos baros lucas luquitas morlacos
    usd: usd dolar dolares dolarucos dolaritos dollar dollars bucks
    eur: eur euro euros €
    pen: pen soles
    brl: brl reais reales
    gbp: gbp £ pounds
    other: quetzal quetzales gtq lempiras colones crc guaranies bolivianos bolivares bob uyu ₡ ₲ bs
""")
CURRENCY_SIGNS = frozenset("$€£₡₲")
CURRENCY_CODES = word_set("mxn usd cop ars clp eur pen brl gbp gtq crc bob uyu bs")
# Which words count with a number before them, how many of the first make one.
UNITS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("segundo", "segundos", "second", "seconds"), ("second", 1)),
    **dict.fromkeys(("minuto", "minutos", "min", "mins", "minute", "minutes", "minutitos"), ("minute", 1)),
    **dict.fromkeys(("hora", "horas", "hour", "hours", "hr", "hrs", "h", "hs"), ("minute", 60)),
    **dict.fromkeys(("dia", "dias", "day", "days"), ("minute", 1440)),
    **dict.fromkeys(("semana", "semanas", "week", "weeks"), ("minute", 10080)),
    **dict.fromkeys(("mes", "meses", "month", "months", "mensualidades"), ("month", 1)),
    **dict.fromkeys(("ano", "anos", "year", "years"), ("month", 12)),
    **dict.fromkeys(("metro", "metros", "meter", "meters", "mts"), ("metre", 1)),
    **dict.fromkeys(("km", "kms", "kilometro", "kilometros", "kilometer", "kilometers"), ("metre", 1000)),
    **dict.fromkeys(("milla", "millas", "mile", "miles"), ("mile", 1)),
    **dict.fromkeys(("cuadra", "cuadras", "block", "blocks"), ("block", 1)),
    **dict.fromkeys(("gramo", "gramos", "gr", "grs", "gram", "grams"), ("gram", 1)),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogramos"), ("gram", 1000)),
    **dict.fromkeys(("ml", "mililitros"), ("ml", 1)),
    **dict.fromkeys(("litro", "litros", "liter", "liters"), ("ml", 1000)),
    **dict.fromkeys(
        ("persona", "personas", "people", "person", "persons", "guests", "huespedes"), ("person", 1)
    ),
    **dict.fromkeys(("pieza", "piezas", "piece", "pieces", "unidades", "units", "pzas"), ("piece", 1)),
    **dict.fromkeys(("sesion", "sesiones", "session", "sessions"), ("session", 1)),
    **dict.fromkeys(("cita", "citas", "visita", "visitas", "visit", "visits"), ("visit", 1)),
    **dict.fromkeys(("estrella", "estrellas", "star", "stars"), ("star", 1)),
    **dict.fromkeys(("sucursal", "sucursales", "branches", "locations"), ("branch", 1)),
}
HOUR_UNITS = word_set("hora horas hour hours hr hrs h hs")
# "un momento", "one day you", "give me one minute": said of nothing in particular.
IDLE_ONES = word_set(
    "segundo second minuto minute minutito dia day persona person cita visita visit pieza piece"
)

STREETS = word_set("calle av avenida ave calz calzada blvd bulevar boulevard")
# Words of every day too: only before a name in capitals or a number.
STREETS_NAMED = word_set(
    """carrera cra kra diagonal transversal circuito privada prolongacion paseo camino carretera autopista pasaje
    jiron jr rua travessa alameda col colonia andador cerrada eje periferico"""
)
STREETS_AFTER = word_set(
    "street st avenue ave road rd lane ln blvd boulevard highway hwy court ct parkway drive way"
)
DOOR_WORDS = word_set(
    "local piso int interior depto departamento suite apt unit floor col colonia esquina esq cp oficina despacho"
)
NAME_LINKS = word_set("de del la las los el y e da do san santa the of")

PRICE_WORDS = word_set(
    """cuesta cuestan costo costos cuestan vale valen precio precios sale salen cobramos cobra cobran tarifa total
    cost costs price prices priced charge charges fee total pay pagas pagarias"""
)
OPENING_WORDS = word_set(
    """abrimos abre abren atendemos horario horarios cerramos abierto abiertos abierta abiertas open opens hours
    close closes closed"""
)
RANGE_WORDS = word_set("a al - to hasta until till through thru")
LIST_WORDS = word_set("y e o u and or")
FUNCTION_WORDS = word_set(
    """a al ante con contra de del desde e el ella en entre es esta este esto hasta la las le les lo los mas me mi ni
    no nos o para pero por porque pues que se si sin sobre son su sus te tu tus u un una y ya hoy manana cada
    and or the to of in on at for with from by per each if is are was you your we our i it that this as but so when
    more than plus until till please tomorrow today because also which after before
    cuando donde como tambien antes despues segun aproximadamente menos cuesta tiene incluye incluido dura duran
    included lasts last takes depending solo only mxn aprox total fijos c pesos te gusta gustaria esta bien tendras"""
)
# Nouns of the conversation itself: "te hago 2 preguntas".
META_NOUNS = word_set(
    """opcion opciones pregunta preguntas paso pasos dato datos cosa cosas forma formas manera maneras detalle detalles
    punto puntos option options question questions step steps thing things way ways detail details choices veces times
    alternativas alternatives ejemplos examples"""
)
WISHES = word_set(
    "buen feliz excelente lindo linda bonito gran great nice good happy lovely wonderful bonita"
)
FREE_WORDS = word_set("gratis gratuito gratuita gratuitos gratuitas free")
NOT_FREE_AFTER = word_set(
    "to time slot slots spot spots at on tomorrow today this next from between times hours"
)
NOT_FREE_BEFORE = word_set("feel gluten sugar pain stress hands toll lactose dairy fat hassle risk - you")
MORNINGS = word_set("manana madrugada morning")
AFTERNOONS = word_set("tarde noche afternoon evening night")
SURE_WORDS = word_set("seguro segura seguros sure honest certain positive sincero sincera sinceros")
# A point behind one of these ends no sentence.
ABBREVIATIONS = word_set(
    """av ave dr dra sr sra srta lic ing col no num st mr mrs ms calz blvd tel cel p m a c cp int ext prof ud uds apt
    aprox lun mar mie jue vie sab dom mon tue wed thu fri sat sun ene feb abr jun jul ago sep sept oct nov dic jan
    apr aug dec cra calle esq depto n u s"""
)
