"""What a page's own styles hide: as much of CSS as people and their tools write, and as those know who hide words for
a machine to read. Style sheets elsewhere are not fetched."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] - compiled, without types

from vulkn_app.knowledge.sources import colours
from vulkn_app.knowledge.sources.colours import Colour

LONGEST = 400_000  # characters of all sheets
MOST_ANCESTORS = 200

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})[ \n\t]?|(.))", re.IGNORECASE)
# Conditions that hold on every screen; what is hidden on some only is shown to somebody.
_ALWAYS = re.compile(
    r"@(?:supports|layer)\b.*|@media\s+(?:only\s+)?(?:all|screen)", re.IGNORECASE | re.DOTALL
)
_COMPOUND = re.compile(r"([a-z][\w-]*|\*)?((?:[.#][\w-]+|\[[^\]]*\])*)", re.IGNORECASE)
_PART = re.compile(r"([.#])([\w-]+)|\[\s*([\w-]+)\s*(?:=\s*[\"']?([^\"'\]]*)[\"']?\s*)?\]")

_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"
_LENGTH = re.compile(rf"({_NUMBER})([a-z%]*)")
_TINY = {"": 0.0, "px": 2.0, "pt": 1.5, "em": 0.15, "rem": 0.15, "%": 15.0, "vw": 0.2, "vh": 0.2}
_FAR = 100  # pixels, or whatever unit
_AWAY = ("left", "top", "right", "text-indent", "margin-left")
_SIZES = ("height", "width", "max-height", "max-width")
_TRANSFORMED = re.compile(r"scale[xy]?\(\s*0*\.?0*\s*[,)]|translate(?:x|y|3d)?\([^)]*-?\d{4,}", re.IGNORECASE)
_CLIPPED = re.compile(
    r"rect\(\s*[01](?:px)?[\s,]|inset\(\s*(?:50|100)%|circle\(\s*0|polygon\(\s*(?:0(?:px|%)?[\s,]*)+\)",
    re.IGNORECASE,
)
_FADED = re.compile(r"opacity\(\s*(?:0*\.0\d*|0|[0-5]%)\s*\)", re.IGNORECASE)

Declared = dict[str, str]
_READ = {"display", "visibility", "content-visibility", "opacity", "font-size", "font", "overflow", "transform", "clip",
         "clip-path", "filter", "color", "background", "background-color", "background-image", *_AWAY, *_SIZES}  # fmt: skip


class _Compound(NamedTuple):
    tag: str
    parts: tuple[tuple[str, str, str | None], ...]  # ".", "#" or "[" with its name, and an attribute's value
    within: str  # how it hangs on the one before: " " or ">"

    def fits(self, element: etree._Element) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        classes = element.get("class", "").split()
        for kind, name, value in self.parts:
            there = element.get("id" if kind == "#" else name)
            if kind == "." and name not in classes:
                return False
            if kind == "#" and there != name:
                return False
            if kind == "[" and (there is None or value not in (None, there)):
                return False
        return True


class _Rule(NamedTuple):
    selector: tuple[_Compound, ...]
    weight: tuple[int, int]  # of the selector, and its place
    declared: Declared


class Styles:
    """All style sheets that stand in one page."""

    def __init__(self, root: etree._Element) -> None:
        self._rules: defaultdict[str, list[_Rule]] = defaultdict(list)
        left, place = LONGEST, 0
        for sheet in root.iter("style"):
            text, left = (sheet.text or "")[:left], max(0, left - len(sheet.text or ""))
            for selectors, body in _blocks(_plain(text)):
                declared = _declarations(body)
                for selector in map(_selector, selectors.split(",") if declared else ()):
                    if selector:
                        place += 1
                        weight = sum(10 * len(one.parts) + bool(one.tag) for one in selector)
                        self._rules[_key(selector[-1])].append(_Rule(selector, (weight, place), declared))
        linked = any("stylesheet" in (link.get("rel") or "").lower() for link in root.iter("link"))
        self.paper: Colour | None = None if linked else colours.WHITE

    def of(self, element: etree._Element) -> Declared:
        """What holds for the element itself, the stronger word over the weaker."""
        style = element.get("style")
        if not (style or self._rules):
            return {}
        keys = ("*", element.tag, *(f".{name}" for name in element.get("class", "").split()))
        known = [rule for key in (*keys, f"#{element.get('id')}") for rule in self._rules.get(key, ())]
        fitting = sorted(
            (rule for rule in known if _fits(rule.selector, element)), key=lambda rule: rule.weight
        )
        own = _declarations(_plain(style or ""))
        said: Declared = {}
        for declared in (*(rule.declared for rule in fitting), own):
            said |= {
                name: value
                for name, value in declared.items()
                if "!" not in said.get(name, "") or "!" in value
            }
        return {name: value.partition("!")[0].strip() for name, value in said.items()}


def unseen(declared: Declared) -> bool:
    """Whether nobody sees the element and what is in it."""
    said = declared.get
    clipped = said("overflow", "").startswith(("hidden", "clip"))
    return (
        said("display") == "none"
        or said("visibility") in ("hidden", "collapse")
        or said("content-visibility") == "hidden"
        or _number(said("opacity", "1")) <= 0.05
        or any(_number(said(side, "0")) <= -_FAR for side in _AWAY)
        or bool(_TRANSFORMED.search(said("transform", "")))
        or bool(_CLIPPED.search(said("clip", "")) or _CLIPPED.search(said("clip-path", "")))
        or bool(_FADED.search(said("filter", "")))
        or colours.of(said("color", "")) == colours.NONE
        or (clipped and any(_number(said(size, "9")) <= 1 for size in _SIZES))
    )  # fmt: skip


def paper(declared: Declared) -> tuple[bool, Colour | None]:
    """Whether the element has a ground of its own, and its colour if that is one colour."""
    if declared.get("background-image", "none") != "none":
        return True, None
    said = declared.get("background-color") or declared.get("background") or ""
    found = colours.within(said)
    return bool(said) and found != colours.NONE, found


def _plain(css: str) -> str:
    """Lower case, without comments and escapes."""
    bare = _COMMENT.sub("", css)
    return (_ESCAPE.sub(_unescaped, bare) if "\\" in bare else bare).strip()


def _unescaped(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else 0
    return found[2] or (chr(number) if 0 < number < 0x110000 else "")


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each rule that holds on every screen: its selectors and what it says."""
    at, within = 0, []
    for brace in re.finditer(r"[{}]", css):
        before, at = css[at : brace.start()], brace.end()
        if brace[0] == "{":
            within.append(before.rpartition(";")[2].strip())
        elif within:
            head = within.pop()
            if not head.startswith("@") and all(_ALWAYS.fullmatch(one) for one in within):
                yield head, before


