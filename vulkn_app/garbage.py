"""When Python looks for cycles of objects that nobody holds any more."""

import gc

# Objects made before the youngest are looked through; the usual 700 is less than one turn makes. Everything is looked
# through after half a million: the states of some hundred closed dashboards, which hold each other.
_YOUNG, _OLDER, _OLDEST = 5_000, 10, 10


def settle() -> None:
    """After start-up: what lives now lives until the end and is never looked through again.

    The dashboard's components and the libraries are some hundred thousand objects; a full collection over them
    stopped the event loop for 0.1 s and more, in the middle of whatever a customer was waiting for."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDEST)
