"""Step 3: the agent's voice, and beside it the agent."""

from typing import Any

import reflex as rx

from components.onboarding_parts import step_foot, step_head
from components.playground import answered, asked, composer, under_way
from components.ui.button import button
from components.ui.feedback import notice, problem
from components.ui.field import select_field, text_area, text_field
from components.ui.surface import badge, card, section_head
from components.words import t
from models.agents import Tone
from state.onboarding_voice import VoiceState, VoiceTrialState
from state.playground import TrialRow
from state.prefs import PrefsState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = VoiceState
Trial: Any = VoiceTrialState
SETTLED = 250  # milliseconds without a key


def voice_step() -> rx.Component:
    return rx.el.div(
        step_head(t("onboarding.agent_title"), t("onboarding.agent_text")),
        rx.el.div(_form(), _trial(), class_name="columns"),
        class_name="stack-wide guide-wide",
    )


def _form() -> rx.Component:
    tones = [(tone.value, t(f"agent.tone_{tone.value}")) for tone in Tone]
    languages = [("es", t("common.spanish")), ("en", t("common.english"))]
    return rx.el.form(
        card(
            rx.el.div(
                text_field(t("agent.name"), required=True, max_length=60, **_written("name")),
                select_field(t("agent.tone"), tones, **_bound("tone")),
                class_name="pair",
            ),
            *[
                text_area(
                    t(f"agent.greeting_{language}"),
                    size="short",
                    max_length=500,
                    **_written(f"greeting_{language}"),
                )
                for language in ("es", "en")
            ],
            select_field(
                t("onboarding.first_language"),
                languages,
                hint=t("onboarding.first_language_hint"),
                **_bound("language"),
            ),
            text_area(
                t("onboarding.hours"),
                hint=t("onboarding.hours_hint"),
                size="short",
                max_length=2000,
                **_written("hours_es"),
            ),
            text_area(t("onboarding.hours_en"), size="short", max_length=2000, **_written("hours_en")),
            class_name="stack",
        ),
        problem(State.problem),
        step_foot(
            button(t("onboarding.next"), type="submit", size="large", busy=State.saving),
            back=2,
            skip=t("onboarding.skip"),
        ),
        on_submit=State.save,
        class_name="stack",
    )


def _bound(name: str) -> dict[str, Any]:
    """The field says what is in it while it is typed: the trial answers with it."""
    return {
        "name": name,
        "default_value": getattr(State.form, name),
        "key": name + State.form_key.to_string(),
        "on_change": State.typed(name).debounce(SETTLED),
    }


def _written(name: str) -> dict[str, Any]:
    """Whoever turns to the trial at once is answered with what the field says."""
    return _bound(name) | {"on_blur": State.typed(name)}


def _trial() -> rx.Component:
    greeting = rx.cond(PrefsState.lang == "en", State.form.greeting_en, State.form.greeting_es)
    return card(
        rx.el.div(
            section_head(
                t("onboarding.try_title"),
                badge(t("playground.mark"), tone="hot", icon="flask-conical"),
                text=t("onboarding.try_text"),
            ),
            class_name="guide-trial-head",
        ),
        rx.auto_scroll(
            rx.el.div(
                rx.cond(greeting != "", answered(greeting)),
                rx.cond(
                    (Trial.trials.length() == 0) & ~Trial.answering,
                    rx.el.p(t("onboarding.try_start"), class_name="soft small guide-trial-start"),
                ),
                rx.foreach(Trial.trials, _one),
                rx.cond(Trial.answering, under_way(Trial)),
                class_name="talk trial",
                role="log",
                aria_live="polite",
                aria_label=t("onboarding.try_title"),
            ),
            class_name="guide-trial-talk",
            tab_index=0,
        ),
        composer(Trial),
        flush=True,
        class_name="guide-trial",
    )


def _one(trial: rx.vars.ObjectVar[TrialRow]) -> rx.Component:
    return rx.fragment(
        asked(trial.asked),
        rx.cond(trial.answer != "", answered(trial.answer)),
        rx.cond(trial.failed != "", notice(trial.failed, tone="danger", icon="triangle-alert")),
    )
