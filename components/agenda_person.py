"""The sheet of one person, room or table, with the hours of its week."""

from typing import Any

import reflex as rx

from components.ui.button import icon_button
from components.ui.feedback import problem
from components.ui.field import select_field, text_field
from components.ui.overlay import form_sheet
from components.words import choice, t
from models.booking import ResourceKind
from state.agenda_person import AgendaPersonState
from state.agenda_rows import DaySpans, SpanRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AgendaPersonState

KINDS = [kind.value for kind in ResourceKind]
WEEK = [str(day) for day in range(7)]


def person_sheet() -> rx.Component:
    fresh = State.form_key.to_string()
    return form_sheet(
        rx.cond(State.id == "", t("agenda.add_person"), t("agenda.person")),
        problem(State.problem),
        text_field(
            t("agenda.person_name"),
            name="name",
            required=True,
            max_length=120,
            placeholder=t("agenda.person_example"),
            auto_complete="off",
            default_value=State.name,
            key="name" + fresh,
        ),
        select_field(
            t("agenda.kind"),
            [(kind, t(f"agenda.kind_{kind}")) for kind in KINDS],
            name="kind",
            hint=t("agenda.kind_hint"),
            default_value=State.kind,
            key="kind" + fresh,
        ),
        rx.el.div(
            rx.el.h3(t("agenda.hours"), class_name="label"),
            rx.el.p(t("agenda.hours_hint"), class_name="hint"),
            rx.el.div(rx.foreach(State.week, _day), class_name="week"),
            class_name="stack-tight",
        ),
        is_open=State.is_open,
        on_close=State.close,
        on_submit=State.save,
        busy=State.saving,
        save=t("common.save"),
    )


def _day(day: rx.vars.ObjectVar[DaySpans]) -> rx.Component:
    name = choice(day.weekday.to_string(), "agenda.day_", *WEEK)
    return rx.el.div(
        rx.el.span(name, class_name="week-name"),
        rx.el.div(
            rx.cond(
                day.spans.length() > 0,
                rx.foreach(day.spans, _span),
                rx.el.span(t("agenda.day_closed"), class_name="soft small week-closed"),
            ),
            class_name="week-spans",
        ),
        rx.el.div(
            icon_button("plus", t("agenda.add_span"), size="small", on_click=State.add_span(day.weekday)),
            icon_button(
                "copy", t("agenda.copy_span"), size="small", on_click=State.copy_to_workdays(day.weekday)
            ),
            class_name="line fixed snug",
        ),
        role="group",
        aria_label=name,
        key=day.weekday.to_string(),
        class_name="week-day",
    )


def _span(span: rx.vars.ObjectVar[SpanRow]) -> rx.Component:
    return rx.el.div(
        _clock(span, "opens"),
        _clock(span, "closes"),
        icon_button("x", t("agenda.drop_span"), size="small", on_click=State.drop_span(span.id)),
        class_name="line snug",
        key=span.id,
    )


def _clock(span: Any, which: str) -> rx.Component:
    """Uncontrolled, so that typing never waits for the server; the state follows."""
    return rx.el.input(
        type="time",
        required=True,
        default_value=span.opens if which == "opens" else span.closes,
        on_change=lambda value: State.set_span(span.id, which == "opens", value),
        aria_label=t(f"agenda.span_{which}"),
        class_name="input input-small",
    )
