"""The sheets of an appointment that is there: its facts, and the one that calls it off."""

from typing import Any

import reflex as rx

from components.agenda_booking_form import form_of_booking
from components.agenda_words import service_of, state_badge, tell
from components.ui.button import button, link_button, out_button
from components.ui.feedback import problem
from components.ui.field import text_area
from components.ui.moment import full, hour
from components.ui.overlay import form_sheet, sheet
from components.ui.surface import badge
from components.words import Words, t
from state.agenda import AgendaState
from state.agenda_booking import AgendaBookingState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AgendaState
Form: Any = AgendaBookingState


def booking_sheets() -> rx.Component:
    return rx.fragment(_facts_sheet(), _cancel_sheet(), form_of_booking())


def _facts_sheet() -> rx.Component:
    booking = State.booking
    return sheet(
        rx.cond(booking.name != "", booking.name, t("common.visitor")),
        rx.el.div(
            state_badge(booking),
            rx.cond(booking.moved, badge(t("agenda.was_moved"), tone="line")),
            badge(rx.cond(booking.by_hand, t("agenda.by_hand"), t("agenda.by_agent")), tone="line"),
            class_name="line-wrap snug",
        ),
        rx.el.dl(
            _fact(t("agenda.what"), service_of(booking)),
            _fact(t("agenda.when_it_is"), full(booking.starts), " - ", hour(booking.ends)),
            _fact(t("agenda.with_whom"), booking.resource),
            _maybe(
                booking.phone,
                t("leads.phone"),
                rx.el.a(booking.phone_shown, href="tel:" + booking.phone.to(str), class_name="link"),
            ),
            _maybe(
                booking.email,
                t("leads.email"),
                rx.el.a(booking.email, href="mailto:" + booking.email.to(str), class_name="link"),
            ),
            _fact(t("agenda.code"), rx.el.span(booking.code, class_name="number")),
            _maybe(booking.note, t("agenda.note"), rx.el.span(booking.note, class_name="prose")),
            _maybe(booking.reason, t("agenda.reason"), booking.reason),
            class_name="facts",
        ),
        rx.el.div(
            rx.cond(
                booking.conversation_id != "",
                link_button(
                    t("leads.conversation"),
                    href="/app/inbox/?c=" + booking.conversation_id.to(str),
                    icon="messages-square",
                    variant="plain",
                ),
            ),
            rx.cond(
                booking.phone.to(str).startswith("+"),
                out_button(
                    t("leads.whatsapp"),
                    href="https://wa.me/" + booking.phone.to(str).replace("+", ""),
                    icon="message-circle",
                    variant="plain",
                ),
            ),
            class_name="line-wrap",
        ),
        is_open=State.panel == "booking",
        on_close=State.close,
        foot=_actions(booking),
    )


def _actions(booking: Any) -> rx.Component:
    """Those that make sense for it now."""
    standing = (booking.state == "booked") | (booking.state == "confirmed")
    came = ((booking.state == "done") | standing) & booking.begun
    return rx.cond(
        booking.state == "cancelled",
        rx.fragment(),
        rx.el.div(
            rx.cond(standing, button(t("agenda.call_off"), variant="danger", on_click=State.ask_cancel)),
            rx.cond(
                came,
                button(
                    t("agenda.no_show"), icon="user-x", variant="plain", on_click=State.no_show(booking.id)
                ),
            ),
            rx.cond(
                booking.state == "no_show",
                button(t("agenda.came"), icon="undo-2", variant="plain", on_click=State.came(booking.id)),
            ),
            rx.cond(
                standing,
                button(t("agenda.move"), icon="calendar-sync", on_click=Form.begin_move(booking.id)),
            ),
            class_name="sheet-foot wraps",
        ),
    )


def _cancel_sheet() -> rx.Component:
    booking, fresh = State.booking, State.form_key.to_string()
    return form_sheet(
        t("agenda.cancel_title", name=booking.name),
        rx.el.p(service_of(booking), " · ", full(booking.starts), class_name="soft small"),
        problem(State.problem),
        text_area(
            t("agenda.reason"),
            name="reason",
            hint=t("agenda.reason_hint"),
            size="short",
            max_length=300,
            key="reason" + fresh,
        ),
        tell(booking, fresh),
        is_open=State.panel == "cancel",
        on_close=State.close,
        on_submit=State.cancel,
        busy=State.saving,
        save=t("agenda.cancel_do"),
        leave=t("common.back"),
    )


def _fact(name: Words, *value: Any) -> rx.Component:
    return rx.fragment(rx.el.dt(name), rx.el.dd(*value))


def _maybe(known: Any, name: Words, value: Any) -> rx.Component:
    return rx.cond(known != "", _fact(name, value))
