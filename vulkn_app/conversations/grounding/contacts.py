"""Links, e-mail addresses and telephone numbers: read before words, because they hold points and digits."""

import re

from vulkn_app.conversations.grounding.scan import Figure
from vulkn_app.conversations.grounding.spelled import spelled
from vulkn_app.conversations.grounding.words import CURRENCIES

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_ENDINGS = (
    "com|net|org|mx|io|app|co|es|ar|cl|pe|br|us|uk|ca|eu|uy|ec|bo|info|shop|store|online|site|me|ly|gl|link|page|dev|"
    "ai|example|test|tv|biz|edu|gob|gov|health|dental|clinic|salon|menu|lat|xyz|gg|cc|to"
)
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s<>()\[\]\"'*|]+|\b(?:[a-z0-9-]+\.)+(?:{_ENDINGS})\b(?:[/?:][^\s<>()\[\]\"'*|]*)?"
)
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?")
_PHONE = re.compile(r"(?<![\w$€£.,/:#-])\+?\(?[0-9](?:[0-9() \-]|\.(?=[0-9])){5,20}[0-9](?![\w%/]|:[0-9])")
_DATES = re.compile(r"^(?:\d{4}-\d\d?-\d\d?|\d\d?[-.]\d\d?[-.]\d{4}|(?:19|20)\d\d ?- ?(?:19|20)\d\d)(?!\d)")
_THOUSANDS = re.compile(r"^\d{1,3}(?:[. ]\d{3})+$")
_WORD_AFTER = re.compile(r"[^\S\n]*([^\W\d_]+|%)")
_CUE = re.compile(
    r"(?:tel|telefono|phone|whatsapp|cel|celular|llama|marca|call|text|numero)[^\w.!?\n]*(?:\w+[^\w.!?\n]+){0,2}$"
)


def contacts(text: str, folded: str) -> list[Figure]:
    """In the order of the text, none inside another."""
    found: list[Figure] = []
    if "@" in folded:
        found += [_figure("email", text, m, m.group().rstrip(".-")) for m in _EMAIL.finditer(folded)]
    if "." in folded:
        found += [
            link for m in _LINK.finditer(folded) if (link := _link(text, m)) and not _inside(link, found)
        ]
    for match in _PHONE.finditer(folded):
        digits = "".join(c for c in match.group() if c.isdigit())
        if _dials(match, digits, folded) and not any(f.start <= match.start() < f.end for f in found):
            found.append(_figure("phone", text, match, match.group())._replace(value=digits))
    found += (figure for figure in spelled(text, folded) if not _inside(figure, found))
    return sorted(found, key=lambda figure: figure.start)


def host(link: str) -> str:
    """Of a link's value."""
    return re.split(r"[/?:#]", link, maxsplit=1)[0]


def _figure(kind: str, text: str, match: re.Match[str], kept: str) -> Figure:
    start = match.start()
    return Figure(kind, text[start : start + len(kept)], start, start + len(kept), kept)  # pyright: ignore[reportArgumentType]


def _link(text: str, match: re.Match[str]) -> Figure | None:
    kept = match.group().rstrip(".,;:!?_-")
    value = _SCHEME.sub("", kept).split("#")[0].rstrip("/")
    if not value:
        return None
    return _figure("link", text, match, kept)._replace(value=value)


def _inside(figure: Figure, others: list[Figure]) -> bool:
    return any(other.start <= figure.start < other.end for other in others)


def _dials(match: re.Match[str], digits: str, folded: str) -> bool:
    """Whether digits are a telephone's and not a price's, a date's or a range's."""
    written = match.group()
    if len(digits) > 15 or _DATES.match(written):
        return False
    after = _WORD_AFTER.match(folded, match.end())
    if after and (after.group(1) in CURRENCIES or after.group(1) == "%"):
        return False
    if written[0] in "+(":
        return len(digits) >= 8
    if _THOUSANDS.match(written) and len(digits) < 10:
        return False
    groups = re.findall(r"\d+", written)
    if len(groups) > 1 and all(len(group) < 2 for group in groups):
        return False
    if len(digits) >= 8:
        return True
    return len(digits) == 7 and (
        "-" in written or bool(_CUE.search(folded, max(0, match.start() - 40), match.start()))
    )
