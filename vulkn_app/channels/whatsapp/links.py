"""The one link of an answer, where a button can stand for it: it has words of its own, or it ends its line."""

import re
from dataclasses import dataclass

_NAMED = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\(<?(https://[^\s()<>]+)>?\)")
_BARE = re.compile(r"<?(https://[^\s<>]*[^\s<>*~.,;:!?)\]}\"'»”])>?")
_REST = re.compile(r"[.!)»”\s]*")


@dataclass(frozen=True)
class Link:
    """`text`: the answer without its address; `label`: the link's own words, if it has any."""

    text: str
    label: str
    address: str


def only(text: str) -> Link | None:
    """None: there is none, there are several, or the sentence goes on behind it."""
    if len(_BARE.findall(text)) != 1 or "```" in text:
        return None
    if named := _NAMED.search(text):
        return Link(text[: named.start()] + named[1] + text[named.end() :], named[1].strip(), named[2])
    found = _BARE.search(text)
    assert found
    before, (after, *lines) = text[: found.start()], text[found.end() :].split("\n")
    if not _REST.fullmatch(after):
        return None
    left = "\n".join(line for line in (before.rstrip(" (\n"), *lines) if line or lines).strip()
    return Link(left, "", found[1]) if re.search(r"\w", left) else None
