"""What people type, made safe to store and compare."""

import re
import unicodedata
from typing import Annotated

from pydantic import BeforeValidator

from vulkn_app.errors import BadInput

# C0 and C1 controls but tab and newline, and the byte order mark. Joiners and text direction stay: emoji
# and right-to-left languages need them.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_NEWLINE = re.compile("\r\n?|\u2028|\u2029|\x85")


def clean(text: str) -> str:
    """NFC, newlines as `\\n`, no control characters, no space around; nothing where there is nothing to see. BadInput
    for half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise BadInput from problem
    kept = unicodedata.normalize("NFC", _UNSEEN.sub("", _NEWLINE.sub("\n", text))).strip()
    return kept if any(map(_seen, kept)) else ""


def _seen(sign: str) -> bool:
    """Not a joiner, a direction, a soft hyphen, a space or the choice of a sign's look."""
    return not (unicodedata.category(sign) in ("Cf", "Zs", "Cc") or "\ufe00" <= sign <= "\ufe0f")


def one_line(text: str) -> str:
    """`clean`, with every run of white space a single space: names, titles."""
    return " ".join(clean(text).split())


def legible(text: str) -> str:
    """`one_line` of whatever it is: half characters are left out instead of refused."""
    return one_line(text.encode("utf-8", "ignore").decode())


def _text(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _line(value: object) -> object:
    return one_line(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text)]
Line = Annotated[str, BeforeValidator(_line)]
