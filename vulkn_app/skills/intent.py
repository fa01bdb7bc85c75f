"""What a customer wants with a booking: make one, drop it, move it, ask about it, or nothing of the kind.

A message becomes a row of concepts, the same for Spanish and English ("kiero agendar una cita" and "I want to
book an appointment" both read `want book x noun `); rules over that row are tried in order, the first decides.
"""

import re
from enum import StrEnum
from functools import lru_cache

from vulkn_app.skills.when.reading import LONGEST, plain_of


class Intent(StrEnum):
    BOOK = "book"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    QUERY_BOOKING = "query_booking"
    OTHER = "other"


# One concept a line; `*` stands for any ending. Phrases are joined with `_`, and found before single words.
_CONCEPTS = """
policy | cancellation_policy cancellation_fee politica* policy penaliza* multa what_happens que_pasa que_sucede why por_que porque
elsewhere | alarm* recordatorio* recorda* reminder* remind remember recuerda* recuedame recuerame calendar calendario pto vacation
other | account* card* debit* transfer* payment* loan* standing_order* overdraft* limit* balance address subscription* insurance mortgage
  pedido* orden cuenta* tarjeta* pago* suscripcion* ingrediente* details fee* order* purchase* transaction* pin person
dropped | cancelled canceled cancelad* canselad*
drop | cancel* cansel* anul* call_off drop scrap delete remove elimin* borrar borra borren borrame dar_de_baja get_rid_of quitar quitame
again | reschedul* reagend* re_agend* reprogram* rebook* reschudul* recalendar*
move | chang* modif* amend* updat* upgrad* move moving moved shift* push* postpon* switch* alter bring_forward cambi* mover* muev* pospo*
  adelant* atrasar* aplaz* recorr* pasarla pasarlo pasarme pasame pasamela correrla put_more_people add_some_more
pass | pasar pasas pasan
slot | time date hour day hora dia fecha horario
unable | wont cant cannot unable not_able couldnt not_be_able not_going_to not_make
gone | ya_no no_voy_a no_voy no_podre no_puedo no_podremos no_podemos no_alcanzo no_vamos no_vamos_a no_ire no_asistire no_llego no_llegare
  no_voy_a_poder no_vamos_a_poder no_me_va_a_dar_tiempo no_me_es_posible
go | make_it attend come show_up ir asistir llegar acudir poder_ir poder_asistir presentarme iremos voy
instead | instead
another | otro otra another different
notneed | no_longer dont_need do_not_need not_need not_in_need dont_want do_not_want ya_no_quiero ya_no_necesito ya_no_ocupo not_actually_need
  no_quiero_ya do_not_actually_need dont_actually_need
yet | yet todavia aun
takes | take* takes accept* taking taken require* ask_for allow* let aceptan toman manejan se_necesita hace_falta hay_que trabajan_con
  requieren necesito_hacer need_to_make_reservations
checkout | check_out check_in checking_out checking_in late_check
agenda | are_there_meetings are_there_any_meetings any_meetings there_meetings meetings_on meetings_today my_schedule todays_meetings my_meetings
noun | appointment* appoinment* apointment* appt* booking* reservation* reservacion* reserva reservas reservita cita citas sita sitas zita
  citita turno* meeting* session* checkup* check_up check_ups consulta hora_medica meet* slot* openings
thing | table* room* suite* hotel* cabin car_rental rental* car jeep ride place_to_stay accommodation* holiday spa salon class lesson
  mesa* habitacion* cuarto* clase* cancha* lugar* espacio* cupo* campo hueco* hueq*
care | massage* manicure* pedicure* haircut* facial* makeup treatment* acupuncture stylist dentist doctor nails oil_change oil_changed maintenance
  check_engine tires brakes corte* cortarme masaje* limpieza revision revisar_mi valoracion unas pelo barba cabello tinte hair atienda* atienden
book | book reserve* reservar* reserbar* recervar* resev* agend* ajend* ajendar schedule* scheduling scedule* shedule* apart* sacar sacame sacar_cita
  arrange* rent renting programar programame calendariz* apuntar* apuntame anot* set_up set_a_meeting hook_up hold separar separame fit_me squeeze_me
mine | my our mi mis nuestra nuestro
the | the this that la el esa ese
day | today* tomorrow* tonight hoy manana lunes martes miercoles jueves viernes sabado domingo monday* tuesday* wednesday* thursday* friday*
  saturday* sunday* week semana finde weekend morning afternoon evening night noon tarde noche mediodia
have | have had got ive weve tengo tenia tenemos teniamos hice hicimos agende reserve_ya aparte i_made we_made quede quedo quedamos me_toca me_tocaba nos_toca
when | when what_time what_day which_day where how_long que_hora q_hora k_hora que_dia q_dia cuando donde con_quien con_que
check | let_me_know check confirm* verif* view list summary consult* revis* ver saber saber_si look_up tell_me know verific* still_valid information
  see_if start_time conocer clue idea
want | want* need* needs like wanna gotta quiero kiero qiero quero necesito nesesito nececito ocupo deseo quisiera kisiera gustaria busco looking_for
  dame das da damos regala* pon ponme make create get find give going_to_need i_need vendria_bien interesa me_dan me_da darme dar queria
  hacer solicitar pedir someone somewhere help_me conseguir obtener tomar
can | can could may possible will would puedo puede pueden puedes podria* podemos se_puede do_you_think do_you_have is_there are_there hay tienen
  tienes tendran tendras tiene habra hubiera
at | at
free | free available open libre libres anything algo_para disponible* disponibilidad
vacancy | any_openings any_slots any_appointments any_availability any_spots any_opening any_vacancies
price | cuanto cuanta precio* cuesta* how_much cost* price*
for | for to para pa pal
urgent | urge urgen urgente* urgencia urgent* asap as_soon_as_possible lo_antes_posible lo_mas_pronto_posible cuanto_antes right_away
  me_corre_prisa tengo_prisa
"""
_GAP = r"(?:(?!other )\S+ ){0,8}?"
_ANY = r"(?:noun|thing|care) "
_RULES: tuple[tuple[Intent, str], ...] = (
    (Intent.OTHER, r"^(?!.*\bagenda )(?!.*\bwhen .*noun ).*\belsewhere "),
    (Intent.OTHER, r"^(?!.*\b(?:drop|dropped|book) )(?!.*\bwant .*noun ).*\bprice "),
    (Intent.QUERY_BOOKING, r"\bagenda "),
    # Asking what cancelling costs is not cancelling, nor is asking why it was done.
    (
        Intent.QUERY_BOOKING,
        r"\bpolicy .*\b(?:drop|dropped) |^(?:x )*when .*\bdrop |\bdrop .*\bprice |\bnoun .*\bdropped ",
    ),
    (
        Intent.RESCHEDULE,
        r"\bagain |\b(?:unable|gone|noun) .*\banother (?:slot|day) |\b(?:another slot|instead) .*\bnoun |\bnoun .*\binstead ",
    ),
    (Intent.RESCHEDULE, rf"\bmove {_GAP}(?:noun|care) |\b(?:noun|care) {_GAP}{_GAP}move "),
    (Intent.RESCHEDULE, r"^(?:(?!other )\S+ )*move (?:\S+ ){0,3}slot (?!.*\bother )"),
    (
        Intent.RESCHEDULE,
        r"\bmove (?:for |x ){0,3}(?:the )?day |\bthe (?:can |x )?pass .*\b(?:day|slot|0) |\bpass (?:x )?mine noun ",
    ),
    (Intent.CANCEL, rf"\bdrop {_GAP}(?:{_ANY}|mine (?!other )|day )|\b(?:noun|thing|care) {_GAP}drop "),
    (Intent.CANCEL, r"^(?:(?!other )\S+ ){0,5}drop (?:(?!other )\S+ ){0,3}$"),
    (Intent.CANCEL, r"\bnotneed (?:\S+ ){0,4}noun (?!yet )"),
    (
        Intent.CANCEL,
        r"\bunable (?:\S+ ){0,4}?go (?:\S+ ){0,4}noun |\bunable (?:x |want ){0,2}(?:mine|the) noun ",
    ),
    (Intent.CANCEL, r"\bunable (?:x |for ){0,3}go (?:x |for |day ){0,3}$"),
    (
        Intent.CANCEL,
        r"\bgone (?:\S+ ){0,3}?(?:go|(?:mine|the) noun) |\bgone (?:want|x) (?:mine|the) noun |^(?:\S+ ){0,4}gone (?:the |for |day |can ){0,3}$",
    ),
    # The next free one is about to be taken, not asked after.
    (
        Intent.BOOK,
        r"\bvacancy |\bfree (?:x ){0,2}noun |\bnoun (?:thing )?free |^(?:x |the |want ){0,4}(?:thing )?noun for ",
    ),
    # Whose it is, when it is, whether it stands.
    (
        Intent.QUERY_BOOKING,
        r"\bhave (?:\S+ ){0,5}noun |\bwhen .*\b(?:mine|have|the|day) .*noun |\bwhen .*noun .*book ",
    ),
    (
        Intent.QUERY_BOOKING,
        r"\bcheck .*\bnoun |^(?:want |x )*check $|\bwhen (?:x )*have |\bmine noun .*\b(?:check|when) ",
    ),
    (Intent.QUERY_BOOKING, r"\btakes .*\b(?:noun|book) "),
    (Intent.QUERY_BOOKING, r"\bcan (?:\S+ )*(?:noun|book (?:x )?thing) (?:x )?at (?!0)"),
    (
        Intent.BOOK,
        rf"\bbook {_GAP}(?:slot |{_ANY})|\b(?:noun|thing|care) {_GAP}book |\bwant {_GAP}(?:noun|care) ",
    ),
    (
        Intent.BOOK,
        r"\bwant (?:(?!other |mine )\S+ ){0,6}?thing |\bcan (?:x |free |want |at |mine ){0,4}(?:noun|care) ",
    ),
    (
        Intent.BOOK,
        r"\bcan (?:x |free ){0,2}(?:thing|slot) (?:\S+ )*(?:day|0) |\bcan (?:x )*free (?:\S+ )*day ",
    ),
    (Intent.BOOK, r"\bcan (?:x )?(?:go|pass) (?:\S+ )*(?:day|0|care) |\bwant (?:x )?slot (?!.*\bother )"),
    (Intent.BOOK, r"^(?:(?!other )\S+ ){0,6}book (?!.*\bother )"),
    # "Me urge una limpieza hoy", "corte para hoy", "haircut tomorrow at 3": hurry or a moment makes it a wish.
    (
        Intent.BOOK,
        r"^(?!.*\b(?:other|check|takes|have|when) )(?:.*\burgent (?:\S+ ){0,4}?(?:care|noun) |.*\b(?:care|noun) (?:\S+ ){0,2}?urgent )",
    ),
    (
        Intent.BOOK,
        r"^(?:x ){0,2}care (?:x ){0,2}(?:for (?:the )?day|(?:the )?day (?:the day |x )*(?:at )?0) ",
    ),
    (Intent.QUERY_BOOKING, r"\bnoun "),
)
_COMPILED = tuple((intent, re.compile(pattern)) for intent, pattern in _RULES)


