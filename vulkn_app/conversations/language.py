"""Spanish or English: what a customer writes, and therefore what the answer is written in.

Every word votes: those known to be of one language surely, others by what lingua makes of their letters.
A text that says little about its language keeps the conversation's.
"""

import re
import unicodedata
from functools import cache, lru_cache

from lingua import Language as Known
from lingua import LanguageDetector, LanguageDetectorBuilder

from vulkn_app.knowledge.lexicon import CONCEPTS
from vulkn_app.llm.asks import Language

# Addresses, links, mentions and numbers belong to no language.
_NOT_WORDS = re.compile(r"[@#\d]|//|^www\.|\.(?:com|net|org|mx|io|app)$")
_LONGEST = 40
_APOSTROPHES = re.compile("['\u2019]")
_WORDS = re.compile("[a-z\u00df-\u024f]+")
_ELONGATED = re.compile(r"(.)\1{2,}")

# A small word's vote; a guess from letters, between -1 and 1, is stretched to count as much when it is plain.
_SURE = 1.0
_ALMOST = 0.99
_STRETCH = 1.5
_MARKS = set("ñ¿¡")
# A balance smaller than this is none.
_TIE = 0.15


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPANISH = _word_set(
    """a al algo alguien algun alguna algunos ando antes aqui asi aun aunque bien bueno buena buenas buenos cada casi
    como con contra cual cuales cuando cuanta cuanto cuantos cuesta de del desde donde dos el ella ellos en entonces
    entre era eran eres es esa ese eso esos esta estaba estan estar estas este esto estos estoy fue gracias gusta
    gustaria haber habia hace hacer hacia hasta hay hola hoy igual ir jaja jajaja la las le les lo los luego manana
    mas mejor menos mi mientras mis mismo mucha mucho muchos muy nada nadie necesito ni ningun ninguno nos nosotros
    nuestro o os otra otro para pero poco por porfa porfavor porque pues puede pueden puedo que quien quiero quisiera
    saber se sea ser si siempre sido sobre solo somos soy su sus tal tambien tampoco tan tanto te tenemos tengo ti
    tiene tienen tienes toda todas todavia todo todos tres tu tus un una uno unos usted ustedes va vamos vas veces ver
    voy y ya yo
    bn k ke kiero pa porq pq q tmb toy x xfa xq"""
)
_ENGLISH = _word_set(
    """about after all also always am an and any anyone are arent as at away be because been before being but by
    can cant could cuz did didnt do does doesnt doing dont down each every for from get getting go going
    gonna good got had hasnt have havent having hello her here hers hi him his how i id ill im ive if im in
    into is isnt it its just know lets like lol make many maybe more most much must my need never not now
    of off okd on one only or our out over please really right say she should so some someone something still such
    than thank thanks that thats the their them then there these they thing think this those though to today too
    tomorrow two under until up us very want was wasnt we well were what whats when where which while who whose
    why will with wont would wouldnt yeah yes yet you youre your yours
    hes idk lol nt pls plz shes thats u wanna"""
)
# Words of both, or of neither.
_SILENT = _word_set("no a me he has son come sin van once dice pan red sea ok okay hey oh ah eh ha haha wow")


def detect(text: str, *, previous: Language | None, default: Language = "es") -> Language:
    """The language to answer in; `previous` is the conversation's so far."""
    plain = " ".join(t for t in text.lower().split() if len(t) <= _LONGEST and not _NOT_WORDS.search(t))
    plain = _APOSTROPHES.sub("", plain)
    votes = [_vote(_bare(word)) for word in _WORDS.findall(plain)]
    if _MARKS & set(plain):
        votes.append(_SURE)
    balance = sum(votes)
    # One or two words that nobody knows for sure are as likely a name.
    vague = len(votes) <= 2 and _SURE not in map(abs, votes)
    if previous and (vague or abs(balance) < _TIE):
        return previous
    return _of(balance) if balance else default


def _of(balance: float) -> Language:
    return "es" if balance > 0 else "en"


def warm() -> None:
    """Loads the language models; takes a second, so start-up does it in a thread."""
    _guess("bienvenido")


@lru_cache(maxsize=50_000)
def _vote(word: str) -> float:
    """Above zero for Spanish, below for English."""
    if word in _SILENT:
        return 0.0
    spanish, english = _vocabulary()
    if word in spanish:
        return _SURE
    if word in english:
        return -_SURE
    return max(-_ALMOST, min(_ALMOST, _STRETCH * _guess(word)))


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """The small words, and the business words that only one of the two languages has."""
    halves = [line.partition("|")[::2] for line in CONCEPTS.strip().splitlines()]
    spanish = {word for half, _ in halves for word in half.split()}
    english = {word for _, half in halves for word in half.split()}
    both = (spanish & english) | _SILENT
    return _SPANISH | (spanish - both - _ENGLISH), _ENGLISH | (english - both - _SPANISH)


def _guess(word: str) -> float:
    return 2 * _detector().compute_language_confidence(word, Known.SPANISH) - 1


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(Known.SPANISH, Known.ENGLISH).build()


def _bare(word: str) -> str:
    """Without accents (but ñ stays) and with drawn-out letters shortened: "holaaaa", "graciass"."""
    word = _ELONGATED.sub(r"\1", word)
    decomposed = unicodedata.normalize("NFD", word.replace("ñ", "\0"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("\0", "ñ")
