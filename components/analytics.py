"""What came of being seen: saw the button, opened the chat, wrote. As steps, by day and by page.

The columns are a few boxes of the style sheet; a chart library would be fifty times the page (decision 0012)."""

from typing import Any

import reflex as rx

from components.explore import explore
from components.shell import shell
from components.ui.button import link_button
from components.ui.feedback import empty, skeleton_rows
from components.ui.field import segments
from components.ui.icon import glyph
from components.ui.moment import short_day
from components.ui.surface import card, card_head, page_head
from components.words import Words, t
from state.analytics import PERIODS, AnalyticsState
from state.explore import ExploreState
from vulkn_app.analytics.funnel import PageCounts

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AnalyticsState
STEPS = ("impressions", "opens", "starts")


def analytics() -> rx.Component:
    return shell("analytics", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("analytics.title"),
            segments(
                t("analytics.period"),
                [(key, t(f"analytics.days_{key}")) for key in PERIODS],
                value=State.period,
                pick=lambda period: [State.pick(period), ExploreState.load],
            ),
            text=t("analytics.text"),
        ),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.cond(State.nothing, _nothing(), rx.fragment(_steps(), _days())),
                explore(),
                rx.cond(State.nothing, rx.fragment(), _pages()),
                class_name="stack",
            ),
            card(skeleton_rows(5), flush=True),
        ),
    )


def _nothing() -> rx.Component:
    return card(
        empty(
            "radar",
            t("analytics.nothing"),
            t("analytics.nothing_text"),
            link_button(t("analytics.to_site"), href="/app/channels/", icon="code-xml"),
        )
    )


def _steps() -> rx.Component:
    total = State.total
    return card(
        card_head(t("analytics.funnel"), text=t("analytics.funnel_text")),
        rx.el.ol(
            _step("impressions", total.impressions, "100", rx.fragment()),
            _step("opens", total.opens, _of(total.opens, total.impressions), _share(total.opened)),
            _step("starts", total.starts, _of(total.starts, total.impressions), _share(total.started)),
            class_name="funnel",
        ),
        flush=True,
    )


def _step(key: str, count: Any, wide: Any, share: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(count, class_name="figure-value number"),
            rx.el.span(t(f"analytics.{key}"), class_name="strong"),
            share,
            class_name="funnel-words",
        ),
        rx.el.div(rx.el.div(class_name=f"funnel-fill is-{key}", width=wide + "%"), class_name="funnel-track"),
    )


def _of(part: Any, whole: Any) -> Any:
    """Percent of all that saw it, never wider than the track."""
    share = rx.cond(whole > 0, (part * 100 / whole).to(int), 0).to(int)
    return rx.cond(share > 100, 100, share).to_string()


def _share(percent: Any) -> rx.Component:
    return rx.cond(
        percent.is_not_none(),
        rx.el.span(t("analytics.of_before", n=percent), class_name="small soft"),
    )


def _days() -> rx.Component:
    return card(
        card_head(
            t("analytics.by_day"),
            rx.el.ul(
                *[
                    rx.el.li(
                        rx.el.span(class_name=f"key is-{key}", aria_hidden=True), t(f"analytics.{key}_short")
                    )
                    for key in STEPS
                ],
                class_name="keys tiny soft",
            ),
        ),
        rx.el.div(
            rx.el.span(State.busiest, class_name="columns-most tiny soft number", aria_hidden=True),
            rx.el.div(rx.foreach(State.days, _column), class_name="day-columns", aria_hidden=True),
            rx.el.div(
                rx.el.span(short_day(State.days[0].day)),
                rx.el.span(t("analytics.today")),
                class_name="line between tiny soft",
                aria_hidden=True,
            ),
            _table(
                t("analytics.by_day"),
                t("analytics.day"),
                rx.foreach(State.days, lambda day: _row(short_day(day.day), day)),
                hidden=True,
            ),
            class_name="card-inside",
        ),
        flush=True,
    )


def _column(day: Any) -> rx.Component:
    named: Any = short_day(day.day)
    counts = [getattr(day, key).to_string() for key in STEPS]
    return rx.el.div(
        rx.el.div(class_name="day-bar is-impressions", height=day.high.to_string() + "%"),
        rx.el.div(class_name="day-bar is-opens", height=day.high_opens.to_string() + "%"),
        rx.el.div(class_name="day-bar is-starts", height=day.high_starts.to_string() + "%"),
        title=named + ": " + counts[0] + " / " + counts[1] + " / " + counts[2],
        class_name="day-column",
    )


def _pages() -> rx.Component:
    return card(
        card_head(t("analytics.by_page"), text=t("analytics.by_page_text")),
        rx.el.div(
            _table(
                t("analytics.by_page"),
                t("analytics.page_name"),
                rx.foreach(State.pages, lambda page: _row(_page(page), page)),
            ),
            class_name="card-inside",
        ),
        flush=True,
    )


def _page(page: rx.vars.ObjectVar[PageCounts]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            page.hosted,
            rx.el.span(glyph("message-circle", "small"), t("analytics.hosted"), class_name="line"),
            rx.el.span(rx.cond(page.page == "", t("analytics.unknown"), page.path), class_name="prose"),
        ),
        rx.cond(page.site != "", rx.el.span(page.site, class_name="tiny soft")),
        class_name="stack-none",
    )


def _table(caption: Words, first: Words, rows: rx.Component, *, hidden: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="quiet-only"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(first, scope="col"),
                    *[
                        rx.el.th(t(f"analytics.{key}_short"), scope="col", class_name="at-end")
                        for key in STEPS
                    ],
                )
            ),
            rx.el.tbody(rows),
            class_name="ledger number-table",
        ),
        class_name="quiet-only" if hidden else "wide-table",
    )


def _row(name: Any, counts: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(name, scope="row"),
        rx.el.td(counts.impressions, class_name="at-end number"),
        rx.el.td(counts.opens, class_name="at-end number"),
        rx.el.td(counts.starts, class_name="at-end number"),
    )
