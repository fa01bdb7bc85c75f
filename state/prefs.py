"""What the person chose for this browser: the language. (The theme is the browser's own business.)"""

from collections.abc import Awaitable

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from state.session import role
from vulkn_app import i18n
from vulkn_app.errors import VulknError
from vulkn_app.i18n import Language


class PrefsState(rx.State):
    lang: str = rx.LocalStorage("es", name="vk_lang", sync=True)

    @rx.event
    @role(None)
    def pick(self, lang: str):
        self.lang = "en" if lang == "en" else "es"


class SpeakingMixin(rx.State, mixin=True):
    """For states that answer in the person's language."""

    async def _language(self) -> Language:
        prefs = await self.get_state(PrefsState)
        return "en" if prefs.lang == "en" else "es"

    async def _saved(self, key: str = "common.saved") -> EventSpec:
        """A short word that it worked."""
        return rx.toast.success(i18n.t(key, await self._language()))

    async def _attempt(self, call: Awaitable[object]) -> str:
        """For forms, which show what is wrong beside what was typed: the sentence, or "" when it worked."""
        try:
            await call
        except VulknError as problem:
            return i18n.sentence(problem.code, await self._language(), **problem.values)
        except ValidationError:
            return i18n.sentence("bad_input", await self._language())
        return ""
