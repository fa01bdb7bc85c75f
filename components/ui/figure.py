"""Numbers, large, and the days behind them."""

from typing import Any

import reflex as rx

from components.ui.button import go
from components.ui.moment import weekday
from components.words import Words
from vulkn_app.analytics.report import Day


def figure(
    value: Any, name: Words, note: Words, *, icon: rx.Component | None = None, href: str = ""
) -> rx.Component:
    """One figure; with `href` it opens what it counts."""
    parts = (
        rx.el.dt(icon or rx.fragment(), name, class_name="figure-name"),
        rx.el.dd(value, class_name="figure-value number"),
        rx.el.dd(note, class_name="figure-note"),
    )
    inside = rx.el.dl(*parts, class_name="stack-tight")
    return (
        go(inside, href=href, class_name="card figure")
        if href
        else rx.el.div(inside, class_name="card figure")
    )


def bars(days: rx.vars.ArrayVar[list[Day]], label: Words) -> rx.Component:
    """One bar a day; today stands out. `Day.share` is its height in percent of the highest."""
    return rx.el.div(rx.foreach(days, _bar), class_name="bars", role="img", aria_label=label)


def _bar(day: rx.vars.ObjectVar[Day]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.span(day.count, class_name="bar-tip number"),
                class_name="bar-fill",
                height=day.share.to_string() + "%",
            ),
            class_name="bar-track",
        ),
        rx.el.span(weekday(day.date)),
        class_name=rx.cond(day.today, "bar bar-today", rx.cond(day.count == 0, "bar bar-none", "bar")),
    )
