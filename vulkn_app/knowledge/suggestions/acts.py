"""What people want done, and when: verbs that mean the same, and words of time that name no topic.

One act a line, Spanish before the bar, English after it: "borra" and "delete" are the same wish, so questions of
both languages meet. These are everyday words of any trade; what a trade sells stands in `knowledge.lexicon`."""

from functools import cache

from vulkn_app.knowledge.words import stem, words
from vulkn_app.llm.smalltalk import word_set

ACTS = """
cancelar cancela anular borrar borra eliminar elimina quitar quita suprimir remover desactivar apagar apaga detener parar deten | cancel delete remove erase disable stop
mostrar muestra muestrame muestren muestrenme ver ensena ensename ensenar lista listar enlista leer lee revisar | show see display list view read
poner pon ponme crear crea configurar configura establecer establece fijar agregar agrega anadir anade activar activa programar programa prepara | set put create add setup configure establish
cambiar cambia cambie modificar modifica actualizar actualiza editar edita ajustar corregir | change modify update edit adjust switch
fallar falla fallo funciona funcionan sirve descompuesto error problema rechazada rechazado rechazo | fail failed failing fails broken working declined rejected error problem problems issue issues trouble unable wont cant
perder perdi perdido perdida extravie robaron robo robado robada | lose lost stolen stole steal missing
recibir recibo recibido llega llego llegado | receive received receiving arrive arrived arriving
devolver devolucion reembolso reembolsar | refund refunds refunded reimburse
olvide olvidar olvido | forgot forget forgotten
cobrar cobran cobraron cobro cargo cargos comision comisiones costo cuesta precio cuanto tarifa | charge charged charges fee fees cost costs price
bloquear bloqueada bloqueado bloqueo | block blocked unblock locked unlock
"""

# When something is wanted changes from customer to customer; what is asked does not.
WHEN = word_set(
    """
    hoy ayer manana tarde noche dia dias semana semanas mes meses ano anos lunes martes miercoles jueves viernes
    sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre am
    pm minuto minutos segundo segundos proximo proxima proximos proximas siguiente fin ahora ultimo ultima
    pasado pasada today yesterday tomorrow morning afternoon evening night tonight day days week weeks month
    months year years monday tuesday wednesday thursday friday saturday sunday january february march april june
    july august september october november december minute minutes second next last now again ago still yet
    already
    """
)


def act(word: str) -> str:
    """The act that a folded word names, or nothing."""
    known = _by_word()
    return known.get(word) or known.get(stem(word), "")


@cache
def _by_word() -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(ACTS.strip().splitlines()):
        for word in words(line):
            found.setdefault(stem(word), f"act:{number}")
            found.setdefault(word, f"act:{number}")
    return found
