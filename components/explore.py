"""When customers come: a sentence, and figures to take apart. Plotly is 395 KB: it comes when it is asked for
(decision 0012), and every figure has its numbers in words beside it."""

from typing import Any

import reflex as rx
from plotly.graph_objects import Figure, layout

from components.ui.button import button
from components.ui.field import segments
from components.ui.surface import card, card_head
from components.words import plural, t
from state.explore import KINDS, ExploreState
from vulkn_app.analytics.figures import CONFIG

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = ExploreState


def explore() -> rx.Component:
    return rx.cond(
        State.total > 0,
        card(
            card_head(t("analytics.times"), rx.cond(State.opened, _kinds()), text=t("analytics.times_text")),
            rx.el.div(
                rx.el.p(_said()),
                rx.cond(
                    State.opened,
                    _figure(),
                    rx.el.div(
                        button(
                            t("analytics.open_figure"),
                            icon="chart-spline",
                            variant="soft",
                            size="small",
                            on_click=State.open,
                        ),
                        class_name="line",
                    ),
                ),
                class_name="card-inside stack",
            ),
            flush=True,
        ),
    )


def _said() -> rx.Var[str]:
    """The shares; where both are none, that it was always by day and in the week."""
    shares = plural(State.total, "analytics.times_said", night=State.at_night, weekend=State.on_weekends)
    by_day = plural(State.total, "analytics.times_day")
    return rx.cond((State.at_night == 0) & (State.on_weekends == 0), by_day, shares).to(str)


def _kinds() -> rx.Component:
    return segments(
        t("analytics.figure"),
        [(kind, t(f"analytics.by_{kind}")) for kind in KINDS],
        value=State.kind,
        pick=State.pick,
    )


def _figure() -> rx.Component:
    return rx.el.figure(
        rx.plotly.basic(
            data=State.figure.to(Figure),
            template=rx.Var.create({}).to(layout.Template),  # none: the style sheet dresses it
            config=CONFIG,
            use_resize_handler=True,
            width="100%",
            height="100%",
        ),
        aria_label=t("analytics.figure"),
        class_name="figure-plot",
    )
