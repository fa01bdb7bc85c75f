"""What can be booked: services, who does them, closed days. Members see it; owners and admins change it."""

from typing import Any

import reflex as rx

from components.ui.amount import price
from components.ui.button import button, icon_button
from components.ui.feedback import empty, notice
from components.ui.icon import glyph
from components.ui.moment import LOCALE
from components.ui.surface import badge, card, card_head
from components.words import Words, choice, plural, t
from models.booking import ResourceKind
from state.agenda_person import AgendaPersonState
from state.agenda_rows import HoursLine
from state.agenda_setup import AgendaSetupState, PersonRow
from state.prefs import PrefsState
from state.session import SessionState
from vulkn_app.booking.setup import ClosureRow, ServiceRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AgendaSetupState
Person: Any = AgendaPersonState

ADMIN = SessionState.role != "member"
KINDS = [kind.value for kind in ResourceKind]
KIND_ICONS = {"person": "user-round", "room": "door-open", "table": "armchair"}
WEEK = [str(day) for day in range(7)]


# Whole days end at midnight: the last day is the one before.
CLOSED = rx.vars.FunctionStringVar.create("""((starts, ends, locale) => {
  if (!starts || !ends) return '';
  const at = (text) => new Date(text.slice(0, 10) + 'T' + text.slice(11, 16) + ':00Z');
  const [from, to] = [at(starts), at(ends)];
  const midnight = (moment) => moment.getUTCHours() + moment.getUTCMinutes() === 0;
  const last = midnight(to) ? new Date(to - 60000) : to;
  const day = (moment) => new Intl.DateTimeFormat(locale,
    { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }).format(moment);
  const hour = (moment) => new Intl.DateTimeFormat(locale,
    { timeZone: 'UTC', hour: 'numeric', minute: '2-digit' }).format(moment);
  const whole = midnight(from) && midnight(to);
  const one = day(from) === day(last);
  if (whole) return one ? day(from) : day(from) + ' - ' + day(last);
  return one ? day(from) + ', ' + hour(from) + ' - ' + hour(to)
    : day(from) + ', ' + hour(from) + ' - ' + day(last) + ', ' + hour(to);
})""")


def services() -> rx.Component:
    add = button(t("common.add"), icon="plus", size="small", on_click=State.begin_service)
    return _part(
        "services",
        State.services,
        _service,
        add,
        ("scissors", t("agenda.no_services"), t("agenda.no_services_text")),
    )


def people() -> rx.Component:
    add = button(t("common.add"), icon="plus", size="small", on_click=Person.begin)
    return _part(
        "people", State.people, _person, add, ("users", t("agenda.no_people"), t("agenda.no_people_text"))
    )


def closed_days() -> rx.Component:
    add = button(t("common.add"), icon="plus", size="small", on_click=State.begin_closure)
    return _part(
        "closed",
        State.closures,
        _closure,
        add,
        ("calendar-off", t("agenda.no_closures"), t("agenda.no_closures_text")),
    )


def _part(
    key: str, rows: Any, row: Any, add: rx.Component, nothing: tuple[str, Words, Words]
) -> rx.Component:
    return rx.el.div(
        rx.cond(ADMIN, rx.fragment(), notice(t("agent.read_only"), icon="lock")),
        card(
            card_head(t(f"agenda.tab_{key}"), rx.cond(ADMIN, add), text=t(f"agenda.{key}_text")),
            rx.cond(rows.length() > 0, rx.el.ul(rx.foreach(rows, row), class_name="rows"), empty(*nothing)),
            flush=True,
        ),
        class_name="stack",
    )


def _service(service: rx.vars.ObjectVar[ServiceRow]) -> rx.Component:
    key = service.id.to_string(use_json=False)
    name = rx.cond((PrefsState.lang == "en") & (service.name_en != ""), service.name_en, service.name_es)
    return rx.el.li(
        rx.el.div(
            rx.el.div(name, class_name="strong clip"),
            rx.el.div(
                rx.el.span(t("agenda.minutes_n", n=service.minutes)),
                rx.cond(service.price != "", rx.el.span(_price(service))),
                rx.cond(service.coming.to(int) > 0, rx.el.span(plural(service.coming, "agenda.coming"))),
                class_name="series soft small",
            ),
            class_name="stack-tight grow",
        ),
        _row_end("service", key, service.active, State.open_service(key)),
        class_name="row row-still",
        key=key,
    )


def _price(service: Any) -> Any:
    return price(service.price, service.currency)


def _person(person: rx.vars.ObjectVar[PersonRow]) -> rx.Component:
    icons = [(kind, glyph(icon)) for kind, icon in KIND_ICONS.items()]
    return rx.el.li(
        rx.el.span(rx.match(person.kind, *icons, rx.fragment()), class_name="tile-mark"),
        rx.el.div(
            rx.el.div(person.name, class_name="strong clip"),
            rx.cond(
                person.hours.length() > 0,
                rx.el.div(rx.foreach(person.hours, _hours_line), class_name="series soft small"),
                rx.el.div(t("agenda.no_hours"), class_name="soft small"),
            ),
            rx.cond(
                person.coming.to(int) > 0,
                rx.el.div(plural(person.coming, "agenda.coming"), class_name="soft tiny"),
            ),
            class_name="stack-tight grow",
        ),
        _row_end("resource", person.id, person.active, Person.open(person.id)),
        class_name="row row-still",
        key=person.id,
    )


def _hours_line(line: rx.vars.ObjectVar[HoursLine]) -> rx.Component:
    first, last = (choice(day.to_string(), "agenda.short_", *WEEK) for day in (line.first, line.last))
    return rx.el.span(
        first,
        rx.cond(line.first == line.last, "", "-" + last.to(str)),
        " ",
        rx.el.span(line.times, class_name="number"),
    )


def _row_end(kind: str, key: Any, active: Any, open_it: Any) -> rx.Component:
    """What an admin can do with the row; who is retired is marked for everybody."""
    return rx.fragment(
        rx.cond(active, rx.fragment(), badge(t("agenda.retired"))),
        rx.cond(
            ADMIN,
            rx.cond(
                active,
                rx.el.div(
                    icon_button("pencil", t("common.edit"), size="small", on_click=open_it),
                    icon_button(
                        "archive", t("agenda.retire"), size="small", on_click=State.ask_retire(kind, key)
                    ),
                    class_name="line fixed snug",
                ),
                button(
                    t("agenda.take_back"), variant="plain", size="small", on_click=State.take_back(kind, key)
                ),
            ),
        ),
    )


def _closure(closure: rx.vars.ObjectVar[ClosureRow]) -> rx.Component:
    key = closure.id.to_string(use_json=False)
    return rx.el.li(
        rx.el.div(
            rx.el.div(_span(closure), class_name="strong"),
            rx.el.div(
                rx.el.span(rx.cond(closure.resource != "", closure.resource, t("agenda.whole_business"))),
                rx.cond(closure.reason != "", rx.el.span(closure.reason)),
                class_name="series soft small",
            ),
            class_name="stack-tight grow",
        ),
        rx.cond(
            ADMIN,
            icon_button("trash-2", t("agenda.open_again"), size="small", on_click=State.open_again(key)),
        ),
        class_name="row row-still",
        key=key,
    )


def _span(closure: Any) -> Any:
    starts, ends = (moment.to_string(use_json=False) for moment in (closure.starts, closure.ends))
    return CLOSED.call(starts, ends, LOCALE)
