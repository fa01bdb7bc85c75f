"""The sheets in which a service or closed days are set up, and the question before something is retired."""

from typing import Any

import reflex as rx

from components.ui.feedback import problem
from components.ui.field import field, text_field
from components.ui.overlay import confirm, form_sheet
from components.words import t
from state.agenda_setup import AgendaSetupState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AgendaSetupState


def setup_sheets() -> rx.Component:
    return rx.fragment(
        _service_sheet(),
        _closure_sheet(),
        confirm(
            t("agenda.retire_title", name=State.retiring.name),
            rx.cond(
                State.retiring.coming.to(int) > 0,
                t("agenda.retire_booked", n=State.retiring.coming),
                t("agenda.retire_text"),
            ),
            yes=t("agenda.retire"),
            is_open=State.retiring.is_not_none(),
            on_yes=State.retire,
            on_no=State.close,
        ),
    )


def _service_sheet() -> rx.Component:
    service, fresh = State.service, State.form_key.to_string()

    def held(value: Any, otherwise: Any) -> Any:
        return rx.cond(service, value, otherwise)

    def number(name: str, value: Any, **props: Any) -> rx.Component:
        return text_field(
            t(f"agenda.{name}"), name=name, type="number", default_value=value, key=name + fresh, **props
        )

    return form_sheet(
        rx.cond(service, t("agenda.service"), t("agenda.add_service")),
        problem(State.problem),
        text_field(
            t("agenda.name_es"),
            name="name_es",
            required=True,
            max_length=120,
            placeholder=t("agenda.name_example"),
            default_value=held(service.name_es, ""),
            key="es" + fresh,
        ),
        text_field(
            t("agenda.name_en"),
            name="name_en",
            max_length=120,
            hint=t("agenda.name_en_hint"),
            default_value=held(service.name_en, ""),
            key="en" + fresh,
        ),
        number("minutes", held(service.minutes, 30), min=5, max=720, required=True),
        rx.el.div(
            number("price", held(service.price, ""), min=0, step="0.01", placeholder=t("common.optional")),
            text_field(
                t("agenda.currency"),
                name="currency",
                max_length=3,
                pattern="[A-Za-z]{3}",
                default_value=held(service.currency, State.currency),
                key="currency" + fresh,
            ),
            class_name="pair",
        ),
        rx.el.div(
            number("buffer_before", held(service.buffer_before, 0), min=0, max=240),
            number("buffer_after", held(service.buffer_after, 0), min=0, max=240),
            class_name="pair",
        ),
        rx.el.p(t("agenda.buffer_hint"), class_name="hint"),
        rx.cond(State.people.length() > 1, _ticks(fresh)),
        is_open=State.panel == "service",
        on_close=State.close,
        on_submit=State.save_service,
        busy=State.saving,
        save=t("common.save"),
    )


def _ticks(fresh: Any) -> rx.Component:
    def tick(person: Any) -> rx.Component:
        box = rx.el.input(
            type="checkbox",
            name="on." + person.id,
            default_checked=State.ticked.contains(person.id),
            key=person.id + fresh,
            class_name="tick",
        )
        return rx.cond(person.active, rx.el.label(box, person.name, class_name="chip"))

    return rx.el.fieldset(
        rx.el.legend(t("agenda.done_by"), class_name="label"),
        rx.el.div(rx.foreach(State.people, tick), class_name="line-wrap snug"),
        rx.el.p(t("agenda.done_by_hint"), class_name="hint apart-small"),
        class_name="ticks",
    )


def _closure_sheet() -> rx.Component:
    fresh = State.form_key.to_string()

    def given(name: str, kind: str, **props: Any) -> rx.Component:
        return text_field(t(f"agenda.closure_{name}"), name=name, type=kind, key=name + fresh, **props)

    whom = rx.el.select(
        rx.el.option(t("agenda.whole_business"), value=""),
        rx.foreach(
            State.people,
            lambda each: rx.cond(each.active, rx.el.option(each.name, value=each.id), rx.fragment()),
        ),
        id="resource_id",
        name="resource_id",
        key="whom" + fresh,
        class_name="input",
    )
    return form_sheet(
        t("agenda.add_closure"),
        problem(State.problem),
        rx.el.div(given("first", "date", required=True), given("last", "date"), class_name="pair"),
        rx.el.p(t("agenda.closure_days_hint"), class_name="hint"),
        rx.el.div(given("begins", "time"), given("ends", "time"), class_name="pair"),
        rx.el.p(t("agenda.closure_hours_hint"), class_name="hint"),
        field(t("agenda.closure_whom"), whom, name="resource_id"),
        given("reason", "text", max_length=120, placeholder=t("agenda.closure_example")),
        is_open=State.panel == "closure",
        on_close=State.close,
        on_submit=State.save_closure,
        busy=State.saving,
        save=t("agenda.closure_do"),
    )
