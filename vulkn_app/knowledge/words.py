"""How text becomes words that can be compared: folded, stemmed, sounded out, in Spanish and English alike."""

import re
import sys
import unicodedata
from functools import lru_cache

from vulkn_app.i18n import Language

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # what combines
_SOFT_C, _HARD_C = re.compile(r"c(?=[eiy])|z"), re.compile(r"qu(?=[ei])|ck|k|q")
_SAID_TWICE = re.compile(r"(.)\1+")
_LETTERS = str.maketrans({"h": "", "v": "b", "y": "i"})


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Carry no subject of their own: a question is not about them.
STOP_WORDS = _set(
    """
    a al algo ante asi aun aunque bien buen buena buenas bueno buenos cada como con cual cuales cualquier de del
    desde dia dias e el ella ellas ellos en entonces entre era eran es esa esas ese eso esos esta estaba estan
    estar este esto estos estoy fue fueron gracias ha haber habia han hasta hay he hola ir la las le les lo los
    mas me mi mis mismo muy nada ni no nos nosotros o os otra otras otro otros para pero por porque pues que
    quien quienes quiera se sea segun ser si sido siempre sin sobre solo son su sus tal tambien tan tanto te
    tenia ti toda todas todo todos tu tus un una unas uno unos usted ustedes va van y ya yo favor porfa pls plis ke xq pq tb tmb tmbn bn ps
    about am an and any are as at be been being but by can could did do does doing for from get got had has
    have having hello her hers hey hi him his how i if im in into is it its just let like made make may me might
    my no nor not of off on one or our out over please should so some such than thank thanks that the their them
    then there these they this those to too u up us was we were what whats which while who whom whose why will
    with would you your yours many during after before between through other more most same
    """
)

# Say how something is asked rather than what about: they count, but little.
SOFT_WORDS = _set(
    """
    acerca ayuda ayudar cuando cuanta cuantas cuanto cuantos dar dame decir deme dice dicen dime donde
    gustaria hace hacen hacer haces informacion info mandar necesita necesitamos necesito necesitas ocupo
    pasa preguntar sale salen pueda puede pueden puedes puedo podria podrian quiere quieren quieres quiero quisiera
    saber sabe sucede tener tengo tiene tienen tienes tenemos ofrecen manejan consultar consulta duda pregunta
    ask come find give go help information know long look see show take think
    anything everything something someone really need needs tell want wants when where much happens offer question
    sell use used using work works type kind tipo tipos people thing things way cosa cosas forma
    """
)


def fold(text: str) -> str:
    """Lower case, no accents; `ñ` becomes `n`, because that is how people type it in a hurry."""
    if text.isascii():
        return text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def words(text: str) -> list[str]:
    """The folded words of `text`, in order."""
    return _WORD.findall(fold(text))


def telling_words(text: str) -> list[str]:
    """The words that say what `text` is about; a lone letter is `q` for `que`, or a list's mark."""
    return [word for word in words(text) if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Without plural and gender; crude on purpose, what it misses the sounds catch. One object for all that say it."""
    if len(word) < 4 or word[0].isdigit():
        return sys.intern(word)
    if word.endswith("es") and len(word) > 5 and word[-3] in "nrldzj":
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 4 and word[-1] in "aeo":
        word = word[:-1]
    return sys.intern(word)


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Spelled as it is heard, so that `orario` is `horario` and `photo` is `foto`."""
    word = word.replace("ph", "f").replace("th", "t").replace("cion", "sion").replace("tion", "sion")
    word = _HARD_C.sub("c", _SOFT_C.sub("s", word))
    word = word.replace("ch", "x").replace("ll", "y").translate(_LETTERS)
    return _SAID_TWICE.sub(r"\1", word)


def grams(word: str) -> frozenset[str]:
    """How `word` sounds in runs of three and four letters, its beginning and end marked."""
    heard = f"^{sound(word)}$"
    runs = [heard[start : start + length] for length in (3, 4) for start in range(len(heard) - length + 1)]
    return frozenset((heard[:2], heard[-2:], *runs))


def likeness(one: str, other: str) -> float:
    """1 less the share of letters to change (Levenshtein) to make one word sound as the other."""
    first, second = sound(one), sound(other)
    return 1 - _edits(first, second) / max(len(first), len(second), 1)


def _edits(first: str, second: str) -> int:
    """Levenshtein's distance, a column of its table at a time: the bits of `up` and `down` say where the column
    rises and falls by one from letter to letter of `first` (Myers 1999, as in Hyyrö 2003)."""
    if not first:
        return len(second)
    where: dict[str, int] = {}
    for place, letter in enumerate(first):
        where[letter] = where.get(letter, 0) | 1 << place
    last, everywhere = 1 << len(first) - 1, (1 << len(first)) - 1
    up, down, edits = everywhere, 0, len(first)
    for letter in second:
        same = where.get(letter, 0) | down
        diagonal = ((same & up) + up ^ up) | same
        right_up, right_down = down | ~(diagonal | up), up & diagonal
        edits += bool(right_up & last) - bool(right_down & last)
        right_up, right_down = right_up << 1 | 1, right_down << 1
        up, down = (right_down | ~(diagonal | right_up)) & everywhere, right_up & diagonal & everywhere
    return edits


def guess_language(text: str) -> Language:
    """Spanish or English by their little words; good for a paragraph, Spanish when there is nothing to go by."""
    found = words(text[:2000])
    spanish = sum(word in _SPANISH for word in found) + 2 * sum(letter in "ñ¿¡" for letter in text[:2000])
    return "en" if sum(word in _ENGLISH for word in found) > spanish else "es"


_SPANISH = _set("el la los las de del que y en un una por con para se su es al lo como o mas si sus")
_ENGLISH = _set("the of and to in is for on with that are at by from you your we our or it be an can")
