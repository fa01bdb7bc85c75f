"""What every long list has in common: words to search for, and a page."""

import reflex as rx

SIZE = 25


class TableMixin(rx.State, mixin=True):
    """`total` counts all rows, the state's own `rows` hold one page of them."""

    search: str = ""
    page: int = 1
    total: int = 0
    loaded: bool = False

    @rx.var
    def first(self) -> int:
        return min((self.page - 1) * SIZE + 1, self.total)

    @rx.var
    def last(self) -> int:
        return min(self.page * SIZE, self.total)

    @rx.var
    def at_start(self) -> bool:
        return self.page <= 1

    @rx.var
    def at_end(self) -> bool:
        return self.page * SIZE >= self.total

    def _turned(self, by: int) -> int:
        """The page after turning, within what there is."""
        pages = max(1, -(-self.total // SIZE))
        return min(max(1, self.page + (1 if by > 0 else -1)), pages)
