"""Numbers as people write them: "1,500.00", "1.500", "2 mil", "mil doscientos cincuenta", "twelve hundred"."""

from typing import NamedTuple

from vulkn_app.conversations.grounding.words import NUMBERS, SCALES


class Number(NamedTuple):
    """`after` is the token behind it."""

    value: float
    after: int
    spoken: bool


def number(words: list[str], at: int) -> Number | None:
    """The number that begins at a token; None for clock times, fractions and words that are none."""
    word = words[at]
    if word[0] not in "0123456789":
        return _spoken(words, at)
    if ":" in word or "/" in word:
        return None
    value, after = amount(word), at + 1
    scale = SCALES.get(words[after], 0) if after < len(words) else 0
    if scale < 1000:
        return Number(value, after, False)
    value, after = value * scale, after + 1
    if scale == 1000 and after < len(words) and words[after].isdigit() and len(words[after]) == 3:
        value, after = value + int(words[after]), after + 1
    return Number(value, after, False)


def amount(written: str) -> float:
    """Either of comma and point may be the thousands' mark; what stands before three digits is one."""
    whole = written.replace("'", "")
    commas, points = whole.count(","), whole.count(".")
    if commas and points:
        decimal = "," if whole.rfind(",") > whole.rfind(".") else "."
        return float(whole.replace("." if decimal == "," else ",", "").replace(decimal, "."))
    if not commas and not points:
        return int(whole)
    mark = "," if commas else "."
    head, *groups = whole.split(mark)
    if len(groups) > 1 or (len(groups[0]) == 3 and head != "0" and len(head) <= 3):
        return int(head + "".join(groups))
    return float(f"{head}.{groups[0]}")


def shown(value: float) -> str:
    """One spelling for equal numbers."""
    return str(int(value)) if value == int(value) else f"{value:.3f}".rstrip("0")


def _spoken(words: list[str], at: int) -> Number | None:
    total, group, last, after = 0, 0, 0, at
    while after < len(words):
        word = words[after]
        value, scale = NUMBERS.get(word), SCALES.get(word)
        if value is not None and _fits(value, last):
            group, last = group + value, value or 1000
        elif scale == 100 and 0 < group < 100:
            group, last = group * 100, 100
        elif scale and scale > 100 and (total == 0 or (scale > total and not group)):
            total, group, last = (total + group or 1) * scale, 0, 1000
        elif scale == 1000 and total >= 1_000_000:
            total, group, last = total + (group or 1) * 1000, 0, 1000
        elif not _joins(words, after, last):
            break
        after += 1
    if after == at:
        return None
    if words[after - 1] == "mil" and after < len(words) and len(words[after]) == 3 and words[after].isdigit():
        return Number(total + int(words[after]), after + 1, True)
    return Number(total + group, after, True)


def _fits(value: int, last: int) -> bool:
    """Whether a word continues a number whose last part is `last`: hundreds, then tens, then ones."""
    if last in (0, 1000):
        return True
    if last >= 100:
        return value < 100
    return value < 10 and last >= 20 and last % 10 == 0


def _joins(words: list[str], at: int, last: int) -> bool:
    """ "treinta y cinco", "one hundred and five", "twenty-five"."""
    if not last or at + 1 >= len(words):
        return False
    value = NUMBERS.get(words[at + 1], 0)
    if words[at] == "and":
        return value > 0 and 100 <= last <= 1000
    return words[at] in ("y", "-") and 0 < value < 10 and 20 <= last < 100 and last % 10 == 0
