"""Spanish or English: what a customer writes, and therefore what the answer is written in.

Every word votes: the small words of each language surely, other words by what lingua makes of their letters.
A text that says little about its language keeps the conversation's.
"""

import re
import unicodedata
from functools import cache, lru_cache

from lingua import Language as Known
from lingua import LanguageDetector, LanguageDetectorBuilder

from vulkn_app.llm.asks import Language

_NOT_WORDS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|\S+\.(?:com|net|org|mx|io|app)\b\S*|[@#]\w+|\w*\d\w*")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ELONGATED = re.compile(r"(.)\1{2,}")

# A small word's vote against a guess from letters, which is between -1 and 1.
_SURE = 1.0
# Below this many votes a text of one or two words, or a tie, says nothing.
_CLEAR = 0.35
_TIE = 0.15

_SPANISH = frozenset(
    """a al algo alguien algun alguna algunos ando antes aqui asi aun aunque bien bueno buena buenas buenos cada casi
    como con contra cual cuales cuando cuanta cuanto cuantos cuesta de del desde donde dos el ella ellos en entonces
    entre era eran eres es esa ese eso esos esta estaba estan estar estas este esto estos estoy fue gracias gusta
    gustaria haber habia hace hacer hacia hasta hay hola hoy igual ir jaja jajaja la las le les lo los luego manana
    mas mejor menos mi mientras mis mismo mucha mucho muchos muy nada nadie necesito ni ningun ninguno nos nosotros
    nuestro o os otra otro para pero poco por porfa porfavor porque pues puede pueden puedo que quien quiero quisiera
    saber se sea ser si siempre sido sobre solo somos soy su sus tal tambien tampoco tan tanto te tenemos tengo ti
    tiene tienen tienes toda todas todavia todo todos tres tu tus un una uno unos usted ustedes va vamos vas veces ver
    voy y ya yo""".split()  # noqa: SIM905
)
_ENGLISH = frozenset(
    """about after all also always am an and any anyone are aren't as at away be because been before being but by
    can can't could cuz did didn't do does doesn't doing don't dont down each every for from get getting go going
    gonna good got had hasn't have haven't having hello her here hers hi him his how i i'd i'll i'm i've if im in
    into is isn't it it's its just know let's like lol make many maybe more most much must my need never not now
    of off ok'd on one only or our out over please really right say she should so some someone something still such
    than thank thanks that that's the their them then there these they thing think this those though to today too
    tomorrow two under until up us very want was wasn't we well were what what's when where which while who whose
    why will with won't would wouldn't yeah yes yet you you're your yours""".split()  # noqa: SIM905
)
# Words of both, or of neither.
_SILENT = frozenset("no a me he has son come sin van once dice pan red sea ok okay hey oh ah eh ha haha wow".split())  # noqa: SIM905


def detect(text: str, *, previous: Language | None, default: Language = "es") -> Language:
    """The language to answer in; `previous` is the conversation's so far."""
    words = _WORDS.findall(_NOT_WORDS.sub(" ", text.lower()))
    votes = [_vote(_bare(word)) for word in words]
    balance = sum(votes) + (_SURE if set("ñ¿¡") & set(text.lower()) else 0.0)
    if abs(balance) < (_CLEAR if len(words) <= 2 else _TIE):
        return previous or (default if abs(balance) < 0.01 else _of(balance))
    return _of(balance)


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
    if (spanish := word in _SPANISH) or word in _ENGLISH:
        return _SURE if spanish else -_SURE
    return _guess(word)


def _guess(word: str) -> float:
    return 2 * _detector().compute_language_confidence(word, Known.SPANISH) - 1


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(Known.SPANISH, Known.ENGLISH).build()


def _bare(word: str) -> str:
    """Without accents (but ñ stays) and with drawn-out letters shortened: "holaaaa", "graciass"."""
    word = _ELONGATED.sub(r"\1", word.replace("’", "'"))
    decomposed = unicodedata.normalize("NFD", word.replace("ñ", "\0"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("\0", "ñ")
