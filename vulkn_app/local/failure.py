"""The one error of the embedded stack."""


class StackFailed(Exception):
    """A part of the stack cannot do its work; the text says which, why, and how to mend it."""
