"""Contacts told without their signs: "mitienda punto com", "cincuenta y cinco doce…"; and names on networks."""

import re

from vulkn_app.conversations.grounding.scan import Figure, Kind
from vulkn_app.conversations.grounding.words import NUMBERS, word_set

_POINT = r"\s+(?:punto|dot)\s+"
_HOST = rf"[a-z0-9-]+(?:{_POINT}[a-z0-9-]+)*?{_POINT}(?:com|net|org|mx|io|app|co)(?:{_POINT}[a-z]{{2}})?(?![a-z0-9])"
_EMAIL = re.compile(rf"\b([a-z0-9._-]+)\s+arroba\s+({_HOST}|[a-z0-9-]+(?:\.[a-z]+)+)")
_LINK = re.compile(rf"\b{_HOST}")
_HANDLE = re.compile(r"(?<![\w.@/])@[a-z_][\w.]*\w")
# Of a telephone number said digit by digit or in twos.
_SINGLES = frozenset(word for word, value in NUMBERS.items() if value < 100)
DICTATED = _SINGLES | word_set("y , - .")
_SAID = "|".join(sorted(_SINGLES, key=len, reverse=True))
_PHONE = re.compile(rf"\b(?:{_SAID})\b(?:[\s,.-]+(?:y\s+)?(?:{_SAID})\b){{3,}}")
_DIGITS = range(7, 16)


def spelled(text: str, folded: str) -> list[Figure]:
    """In the order of their kinds; a link inside an address comes after it."""
    found: list[Figure] = []
    if "punto" in folded or "dot" in folded or "arroba" in folded:
        found += [
            _figure("email", text, m, f"{_joined(m[1])}@{_joined(m[2])}") for m in _EMAIL.finditer(folded)
        ]
        found += [
            _figure("link", text, m, _joined(m[0])) for m in _LINK.finditer(folded) if not _taken(m, found)
        ]
    if "@" in folded:
        found += [_figure("link", text, m, m[0]) for m in _HANDLE.finditer(folded)]
    for match in _PHONE.finditer(folded):
        digits = _dialled(match[0])
        if len(digits) in _DIGITS:
            found.append(_figure("phone", text, match, digits))
    return found


def _joined(words: str) -> str:
    return re.sub(_POINT, ".", words)


def _dialled(words: str) -> str:
    """ "treinta y cuatro" is 34, "treinta cuatro" is 304 to nobody: 34 as well."""
    digits = ""
    tens = False
    for word in re.findall(r"[a-z]+", words):
        if word == "y":
            continue
        value = NUMBERS[word]
        if tens and 0 < value < 10:
            digits = digits[:-1] + str(value)
        else:
            digits += str(value)
        tens = 20 <= value < 100 and value % 10 == 0
    return digits


def _taken(match: re.Match[str], found: list[Figure]) -> bool:
    return any(figure.start <= match.start() < figure.end for figure in found)


def _figure(kind: Kind, text: str, match: re.Match[str], value: str) -> Figure:
    return Figure(kind, text[match.start() : match.end()], match.start(), match.end(), value)
