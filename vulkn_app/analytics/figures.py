"""Figures that a person can zoom, hover and take apart: made here, drawn by Plotly in the browser once asked for."""

from collections.abc import Callable, Sequence
from datetime import date

from plotly import graph_objects as go

from vulkn_app.analytics.times import Times

Say = Callable[[str], str]  # a key of the catalogue, in the reader's language

# Plotly takes no variables of the style sheet: tones that are seen on white and on black alike. Its words and lines
# follow the theme there (assets/theme.css, .figure-plot).
FIRST, SECOND, THIRD = "#3e63dd", "#f76b15", "#8d8d8d"
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False}


def by_day(times: Times, say: Say, named: Callable[[date], str]) -> go.Figure:
    """A line a thing, over the days."""
    names = [named(came.day) for came in times.days]
    lines = (
        ("conversations", FIRST, [came.conversations for came in times.days]),
        ("bookings", SECOND, [came.bookings for came in times.days]),
        ("unanswered", THIRD, [came.unknown for came in times.days]),
    )
    figure = go.Figure(
        [
            go.Scatter(
                x=names,
                y=counts,
                name=say(f"analytics.{key}"),
                mode="lines+markers",
                line={"color": color, "width": 2.5},
                hovertemplate="%{y}",
            )
            for key, color, counts in lines
        ]
    )
    return _dressed(figure)


def by_hour(times: Times, say: Say) -> go.Figure:
    """A column an hour, the weekend on top of the week."""
    hours = [f"{hour:02}:00" for hour in range(24)]
    figure = go.Figure([_columns(hours, times.weekdays, say("analytics.weekdays"), FIRST)])
    figure.add_trace(_columns(hours, times.weekend, say("analytics.weekend"), SECOND))
    return _dressed(figure.update_layout(barmode="stack", bargap=0.25))


def _columns(hours: Sequence[str], counts: Sequence[int], name: str, color: str) -> go.Bar:
    return go.Bar(x=hours, y=counts, name=name, marker={"color": color}, hovertemplate="%{y}")


def _dressed(figure: go.Figure) -> go.Figure:
    axis = {"fixedrange": False, "nticks": 8, "showgrid": False}
    return figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 36, "r": 8, "t": 8, "b": 36},
        hovermode="x unified",
        # From its foot upwards: on a phone its three lines would hang into the lines that it names.
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.04, "x": 0},
        xaxis={**axis, "type": "category"},
        yaxis={"rangemode": "tozero", "fixedrange": True, "tickformat": "d", "dtick": _step(figure)},
    )


def _step(figure: go.Figure) -> int:
    """Between two lines: whole things, and some five lines."""
    traces = figure.to_dict()["data"]
    stacked = [sum(counts) for counts in zip(*(trace["y"] for trace in traces), strict=True)]
    most = max(stacked, default=0)
    return max(1, -(-most // 5))
