"""What WhatsApp cost this month, by kind of message and country; honest about what it does not know."""

from typing import Any

import reflex as rx

from components.ui.feedback import notice
from components.ui.moment import country
from components.ui.surface import card, section_head
from components.words import choice, plural, t
from state.usage import UsageState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = UsageState

CATEGORIES = ("service", "utility", "marketing", "authentication", "general_purpose_ai", "other")


def usage_whatsapp() -> rx.Component:
    """Nothing where nothing was sent."""
    month = State.whatsapp
    return rx.cond(
        month.rows.length() > 0,
        card(
            section_head(t("usage.by_kind"), text=t("usage.by_kind_text")),
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th(t("usage.kind"), scope="col"),
                        rx.el.th(t("usage.count"), scope="col", class_name="at-end"),
                        rx.el.th(t("usage.price"), scope="col", class_name="at-end"),
                    )
                ),
                rx.el.tbody(rx.foreach(month.rows, _row)),
                class_name="ledger",
            ),
            rx.cond(
                month.unpriced > 0,
                notice(t("usage.unpriced_note", n=month.unpriced), icon="circle-help"),
                rx.el.p(t("usage.estimate"), class_name="tiny soft"),
            ),
            class_name="stack",
        ),
    )


def _row(row: Any) -> rx.Component:
    place = rx.cond(row.country != "", country(row.country), t("usage.no_country"))
    return rx.el.tr(
        rx.el.td(
            rx.el.span(choice(row.category, "usage.category_", *CATEGORIES), class_name="strong small"),
            rx.el.span(place, class_name="tiny soft"),
            class_name="stacked",
        ),
        rx.el.td(
            rx.el.span(row.messages, class_name="number"),
            rx.cond(row.free > 0, rx.el.span(plural(row.free, "usage.free"), class_name="tiny soft")),
            class_name="at-end stacked",
        ),
        rx.el.td(
            rx.cond(
                row.unpriced.to(int) == row.messages.to(int),
                rx.el.span(t("usage.no_rate"), class_name="tiny soft"),
                rx.fragment(
                    rx.el.span("US$ ", row.cost, class_name="number"),
                    rx.cond(
                        row.unpriced > 0,
                        rx.el.span(plural(row.unpriced, "usage.unpriced"), class_name="tiny soft"),
                    ),
                ),
            ),
            class_name="at-end stacked",
        ),
    )
