"""Why a file cannot be read at all."""


class Unreadable(Exception):
    """`code` is a sentence of the imports locale."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
