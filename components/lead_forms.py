"""The forms that a lead filled in, on the lead's card."""

from typing import Any

import reflex as rx

from components.ui.moment import full
from components.words import t
from state.leads import LeadsState
from vulkn_app.skills.filled import Answered, FilledForm

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = LeadsState


def filled_forms() -> rx.Component:
    return rx.cond(
        State.forms.length() > 0,
        rx.el.div(
            rx.el.h3(t("leads.forms"), class_name="label"),
            rx.foreach(State.forms, _form),
            class_name="field",
        ),
    )


def _form(form: rx.vars.ObjectVar[FilledForm]) -> rx.Component:
    return rx.el.details(
        rx.el.summary(form.form, class_name="fold-head clip"),
        rx.el.div(
            rx.el.p(full(form.at), class_name="tiny soft"),
            rx.el.dl(rx.foreach(form.answers, _answer), class_name="changes"),
            class_name="stack-tight",
        ),
        key=form.id.to_string(),
        class_name="fold",
    )


def _answer(said: rx.vars.ObjectVar[Answered]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(said.question, class_name="soft small"),
        rx.el.dd(rx.cond(said.answer != "", said.answer, "—"), dir="auto"),
    )
