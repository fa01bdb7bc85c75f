"""People of the business: a title or trade with a name behind it ("la Dra. Paula Ríos", "nuestra estilista Lupita")."""

from vulkn_app.conversations.grounding.scan import Read, Scan
from vulkn_app.conversations.grounding.words import word_set

# How customers are addressed ("Sra. Ana") is none of these.
TITLES = word_set(
    """dr dra doctor doctora lic licenciado licenciada mtro mtra profesor profesora estilista barbero barbera dentista
    odontologo odontologa odontopediatra ortodoncista terapeuta fisioterapeuta masajista psicologo psicologa
    nutriologo nutriologa instructor instructora entrenador entrenadora veterinario veterinaria tecnico tecnica asesor
    asesora gerente cosmetologa manicurista stylist barber dentist therapist trainer technician manager vet"""
)
_LONGEST = 5
_SHORT = word_set("dr dra lic mtro mtra")
_LINKS = word_set("de del la las los")


def titled(scan: Scan, at: int) -> Read:
    """The name behind a title; a trade in capitals heads a list."""
    first = at + 1 + (scan.words[at] in _SHORT and scan.word(at + 1) == ".")
    names: list[str] = []
    after = first
    for n in range(first, first + _LONGEST):
        word = scan.word(n)
        if names and word in _LINKS:
            continue
        if not (word.isalpha() and len(word) > 1 and scan.capital(n)) or word in TITLES:
            break
        names, after = [*names, word], n + 1
    shouted = scan.text[scan.starts[at] :][:2].isupper()
    if not names or shouted:
        return None
    return scan.figure("name", at, after, " ".join(names)), after
