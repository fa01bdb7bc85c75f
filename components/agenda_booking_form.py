"""The sheet in which an appointment is made by hand, or moved."""

from typing import Any

import reflex as rx

from components.agenda_words import service_of, tell
from components.ui.feedback import problem
from components.ui.field import field, select_field, text_area, text_field
from components.ui.moment import full, hour
from components.ui.overlay import form_sheet
from components.words import t
from state.agenda_booking import AgendaBookingState, TimeRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
Form: Any = AgendaBookingState


def form_of_booking() -> rx.Component:
    fresh = Form.form_key.to_string()
    return form_sheet(
        rx.cond(Form.moving, t("agenda.move_title", name=Form.moving.name), t("agenda.new_title")),
        problem(Form.problem),
        rx.cond(
            Form.moving,
            rx.el.p(
                t("agenda.now_at", service=service_of(Form.moving), when=full(Form.moving.starts)),
                class_name="soft small",
            ),
            field(
                t("agenda.what"),
                _options(Form.services, name="service", value=Form.service, on_change=Form.pick_service),
                name="service",
            ),
        ),
        rx.el.div(
            field(
                t("agenda.with_whom"),
                _options(
                    Form.resources,
                    rx.el.option(t("agenda.anybody"), value=""),
                    name="resource",
                    value=Form.resource,
                    on_change=Form.pick_resource,
                ),
                name="resource",
            ),
            field(
                t("agenda.day"),
                rx.el.input(
                    type="date",
                    id="day",
                    value=Form.day,
                    min=Form.first_day,
                    max=Form.last_day,
                    on_change=Form.pick_day,
                    class_name="input",
                ),
                name="day",
            ),
            class_name="pair",
        ),
        _times(),
        text_field(
            t("agenda.other_time"),
            name="other",
            type="time",
            hint=t("agenda.other_time_hint"),
            key="other" + fresh,
        ),
        rx.cond(Form.moving, tell(Form.moving, fresh), _customer(fresh)),
        is_open=Form.is_open,
        on_close=Form.close,
        on_submit=Form.save,
        busy=Form.saving,
        save=rx.cond(Form.moving, t("agenda.move_do"), t("agenda.new_do")),
    )


def _times() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("agenda.time"), class_name="label"),
        rx.cond(
            Form.times.length() > 0,
            rx.el.div(rx.foreach(Form.times, _time), class_name="times"),
            rx.el.p(t("agenda.no_times"), class_name="soft small"),
        ),
        class_name="ticks",
    )


def _time(each: rx.vars.ObjectVar[TimeRow]) -> rx.Component:
    return rx.el.button(
        hour(each.starts),
        type="button",
        aria_pressed=Form.chosen == each.key,
        on_click=Form.pick_time(each.key),
        class_name="time number",
        key=each.key,
    )


def _customer(fresh: Any) -> rx.Component:
    languages = [("es", t("common.spanish")), ("en", t("common.english"))]
    return rx.fragment(
        text_field(
            t("agenda.customer"),
            name="name",
            required=True,
            max_length=120,
            auto_complete="off",
            key="name" + fresh,
        ),
        rx.el.div(
            text_field(
                t("leads.phone"),
                name="phone",
                type="tel",
                max_length=32,
                auto_complete="off",
                key="phone" + fresh,
            ),
            text_field(
                t("leads.email"),
                name="email",
                type="email",
                max_length=254,
                auto_complete="off",
                key="email" + fresh,
            ),
            class_name="pair",
        ),
        select_field(t("agenda.language"), languages, name="language", key="language" + fresh),
        text_area(
            t("agenda.note"),
            name="note",
            hint=t("leads.notes_hint"),
            size="short",
            max_length=1000,
            key="note" + fresh,
        ),
    )


def _options(rows: Any, *before: rx.Component, name: str, **props: Any) -> rx.Component:
    return rx.el.select(
        *before,
        rx.foreach(rows, lambda each: rx.el.option(each.name, value=each.id)),
        id=name,
        class_name="input",
        **props,
    )