def _declarations(body: str) -> Declared:
    pairs = (one.partition(":") for one in body.split(";"))
    said = {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
    return {name: value for name, value in said.items() if name in _READ and value}


def _selector(text: str) -> tuple[_Compound, ...] | None:
    """None for what depends on more than what stands there, such as `:hover`."""
    found: list[_Compound] = []
    within = " "
    for word in text.replace(">", " > ").split():
        if word == ">":
            within = ">"
            continue
        whole = _COMPOUND.fullmatch(word)
        if not whole or not word:
            return None
        parts = tuple((one[1] or "[", one[2] or one[3].lower(), one[4]) for one in _PART.finditer(whole[2]))
        if len(parts) != len(re.findall(r"[.#\[]", re.sub(r"\[[^\]]*\]", "[", whole[2]))):
            return None
        found.append(_Compound("" if whole[1] in (None, "*") else whole[1].lower(), parts, within))
        within = " "
    return tuple(found) or None


def _key(last: _Compound) -> str:
    """Under which a rule is looked for."""
    named = next((f"{kind}{name}" for kind, name, _ in last.parts if kind != "["), "")
    return named or last.tag or "*"


def _fits(selector: tuple[_Compound, ...], element: etree._Element) -> bool:
    if not selector[-1].fits(element):
        return False
    place, within = len(selector) - 2, selector[-1].within
    for above, _ in zip(element.iterancestors(), range(MOST_ANCESTORS), strict=False):
        if place < 0:
            break
        if selector[place].fits(above):
            place, within = place - 1, selector[place].within
        elif within == ">":
            return False
    return place < 0


def _number(said: str) -> float:
    """The first length of a value; large where there is none."""
    found = _LENGTH.match(said)
    return float(found[1]) if found else float("inf")


def tiny(declared: Declared, inherited: bool) -> bool:
    """Whether the element's own letters are too small to be read. Sizes in shares are of what is around it."""
    for word in (declared.get("font-size") or declared.get("font", "")).split():
        found = _LENGTH.match(word)
        if found and (found[2] or "/" in word or not float(found[1])):
            small = float(found[1]) <= _TINY.get(found[2], 0.0)
            return small or (inherited and found[2] in ("em", "%"))
    return inherited
