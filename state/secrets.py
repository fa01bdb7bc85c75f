"""The secrets of an owner's own services: named, set, replaced and taken away; their values are never read."""

import reflex as rx

from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app.skills import vault
from vulkn_app.skills.vault import SecretForm, SecretRow


class SecretsState(MemberMixin, SpeakingMixin, rx.State):
    rows: list[SecretRow] = []
    loaded: bool = False
    saving: bool = False
    problem: str = ""

    @rx.event
    @role("member")
    async def load(self):
        await self._look()

    @rx.event
    @role("admin")
    async def put(self, form: dict[str, str]):
        """The value goes to the vault and nowhere else."""
        self.saving = True
        yield
        self.problem = await self._attempt(self._put(form))
        self.saving = False
        if not self.problem:
            await self._look()
            yield await self._saved("skills.secret_kept")

    @rx.event
    @role("admin")
    async def remove(self, name: str):
        await vault.remove(await self._member(), name)
        await self._look()
        return await self._saved("skills.secret_removed")

    async def _put(self, form: dict[str, str]) -> None:
        await vault.put(await self._member(), SecretForm.model_validate(form))

    async def _look(self) -> None:
        self.rows = await vault.listed(await self._member())
        self.loaded = True
