"""What every long list has in common: words to search for, filters, and a page."""

import reflex as rx

from state.session import role

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

    @rx.event
    @role("member")
    async def find(self, words: str):
        await self._narrow(search=str(words)[:100])

    @rx.event
    @role("member")
    async def turn(self, by: int):
        """One page on, or one back."""
        await self._turn(by)

    async def _turn(self, by: int) -> None:
        pages = max(1, -(-self.total // SIZE))
        self.page = min(max(1, self.page + (1 if by > 0 else -1)), pages)
        await self._look()

    async def _narrow(self, **chosen: str) -> None:
        """Another choice of rows begins at their first page."""
        for name, value in chosen.items():
            setattr(self, name, value)
        self.page = 1
        await self._look()

    async def _look(self) -> None:
        """The state's own: reads the page of rows that `search` and its filters ask for."""
        raise NotImplementedError
