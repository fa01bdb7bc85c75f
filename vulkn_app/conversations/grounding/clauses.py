"""Which sentence and clause a figure stands in, and whether it is asked, denied, repeated or promised there."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from vulkn_app.conversations.grounding.words import ABBREVIATIONS, fold

_SENTENCE_END = re.compile(r"[.!?…]+[\s\"”»)*_]+|\n")
_CLAUSE_END = re.compile(r",\s|[;:]\s|\b(?:pero|sino|aunque|but|however|although)\b|\s-\s")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_PAUSE = re.compile(r"[,;:]\s+")
NO_DENIAL = re.compile(
    r"\b(?:no solo|not only|no (?:hay )?problem\w*|sin problema|no te preocupes|no se preocupe|no worries|sin duda|"
    r"no doubt|por que no|why not|no dudes|no se diga|nada mas|no mas)\b"
)
_DENIED = re.compile(
    r"\b(?:no|ni|nunca|jamas|tampoco|sin|imposible|lamentablemente|ningun\w*|not|never|cannot|nor|neither|without|"
    r"unable|unfortunately|impossible)\b(?!\s*,)|n't\b"
)
_REPEATED = re.compile(
    r"\b(?:menciona\w*|dices|dijiste|pediste|pides|solicita\w*|comentas|propones|presupuesto|preguntar\w*|"
    r"consultar\w*|pregunta|consulta sobre|confirmar con|revisar con|paso tu|le paso|anot\w+|entiendo que|buscas|"
    r"mention\w*|you (?:said|asked|want|offered)|requested|your (?:budget|request|question)|check with|"
    r"pass (?:it|that|this|your)|ask (?:the|our)|looking for|noted|note down)\b"
)
_PROMISED = re.compile(
    r"\b(?:abrimos|abren?|abiert[oa]s?|cerramos|cerrad[oa]s?|atendemos|atienden?|disponib\w+|tenemos|contamos con|"
    r"hay|garant\w+|ubicad[oa]s?|ubicamos|nuestr[oa]s?|horarios?|entregamos|estamos (?:en|abiert\w+|ubicad\w+)|"
    r"(?:tu|su) (?:cita|reserva\w*|turno) (?:es|sera|seria|queda)|(?:te|le|los|las|les) (?:espero|esperamos|veo|vemos|atiendo|atendemos|recibo|recibimos)|"
    r"your (?:appointment|booking|reservation|table) (?:is|will be)|see you|expect you|fit you in|"
    r"open|opens|closed?|closes|available|availability|we have|our|located|hours are|deliver\w*|warranty|guarantee\w*|"
    r"we(?:'re| are) (?:open|at|on|in|closed|located))\b"
)


class Sentence(NamedTuple):
    """`text` is folded; the figure stands at `start`:`end` of it."""

    text: str
    start: int
    end: int
    ended: bool


def sentence_of(text: str, start: int, end: int) -> Sentence:
    """The sentence around a figure; `ended`: its end is there to be read."""
    begin = sentence_start(text, start)
    stop = sentence_end(text, end)
    return Sentence(fold(text[begin : stop or len(text)]), start - begin, end - begin, stop > 0)


def sentence_start(text: str, before: int, begin: int = 0) -> int:
    """Where the sentence begins that stands open at a place."""
    return max(_ends(text, begin, before), default=begin)


def sentence_end(text: str, begin: int) -> int:
    """Where the first sentence ends behind a place; 0 when it does not yet."""
    return next(_ends(text, begin, len(text)), 0)


def sentences(text: str) -> list[str]:
    """With their end marks."""
    ends = list(_ends(text, 0, len(text)))
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True) if a < b]


def last_pause(text: str, begin: int, stop: int) -> int:
    """The end of the last sentence or clause in a piece of text; its beginning when there is none."""
    return max(
        sentence_start(text, stop, begin), *(m.end() for m in _PAUSE.finditer(text, begin, stop)), begin
    )


def asked(sentence: Sentence) -> bool:
    """A question: a question mark around the figure, or a Spanish one before it."""
    opened = sentence.text.rfind("¿", 0, sentence.start)
    closed = sentence.text.find("?", sentence.end)
    return closed >= 0 or (opened >= 0 and "?" not in sentence.text[opened : sentence.start])


def denied(sentence: Sentence) -> bool:
    """By the words around the figure: "sin costo" denies nothing by itself."""
    begin, stop = _clause(sentence)
    around = f"{sentence.text[begin : sentence.start]} {sentence.text[sentence.end : stop]}"
    return bool(_DENIED.search(NO_DENIAL.sub(" ", around)))


def repeated(sentence: Sentence) -> bool:
    """Said of what the customer said: "mencionas un presupuesto de $500"."""
    return bool(_REPEATED.search(sentence.text))


def promised(sentence: Sentence) -> bool:
    return bool(_PROMISED.search(sentence.text))


def _ends(text: str, begin: int, stop: int) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(text, begin, stop):
        word = (
            _LAST_WORD.search(text, max(begin, match.start() - 8), match.start())
            if match[0][0] == "."
            else None
        )
        if not (word and fold(word.group()) in ABBREVIATIONS):
            yield match.end()


def _clause(sentence: Sentence) -> tuple[int, int]:
    begin, stop = 0, len(sentence.text)
    for match in _CLAUSE_END.finditer(sentence.text):
        if match.end() <= sentence.start:
            begin = match.end()
        elif match.start() >= sentence.end:
            stop = match.start()
            break
    return begin, stop
