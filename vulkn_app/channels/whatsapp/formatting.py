"""Markdown, as models and owners write it, in WhatsApp's own few signs; and long texts in several messages.

WhatsApp knows *bold*, _italics_, ~strike~, ```code```, quotes and lists, and has no links with a text: such a link
becomes its text and its address. Figures, addresses and code are taken out before anything is replaced and put back
as they were."""

import re
import unicodedata
from collections.abc import Callable, Iterator

LONGEST = 4096  # UTF-16 units of one text message (Meta counts characters; so none is ever too long)

_KEEP = "\ue000{}\ue001"
_KEPT = re.compile("\ue000(\\d+)\ue001")
_OURS = re.compile("[\ue000\ue001]")
_FENCE = re.compile(r"^[ \t]*```[^\n`]*\n(.*?)(?:\n[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(`+)([^`\n](?:[^\n]*?[^`\n])?)\1(?!`)")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(<?((?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:[ \t]+[\"'][^\"'\n]*[\"'])?\)")
_ADDRESS = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>|(https?://[^\s<>]*[^\s<>*~.,;:!?)\]}\"'»”])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~>|])")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[*+][ \t]+(?=\S)", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\|?[ \t:|-]*-[ \t:|-]*\|?[ \t]*$")
# What stands around a sign of emphasis: 3*4*5 and un_nombre_de_archivo have none.
_BEFORE, _AFTER = r"(?<![\w*_~])", r"(?![\w*_~])"
_BOLD_ITALIC = re.compile(_BEFORE + r"(\*\*\*|___)(?=\S)(.+?)(?<=\S)\1" + _AFTER)
_BOLD = re.compile(_BEFORE + r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1" + _AFTER)
_ITALIC = re.compile(_BEFORE + r"\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*" + _AFTER)
_STRIKE = re.compile(_BEFORE + r"~~(?=\S)(.+?)(?<=\S)~~" + _AFTER)
_B, _I = "\ue002", "\ue003"  # stand for * and _ until every rule has been applied


def whatsapp(text: str) -> str:
    """The text as WhatsApp shows it."""
    kept: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return _KEEP.format(len(kept) - 1)

    text = re.sub("[\ue000-\ue003]", "", text.replace("\r\n", "\n"))
    text = _FENCE.sub(lambda found: keep(f"```{found[1]}```" if found[1].strip() else ""), text)
    text = _CODE.sub(lambda found: keep(f"```{found[2].strip()}```"), text)
    text = _LINK.sub(lambda found: _linked(found[1].strip(), found[2], keep), text)
    text = _ADDRESS.sub(lambda found: keep((found[1] or found[2]).removeprefix("mailto:")), text)
    text = _ESCAPED.sub(lambda found: keep(found[1]), text)
    text = _RULE.sub("", _tables(text))
    text = _BULLET.sub(r"\1- ", text)
    text = _HEADING.sub(lambda found: f"{_B}{_bare(found[1])}{_B}", text)
    text = _emphasis(text).replace(_B, "*").replace(_I, "_")
    while _KEPT.search(text):
        text = _KEPT.sub(lambda found: kept[int(found[1])], text)
    return re.sub(r"\n{3,}", "\n\n", _OURS.sub("", text)).strip()


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, most: int = LONGEST) -> list[str]:
    """Pieces of at most `most`, cut between paragraphs, else lines, sentences, words, letters as people see them."""
    return _packed(text.strip(), most, 0) if text.strip() else []


def cut(text: str, most: int) -> str:
    """The beginning, with an ellipsis where something was left out."""
    if length(text) <= most:
        return text
    kept = ""
    for letter in _letters(text):
        if length(kept + letter) > most - 1:
            break
        kept += letter
    return kept.rstrip() + "…"


def _linked(words: str, address: str, keep: Callable[[str], str]) -> str:
    """Its text, then where it leads; once where both are the same."""
    plain = address.removeprefix("mailto:").removeprefix("tel:")
    bare = plain.removeprefix("https://").removeprefix("http://").rstrip("/")
    if not words or words.rstrip("/") in (plain.rstrip("/"), bare):
        return keep(plain)
    return f"{words}: {keep(plain)}"


def _bare(heading: str) -> str:
    return re.sub(r"\*\*|__", "", heading)


def _emphasis(text: str) -> str:
    for pattern, group, opens, closes in (
        (_BOLD_ITALIC, 2, _B + _I, _I + _B),
        (_BOLD, 2, _B, _B),
        (_ITALIC, 1, _I, _I),
        (_STRIKE, 1, "~", "~"),
    ):
        text = _marking(text, pattern, group, opens, closes)
    return text


def _marking(text: str, pattern: re.Pattern[str], group: int, opens: str, closes: str) -> str:
    return pattern.sub(lambda found: _marked(found[group], opens, closes), text)


def _marked(words: str, opens: str, closes: str) -> str:
    """A sign right behind an address would become a part of it."""
    return words if words.endswith("\ue001") or words.startswith("\ue000") else f"{opens}{words}{closes}"


def _tables(text: str) -> str:
    """Each row a line: "Corte: $250", or with the names of its columns where there are more than two."""
    lines, done = text.split("\n"), []
    while lines:
        line = lines.pop(0)
        if "|" not in line or not lines or "|" not in lines[0] or not _TABLE.match(lines[0]):
            done.append(line)
            continue
        names = _cells(line)
        lines.pop(0)
        while lines and "|" in lines[0] and lines[0].strip():
            done.append(_row(names, _cells(lines.pop(0))))
    return "\n".join(done)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _row(names: list[str], cells: list[str]) -> str:
    first, rest = cells[0], cells[1:]
    if len(names) <= 2:
        return "- " + ": ".join(cell for cell in (first, *rest) if cell)
    told = [
        f"{name}: {cell}" if name else cell
        for name, cell in zip(names[1:] + [""] * len(rest), rest, strict=False)
        if cell
    ]
    return "- " + " · ".join(part for part in (first, *told) if part)


# ---- several messages -----------------------------------------------------------------------------------------

_CUTS = (
    re.compile(r"(?<=\n\n)"),
    re.compile(r"(?<=\n)"),
    re.compile(r"(?<=[.!?…] )|(?<=[.!?…][)\"»”] )"),
    re.compile(r"(?<=\s)"),
)


def _packed(text: str, most: int, level: int) -> list[str]:
    """Greedy: as much as fits into each piece, cut at this level, and finer where one part alone is too long."""
    if length(text) <= most:
        return [text]
    parts = _CUTS[level].split(text) if level < len(_CUTS) else list(_letters(text))
    pieces, held = [], ""
    for part in parts:
        if length((held + part).rstrip()) <= most:
            held += part
            continue
        if held.strip():
            pieces.append(held.strip())
        held = part
        if length(part.rstrip()) > most:
            *whole, held = _packed(part.strip(), most, level + 1) if level < len(_CUTS) else [part]
            pieces += whole
            held += part[len(part.rstrip()) :]
    return [*pieces, held.strip()] if held.strip() else pieces


def _letters(text: str) -> Iterator[str]:
    """Letters as people see them: accents, skin tones, joined and flag emoji stay whole (the rules of UAX #29 that
    our customers' languages and emoji need)."""
    held, flags = "", 0
    for sign in text:
        flag = "\U0001f1e6" <= sign <= "\U0001f1ff"
        if held and (_clings(sign) or held[-1] == "\u200d" or (flag and flags % 2)):
            held += sign
        else:
            if held:
                yield held
            held, flags = sign, 0
        flags = flags + 1 if flag else 0
    if held:
        yield held


def _clings(sign: str) -> bool:
    return (
        unicodedata.combining(sign) > 0
        or unicodedata.category(sign) in ("Mn", "Me", "Mc")
        or sign in "\u200d\ufe0e\ufe0f\u20e3"
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
        or "\U000e0020" <= sign <= "\U000e007f"
    )