def _table() -> tuple[dict[str, str], tuple[tuple[str, str], ...], re.Pattern[str], dict[str, str]]:
    """Words, stems and phrases with their concepts."""
    words: dict[str, str] = {}
    stems: list[tuple[str, str]] = []
    phrases: dict[str, str] = {}
    concept = ""
    for line in _CONCEPTS.strip().splitlines():
        name, bar, entries = line.partition(" | ")
        concept = name if bar else concept
        for entry in (entries if bar else line).split():
            if entry.endswith("*"):
                stems.append((entry[:-1], concept))
            elif "_" in entry:
                phrases[entry.replace("_", " ")] = concept
            else:
                words[entry] = concept
    longest = sorted(phrases, key=len, reverse=True)
    stems.sort(key=lambda stem: -len(stem[0]))
    return words, tuple(stems), re.compile(rf"\b(?:{'|'.join(longest)})\b"), phrases


_WORD_CONCEPTS, _STEMS, _PHRASE, _PHRASES = _table()
_WORD = re.compile(r"<\w+>|\d+|[^\W\d_]+")


def intent(text: str) -> Intent:
    """Other where nothing speaks of a booking."""
    row = concepts(text)
    return next((found for found, pattern in _COMPILED if pattern.search(row)), Intent.OTHER)


def concepts(text: str) -> str:
    """The row of concepts, one a word, each followed by a space."""
    plain = " ".join(plain_of(text[:LONGEST]).replace("'", "").split())
    marked = _PHRASE.sub(lambda found: f"<{_PHRASES[found[0]]}>", plain)
    return "".join(f"{_concept(word)} " for word in _WORD.findall(marked))


@lru_cache(maxsize=8192)
def _concept(word: str) -> str:
    if word[0] == "<":
        return word[1:-1]
    if word.isdigit():
        return "0"
    known = _WORD_CONCEPTS.get(word)
    return known or next((concept for stem, concept in _STEMS if word.startswith(stem)), "x")
