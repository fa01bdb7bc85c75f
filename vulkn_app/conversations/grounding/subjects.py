"""What a figure is said of: the telling words beside it, as stems."""

from vulkn_app.knowledge.words import SOFT_WORDS, stem, telling_words

Subject = frozenset[str]


def stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


# Words that name the figure rather than what it is of.
_GENERIC = stems(
    """
    precio precios costo costos cuesta cuestan vale valen cobramos cobra tarifa total pesos peso mxn usd dolares
    desde hasta dura duran duracion tarda tardan tiempo aproximadamente aprox minutos minuto min horas hora hrs
    pedimos pide piden damos da dan das ofrecemos hacemos aplicamos aplica aplican requiere requerimos necesitas
    meses mes incluye iva cliente solo promedio persona price prices cost costs fee rate total from lasts last
    takes take duration minutes minute hour hours month months about approximately pesos dollars each only per ask
    """
)


def subject(text: str) -> Subject:
    found = {
        stem(word)
        for word in telling_words(text)
        if word not in SOFT_WORDS and not any(c.isdigit() for c in word)
    }
    return frozenset(found - _GENERIC)
