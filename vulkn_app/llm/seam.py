"""Where one provider's sentence ends and another goes on: what the customer already read is not said again."""

from collections.abc import Iterator

# So many letters in a row are no accident where a model starts over, or clears its throat before it does.
_ENOUGH = 10
_PREFACE = 30
_ENDS = ".!?…\n"


class Seam:
    """Cuts from a continuation whatever repeats the end of `shown`, or starts it over.

    Letters are compared without case, spaces or punctuation: a second model words the same differently.
    What may still turn out to be a repetition is held back.
    """

    def __init__(self, shown: str) -> None:
        self._shown = _Letters(shown)
        self._held = ""
        self._open = bool(self._shown.row)

    def join(self, text: str) -> str:
        """What to show of the next piece; empty while that cannot be told."""
        if not self._open:
            return text
        self._held += text
        return "" if self._may_repeat(_Letters(self._held)) else self.close()

    def close(self) -> str:
        """What is left to show when the repetition is over, or no more comes."""
        held, self._held = self._held, ""
        if not self._open:
            return held
        self._open = False
        letters = _Letters(held)
        cut = max(self._cuts(letters), default=0)
        if not cut:
            return held
        rest, said = held[letters.at[cut - 1] + 1 :], self._shown.text[self._shown.at[-1] + 1 :]
        rest = rest.removeprefix(said.strip()) if said.strip() else rest
        return rest.lstrip() if said[-1:].isspace() else rest

    def _may_repeat(self, new: "_Letters") -> bool:
        """Whether it is too short to tell, or all of it, but for a preface, was shown and goes on there."""
        if len(new.row) < _PREFACE:
            return True
        return any(
            self._shown.row.startswith(new.row[start:], begin)
            for start in new.words
            if start <= _PREFACE
            for begin in self._shown.words
        )

    def _cuts(self, new: "_Letters") -> Iterator[int]:
        """How many letters to leave out, for every way in which it may repeat."""
        for start in new.words:
            if start > _PREFACE or any(letter.isdigit() for letter in new.row[:start]):
                return
            for begin in self._shown.words:
                same = _alike(self._shown.row[begin:], new.row[start:])
                to_the_end = begin + same == len(self._shown.row)
                if to_the_end and not start and self._joins(new, same):
                    yield same
                elif same >= _ENOUGH and to_the_end:
                    yield start + same
                elif same >= _ENOUGH and self._shown.begins_sentence(begin):
                    yield max(word for word in (*new.words, len(new.row)) if word <= start + same)

    def _joins(self, new: "_Letters", same: int) -> bool:
        """After a space a new word begins, which must match whole; without one it may go on with a word."""
        if not same:
            return False
        after = new.at[same - 1] + 1
        return not new.text[:1].isspace() or after >= len(new.text) or not new.text[after].isalnum()


class _Letters:
    """A text's letters and digits in lower case, where each stands, and which begin a word."""

    def __init__(self, text: str) -> None:
        found = [(letter, at) for at, letter in enumerate(text) if letter.isalnum()]
        self.text = text
        self.row = "".join(letter.lower()[:1] for letter, _ in found)
        self.at = [at for _, at in found]
        self.words = [n for n, at in enumerate(self.at) if not at or not text[at - 1].isalnum()]

    def begins_sentence(self, letter: int) -> bool:
        before = self.text[: self.at[letter]].rstrip(" ¿¡\"'*(-")
        return not before or before[-1] in _ENDS


def _alike(one: str, other: str) -> int:
    """How many letters they begin with together."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
