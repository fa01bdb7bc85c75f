"""The words of dates and hours, Spanish and English, each with the symbol the grammar knows it by.

One line a symbol: Spanish before the bar, English after it, without accents. `w0` is Monday, `m1` January.
"""

import re
from collections.abc import Iterator


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORDS = """
w0 lunes lunez | monday mondays munday
w1 martes marte martez | tuesday tuesdays tues teusday
w2 miercoles miercole mierc miercolez | wednesday wednesdays wednsday weds
w3 jueves jueve juebes | thursday thursdays thurs thur
w4 viernes vierne biernes vierns | friday fridays
w5 sabado sabados savado | saturday saturdays
w6 domingo domingos domigo | sunday sundays
m1 enero ene | january jan
m2 febrero feb | february febuary
m3 marzo | march
m4 abril abr |
m5 mayo |
m6 junio | june jun
m7 julio | july jul
m8 agosto | august aug
m9 septiembre setiembre sept sep | september
m10 octubre | october oct
m11 noviembre | november nov
m12 diciembre dic | december dec
m4 | april apr
today hoy hoi | today todays tday
yesterday ayer | yesterday yday
ereyesterday anteayer antier antayer |
lastnight anoche |
manana manana mnn mnna mnana manna mana manan |
tomorrow | tomorrow tomorrows tomorow tommorow tommorrow tomorro tmrw tmrow tmr tmw 2moro
tonight | tonight tonite 2nite tonights
next proximo proxima prox proximos proximas siguiente sgte sig entrante | next
coming | coming upcoming
comes viene vienen entra |
this este esta estos estas | this
last pasado pasada pasados pasadas ultimo ultima ultimos ultimas | last previous
other otro otra |
day dia | day date
days dias | days
week semana sem | week wk
weeks semanas | weeks wks
month mes | month
months meses | months
year ano | year
years anos | years
fortnight quincena | fortnight
weekend finde findesemana finsemana | weekend weekends wknd
hour hora | hour hr
hours horas | hours
hrs hrs hs h |
minutes minuto minutos min mins | minute minutes
night noche | night nite
nights noches | nights
afternoon tarde tardes tardecita | afternoon arvo
evening | evening
morning mananas mananita | morning mornings
dawn madrugada |
noon mediodia | noon midday
midnight medianoche | midnight
half media | half
quarter cuarto quarto | quarter
am | am
pm | pm
past | past
to | to
minus menos |
end fin final finales fines | end
start principio principios inicio inicios | beginning
middle mediados | mid middle
on | on
in en dentro | in within
at | at @
a a |
the el lo | the
las la las |
of de d | of
del del |
al al |
for para pa por pal | for
and y e | and &
or o u | or
until hasta asta | until till til
through | through thru
from desde partir | from since starting
between entre | between
after despues luego pasadas dsp dsps | after
before antes | before
later | later
earlier | earlier
now ahora ahorita | now
away | away
about como tipo aproximadamente aprox alrededor sobre eso | around about approx approximately roughly circa
que que q ke k |
ago hace | ago
all todo | all
every cada todos todas los | every each
un un | an
not ni tampoco nunca | not cant cannot wont dont doesnt isnt never unable except
better mejor perdon digo corrijo | actually better
instead | instead rather
than | than
good buenas buenos buen buena | good
more mas |
clock | oclock
ish ish | ish
"""
# Small words that may stand behind an hour or a day: "after 5 please", but not "after 5 visits".
_SMALL = """
ok okay porfa porfavor favor please pls plz gracias thanks thank si yes pero but if is would could will be es
seria works work fine perfect perfecto me mi i we it its nos le te se puedo puede pueden puedes podria podrian esta estaria
quiero quisiera when cuando good great bien with con pues tengo hay there that works so then entonces
que q ke can you do does u yes yeah hola hi hello sharp already ya también tambien too or o y and
"""
_NUMBERS = """
0 cero | zero
1 uno una | one
2 dos | two
3 tres | three
4 cuatro | four
5 cinco sinco | five
6 seis | six
7 siete | seven
8 ocho | eight
9 nueve | nine
10 diez dies | ten
11 once | eleven
12 doce dose | twelve
13 trece | thirteen
14 catorce | fourteen
15 quince | fifteen
16 dieciseis | sixteen
17 diecisiete | seventeen
18 dieciocho | eighteen
19 diecinueve | nineteen
20 veinte | twenty
21 veintiuno veintiun |
22 veintidos |
23 veintitres |
24 veinticuatro |
25 veinticinco |
26 veintiseis |
27 veintisiete |
28 veintiocho |
29 veintinueve |
30 treinta | thirty
40 cuarenta | forty
50 cincuenta | fifty
1th primero primer | first
2th | second
3th | third
4th | fourth
5th | fifth
6th | sixth
7th | seventh
8th | eighth
9th | ninth
10th | tenth
11th | eleventh
12th | twelfth
13th | thirteenth
14th | fourteenth
15th | fifteenth
16th | sixteenth
17th | seventeenth
18th | eighteenth
19th | nineteenth
20th | twentieth
30th | thirtieth
"""
# Shorthand that is another word elsewhere: a weekday only beside a word or number that goes with one.
SHORT_WEEKDAYS = {
    "lun": "w0", "mon": "w0", "mar": "w1", "tue": "w1", "mie": "w2", "mier": "w2", "wed": "w2", "jue": "w3",
    "thu": "w3", "vie": "w4", "vier": "w4", "fri": "w4", "sab": "w5", "sat": "w5", "dom": "w6", "sun": "w6",
}  # fmt: skip
# What makes a number one of a row when it is written right behind it.
ORDINALS = _word_set("st nd rd th ero ro er do vo mo to º ª °")
# Likewise months: "3 ago", "may 5th", "set 3".
SHORT_MONTHS = {"mar": "m3", "may": "m5", "ago": "m8", "set": "m9"}
# A Spanish "no" before one of these refuses what follows; elsewhere it answers.
UNABLE = _word_set(
    "puedo podre podria podemos voy vamos quiero alcanzo llego me nos puede es para va estoy estare tengo not"
)
# Words of one letter's difference from a weekday or month that are words of their own.
NOT_MISSPELT = _word_set(
    """vienes vientes partes artes mares cartes nueves jueces mueves domino manzana banana marco mayor
    manada enana semanal semanas tarda tardo tardes coche noches toche octava julia junta junto sundae montana
    marzal abrir abril manera semilla fridge monda months weeks lunas nunes cuando"""
)


def _lines(table: str) -> Iterator[tuple[str, list[str], list[str]]]:
    for line in table.strip().splitlines():
        symbol, _, words = line.partition(" ")
        spanish, _, english = words.partition("|")
        yield symbol, spanish.split(), english.split()


def _symbols(table: str) -> dict[str, str]:
    return {word: symbol for symbol, spanish, english in _lines(table) for word in (*spanish, *english)}


SYMBOLS = _symbols(_WORDS)
NUMBERS = _symbols(_NUMBERS)
SMALL = _word_set(_SMALL)
# Words that only one of the two languages has: they tell which one is spoken when nobody else does.
SPANISH = frozenset(word for _, spanish, _ in _lines(_WORDS + _NUMBERS) for word in spanish) - {
    "a",
    "h",
    "min",
    "no",
}
ENGLISH = frozenset(word for _, _, english in _lines(_WORDS + _NUMBERS) for word in english) - {
    "a",
    "am",
    "pm",
    "no",
}
# Long enough that one wrong letter still tells them.
REPAIRABLE = tuple(
    word
    for word, symbol in SYMBOLS.items()
    if len(word) >= 6 and (symbol in ("manana", "tomorrow", "next") or re.fullmatch(r"[wm]\d+", symbol))
)
