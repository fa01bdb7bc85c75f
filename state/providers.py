"""Which models an organization wants asked, and in which order."""

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.conversations import providers
from vulkn_app.conversations.providers import Choice, ProviderRow


class ProvidersState(MemberMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    rows: list[ProviderRow] = []
    own_order: bool = False
    model: str = ""
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("member")
    async def load(self):
        await self._look()

    @rx.event
    @role("admin")
    async def put_first(self, key: str):
        """The others keep their order behind it."""
        order = [key, *(row.key for row in self.rows if row.key != key)]
        await self._choose(order, self.model)
        return await self._saved()

    @rx.event
    @role("admin")
    async def save(self, form: dict[str, str]):
        self.saving = True
        yield
        order = [row.key for row in self.rows] if self.own_order else []
        self.problem = await self._attempt(self._choose(order, form.get("model", "").strip()))
        self.saving = False
        if not self.problem:
            yield await self._saved()

    @rx.event
    @role("admin")
    async def back_to_usual(self):
        await self._choose([], "")
        return await self._saved()

    async def _choose(self, order: list[str], model: str) -> None:
        choice = Choice.model_validate({"providers": order, "model": model})
        await providers.choose(await self._member(), choice)
        await self._look()

    async def _look(self) -> None:
        seen = await providers.chosen(await self._member())
        self.rows, self.own_order, self.model = seen.rows, seen.own_order, seen.model
        self.loaded = True
        self.form_key += 1
