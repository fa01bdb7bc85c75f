"""The agenda: appointments day by day, and beside them what can be booked."""

from typing import Any

import reflex as rx

from components.agenda_booking import booking_sheets
from components.agenda_forms import setup_sheets
from components.agenda_person import person_sheet
from components.agenda_setup import ADMIN, closed_days, people, services
from components.agenda_words import service_of, state_badge
from components.shell import shell
from components.ui.button import button, link_button
from components.ui.feedback import empty, notice, skeleton_rows
from components.ui.field import search_box, segments
from components.ui.icon import glyph
from components.ui.moment import hour, long_day
from components.ui.surface import badge, card, card_head, page_head
from components.words import t
from state.agenda import TABS, AgendaState
from state.agenda_booking import AgendaBookingState
from state.agenda_person import AgendaPersonState
from state.agenda_rows import BookingRow, DayRow
from state.agenda_setup import SKILL, AgendaSetupState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AgendaState
Setup: Any = AgendaSetupState


def agenda() -> rx.Component:
    return shell("agenda", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("agenda.title"),
            rx.cond(Setup.skill_on, _rules()),
            rx.cond(
                Setup.has_service & Setup.has_hours,
                button(
                    t("agenda.new"), icon="plus", aria_haspopup="dialog", on_click=AgendaBookingState.begin
                ),
            ),
            text=t("agenda.text"),
        ),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.cond(Setup.complete, rx.fragment(), _steps()),
                rx.el.div(
                    segments(
                        t("agenda.parts"),
                        [(tab, t(f"agenda.tab_{tab}")) for tab in TABS],
                        value=State.tab,
                        pick=State.pick_tab,
                    )
                ),
                rx.match(
                    State.tab,
                    ("services", services()),
                    ("people", people()),
                    ("closed", closed_days()),
                    _bookings(),
                ),
                class_name="stack",
            ),
            card(skeleton_rows(6), flush=True),
        ),
        booking_sheets(),
        setup_sheets(),
        person_sheet(),
    )


def _rules() -> rx.Component:
    """How customers may book is the skill's own form."""
    return link_button(
        t("agenda.rules"), href=f"/app/skills/?skill={SKILL}", icon="sliders-horizontal", variant="plain"
    )


def _steps() -> rx.Component:
    """What is missing until customers can book."""
    return rx.cond(
        ADMIN,
        card(
            card_head(t("agenda.start"), text=t("agenda.start_text")),
            rx.el.ol(
                _step(1, "service", Setup.has_service, AgendaSetupState.begin_service),
                _step(2, "hours", Setup.has_hours, AgendaPersonState.begin),
                _step(3, "skill", Setup.skill_on, AgendaSetupState.switch_on),
                class_name="steps",
            ),
            flush=True,
        ),
        notice(t("agenda.start_who")),
    )


def _step(number: int, key: str, done: rx.Var[bool], do: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.cond(done, glyph("check", "small"), str(number)),
            class_name=rx.cond(done, "step-mark step-done", "step-mark"),
        ),
        rx.el.div(
            rx.el.span(t(f"agenda.step_{key}"), class_name="strong"),
            rx.el.span(t(f"agenda.step_{key}_text"), class_name="soft small"),
            class_name="stack-tight grow",
        ),
        rx.cond(
            done,
            rx.fragment(),
            button(t(f"agenda.step_{key}_do"), variant="soft", size="small", on_click=do),
        ),
    )


def _bookings() -> rx.Component:
    return rx.el.div(
        _filters(),
        rx.cond(
            State.days.length() > 0,
            rx.el.div(rx.foreach(State.days, _day), class_name="stack-wide"),
            card(_nothing(), flush=True),
        ),
        rx.cond(
            State.more_to_see,
            rx.el.div(button(t("agenda.more"), variant="plain", on_click=State.see_more), class_name="apart"),
        ),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        search_box(t("agenda.search"), on_change=State.find.debounce(300), key=State.form_key.to_string()),
        segments(
            t("agenda.when"),
            [("coming", t("agenda.coming")), ("past", t("agenda.past"))],
            value=State.when,
            pick=State.pick_when,
        ),
        rx.el.input(
            type="date",
            value=State.day,
            on_change=State.pick_day,
            aria_label=t("agenda.day"),
            class_name="input input-small input-day",
        ),
        rx.cond(State.resources.length() > 1, _resource_filter()),
        rx.el.select(
            rx.el.option(t("agenda.which_active"), value="active"),
            rx.el.option(t("agenda.which_cancelled"), value="cancelled"),
            value=State.which,
            on_change=State.pick_which,
            aria_label=t("agenda.which"),
            class_name="input input-small",
        ),
        rx.cond(
            State.narrowed,
            button(t("agenda.see_all"), icon="x", variant="ghost", size="small", on_click=State.see_all),
        ),
        class_name="filters",
    )


def _resource_filter() -> rx.Component:
    return rx.el.select(
        rx.el.option(t("agenda.everybody"), value=""),
        rx.foreach(State.resources, lambda each: rx.el.option(each.name, value=each.id)),
        value=State.resource,
        on_change=State.pick_resource,
        aria_label=t("agenda.with_whom"),
        class_name="input input-small",
    )


def _nothing() -> rx.Component:
    return rx.cond(
        State.narrowed,
        empty(
            "search-x",
            t("agenda.none_found"),
            t("agenda.none_found_text"),
            button(t("agenda.see_all"), variant="soft", on_click=State.see_all),
        ),
        rx.cond(
            State.when == "past",
            empty("history", t("agenda.none_past"), t("agenda.none_past_text")),
            rx.cond(
                Setup.complete,
                empty("calendar-check", t("agenda.none"), t("agenda.none_text")),
                empty("calendar-plus", t("agenda.none"), t("agenda.none_yet_text")),
            ),
        ),
    )


def _day(day: rx.vars.ObjectVar[DayRow]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(long_day(day.date), class_name="subtitle"),
            rx.cond(day.today, badge(t("agenda.today"), tone="accent")),
            class_name="day-head",
        ),
        card(rx.el.div(rx.foreach(day.rows, _row), class_name="rows"), flush=True),
        key=day.date,
    )


def _row(booking: rx.vars.ObjectVar[BookingRow]) -> rx.Component:
    name = rx.cond(booking.name != "", booking.name, t("common.visitor"))
    contact = rx.cond(booking.phone != "", booking.phone_shown, booking.email)
    return rx.el.button(
        rx.el.span(
            rx.el.span(hour(booking.starts), class_name="strong number"),
            rx.el.span(hour(booking.ends), class_name="tiny soft number"),
            class_name="hour",
        ),
        rx.el.span(
            rx.el.span(
                rx.el.span(name, class_name="strong clip"),
                rx.cond(booking.conversation_id != "", glyph("messages-square", "tiny", more="soft")),
                class_name="line snug",
            ),
            rx.el.span(service_of(booking), " · ", booking.resource, class_name="soft small clip"),
            rx.el.span(
                rx.el.span(state_badge(booking), class_name="on-narrow fixed"),
                rx.cond(contact != "", rx.el.span(contact, class_name="soft tiny clip")),
                class_name="line snug",
            ),
            class_name="stack-tight grow",
        ),
        rx.el.span(state_badge(booking), class_name="on-wide fixed"),
        type="button",
        on_click=State.open(booking.id),
        aria_haspopup="dialog",
        class_name=rx.cond(booking.state == "cancelled", "row row-off", "row"),
        key=booking.id,
    )
