"""Which words may begin a figure, and how much must follow before it is known."""

from functools import lru_cache

from vulkn_app.conversations.grounding.claims import CLAIM_WORD
from vulkn_app.conversations.grounding.money import WAIVED
from vulkn_app.conversations.grounding.names import TITLES
from vulkn_app.conversations.grounding.promises import PROMISE_WORD, PROMISES
from vulkn_app.conversations.grounding.scan import DIGITS
from vulkn_app.conversations.grounding.times import NAMED_HOURS
from vulkn_app.conversations.grounding.words import (
    CURRENCY_CODES,
    CURRENCY_SIGNS,
    FREE_WORDS,
    MONTHS,
    NUMBERS,
    SCALES,
    STREETS,
    STREETS_NAMED,
    WEEKDAYS,
    WEEKDAYS_SHORT,
    word_set,
)

# Words and signs that must stand behind one of these until its figure is whole.
_NUMBER, _STREET = 6, 12
REACH: dict[str, int] = {
    **dict.fromkeys([*NUMBERS, *SCALES], _NUMBER),
    **dict.fromkeys([*CURRENCY_SIGNS, *CURRENCY_CODES], _NUMBER),
    **dict.fromkeys([*MONTHS, *WEEKDAYS, *WEEKDAYS_SHORT], 5),
    **dict.fromkeys([*STREETS, *STREETS_NAMED, "c", "cp", "zip"], _STREET),
    **dict.fromkeys(word_set("half media mitad hora hour couple par quarter cuarto"), 7),
    **dict.fromkeys(word_set("hoy manana pasado today tonight tomorrow"), 8),
    **dict.fromkeys([*FREE_WORDS, "sin", "s", "l", "todos", "fines", "every", "entre"], 3),
    **dict.fromkeys(WAIVED, 1),
    **dict.fromkeys(TITLES, 6),
    **dict.fromkeys(("punto", "dot", "arroba"), 6),
    **dict.fromkeys([*NAMED_HOURS, "daily", "diario", "weekdays", "weekends", "http", "https", "www"], 1),
}
# A phrase that is safe by what follows at once must not wait for six words: "una pregunta", "un momento".
_ONES = 3
REACH |= dict.fromkeys(("un", "una", "uno", "one"), _ONES)
_CLAIMS = word_set(
    "agend program reserv confirm apart registr anot separ quedo acabo cancel envi mand cambi movi proces realiz cobr "
    "recib reembols apliqu apunt puse anoto agendo reservo aparto pongo confirma tien cita reserva avis notifi appointment booking reservation booked scheduled rescheduled sent emailed mailed texted forwarded moved changed processed "
    "charged refunded issued applied received set reagend reprogram reenvi realic"
)
_CLAIMS |= PROMISES
_BEGINNINGS = frozenset(word[:n] for word in [*REACH, *_CLAIMS] for n in range(1, len(word) + 1))


@lru_cache(maxsize=20_000)
def reach(word: str) -> int:
    """Of a whole word; 0 when it begins nothing."""
    return _NUMBER if word[0] in DIGITS else REACH.get(word, 0)


@lru_cache(maxsize=20_000)
def claims(word: str) -> bool:
    return (CLAIM_WORD.fullmatch(word) or PROMISE_WORD.fullmatch(word)) is not None


@lru_cache(maxsize=20_000)
def unsure(word: str) -> bool:
    """Whether a word that is not at its end may become one that begins something."""
    if not word.isalpha():
        return word[0] in DIGITS or word in CURRENCY_SIGNS
    return word in _BEGINNINGS or any(word.startswith(claim) for claim in _CLAIMS)
