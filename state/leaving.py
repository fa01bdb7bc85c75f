"""Asking once more before something is taken away: which one, and the way back."""

import reflex as rx

from state.session import role


class LeavingMixin(rx.State, mixin=True):
    """For pages of which an admin takes something away. `leaving`: the id of what is asked about; the page's own
    handler does it."""

    leaving: str = ""
    leaving_name: str = ""

    @rx.event
    @role("admin")
    async def ask_to_leave(self, key: str, name: str = ""):
        self.leaving, self.leaving_name = str(key)[:200], str(name)[:120]

    @rx.event
    @role("admin")
    async def stay(self):
        self.leaving = ""

    def _left(self) -> str:
        """What is taken away now; the question is answered."""
        key, self.leaving = self.leaving, ""
        return key
