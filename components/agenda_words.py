"""How an appointment is called, how it stands, and whether its customer is told."""

from typing import Any

import reflex as rx

from components.ui.feedback import notice
from components.ui.field import switch_field
from components.ui.surface import Tone, badge
from components.words import Words, t
from state.agenda_rows import BookingRow
from state.prefs import PrefsState

STATES: dict[str, tuple[Tone, str]] = {
    "booked": ("line", ""),
    "confirmed": ("accent", "check"),
    "done": ("quiet", ""),
    "no_show": ("danger", "user-x"),
    "cancelled": ("quiet", "x"),
}


def service_of(booking: rx.vars.ObjectVar[BookingRow]) -> Words:
    return rx.cond(PrefsState.lang == "en", booking.service_en, booking.service_es)


def state_badge(booking: rx.vars.ObjectVar[BookingRow]) -> rx.Component:
    known = [
        (state, badge(t(f"agenda.state_{state}"), tone=tone, icon=icon))
        for state, (tone, icon) in STATES.items()
    ]
    return rx.fragment(rx.match(booking.state, *known, rx.fragment()))


def tell(booking: Any, fresh: Any) -> rx.Component:
    """Only who wrote can be written to."""
    return rx.cond(
        booking.conversation_id != "",
        switch_field(
            t("agenda.tell"),
            name="tell",
            hint=t("agenda.tell_hint"),
            default_checked=True,
            key="tell" + fresh,
        ),
        notice(t("agenda.tell_not"), icon="phone"),
    )
