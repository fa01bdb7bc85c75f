"""Step 3: the agent's voice, and the agent itself to try it on before anything is saved."""

from typing import Any

import reflex as rx
from pydantic import ValidationError

from models.agents import Tone
from state.onboarding import VISITS, OnboardingState, Visit
from state.playground import TrialMixin
from state.prefs import SpeakingMixin
from state.session import MemberMixin, role
from vulkn_app import agents
from vulkn_app.agents import AgentForm
from vulkn_app.errors import NotFound
from vulkn_app.onboarding import progress, voice
from vulkn_app.onboarding.progress import Step
from vulkn_app.onboarding.voice import VoiceForm

FIELDS = tuple(VoiceForm.model_fields)
LONGEST = 4000


class VoiceState(MemberMixin, SpeakingMixin, rx.State):
    form: VoiceForm = VoiceForm.model_validate({"name": "-"})
    form_key: int = 0
    saving: bool = False
    problem: str = ""

    _agent_id: str = ""

    @rx.event
    @role("admin")
    async def load(self):
        member = await self._member()
        known, agent = await progress.read(member), await agents.current(member)
        if known is None:
            raise NotFound
        said = known.answers.get("hours", {})
        self.form = VoiceForm.model_validate(
            agent.model_dump(include=set(FIELDS))
            | {"language": await voice.first_language(member)}
            | {f"hours_{language}": said.get(language, "") for language in ("es", "en")}
        )
        self._agent_id, self.problem = str(agent.id), ""
        self.form_key += 1

    @rx.event
    @role("admin")
    async def typed(self, field: str, value: str):
        """What is in the form now: the trial beside it speaks so."""
        if field in FIELDS:
            self.form = self.form.model_copy(update={field: str(value)[:LONGEST]})

    @rx.event
    @role("admin")
    async def save(self, form: dict[str, Any]):
        self.saving = True
        yield
        self.problem = await self._attempt(self._save(form))
        self.saving = False
        if not self.problem:
            yield OnboardingState.follow

    async def _save(self, form: dict[str, Any]) -> None:
        member = await self._member()
        agent = await agents.current(member)
        # What this form does not show stays as it was.
        shown = {field: form[field] for field in FIELDS if field in form}
        filled = VoiceForm.model_validate(agent.model_dump(include=set(FIELDS)) | shown)
        await voice.save(member, agent.id, filled)


class VoiceTrialState(TrialMixin, rx.State):
    """The trial in step 3."""

    async def _voice(self) -> AgentForm | None:
        form = (await self.get_state(VoiceState)).form
        said = form.model_dump(include=set(AgentForm.model_fields))
        said["tone"] = said["tone"] if said["tone"] in set(Tone) else Tone.WARM
        try:
            return AgentForm.model_validate(said)
        except ValidationError:  # a name that is being typed
            return None


VISITS[Step.AGENT] = Visit(loads=(VoiceState.load, VoiceTrialState.start_over))
