"""/admin: organizations with their health, one of them in a sheet, and a new one."""

from typing import Any

import reflex as rx

from components.admin_organization import new_sheet, organization_sheet
from components.admin_shell import admin_shell
from components.ui.button import button
from components.ui.feedback import empty, skeleton_rows
from components.ui.field import search_box, small_select
from components.ui.icon import glyph
from components.ui.moment import full, when
from components.ui.pager import pager
from components.ui.surface import avatar, badge, card, live_dot, page_head
from components.words import choice, t
from state.admin_desk import DeskState
from vulkn_app.administrators.desk import OrganizationRow
from vulkn_app.administrators.standing import OpenSession

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = DeskState

PLANS = ("free", "starter", "pro", "business")


def organizations() -> rx.Component:
    return admin_shell("organizations", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("admin.organizations"),
            button(t("admin.new"), icon="plus", on_click=State.begin_new),
            text=t("admin.organizations_text"),
        ),
        rx.foreach(State.open_sessions, _open_session),
        _filters(),
        rx.cond(
            State.loaded,
            rx.cond(State.rows.length() > 0, _rows(), _none()),
            card(skeleton_rows(6), flush=True),
        ),
        pager(
            first=State.first,
            last=State.last,
            total=State.total,
            at_start=State.at_start,
            at_end=State.at_end,
            turn=State.turn,
        ),
        organization_sheet(),
        new_sheet(),
    )


def _open_session(one: rx.vars.ObjectVar[OpenSession]) -> rx.Component:
    """Left behind by a browser that went away: it would refuse a new one until its half hour is over."""
    return rx.el.div(
        glyph("door-open"),
        rx.el.div(
            rx.el.div(t("admin.open_session", name=one.org_name), class_name="strong"),
            rx.el.div(t("admin.open_until", when=full(one.until)), class_name="small soft"),
            class_name="grow",
        ),
        button(
            t("admin.end"),
            variant="danger",
            size="small",
            on_click=State.end(one.id.to_string(use_json=False), one.org_id.to_string(use_json=False)),
        ),
        class_name="notice notice-danger under-notice wraps",
    )


def _filters() -> rx.Component:
    states = [
        ("", t("admin.status_all")),
        *((key, t(f"admin.status_{key}")) for key in ("active", "suspended")),
    ]
    return rx.el.div(
        search_box(t("admin.search"), on_change=State.find.debounce(300)),
        small_select(t("admin.status"), states, value=State.status, on_change=State.pick_status),
        class_name="filters",
    )


def _none() -> rx.Component:
    return card(
        rx.cond(
            (State.search == "") & (State.status == ""),
            empty("building-2", t("admin.none"), t("admin.none_text")),
            empty("search-x", t("common.no_results"), t("common.no_results_text")),
        ),
        flush=True,
    )


def _rows() -> rx.Component:
    heads = ("name", "last", "quality", "cost", "queue", "plan")
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*[rx.el.th(t(f"admin.head_{head}"), scope="col") for head in heads])),
        rx.el.tbody(rx.foreach(State.rows, _table_row)),
        class_name="sheet-table",
    )
    return rx.fragment(
        card(table, flush=True, class_name="on-desk"),
        card(
            rx.el.div(rx.foreach(State.rows, _phone_row), class_name="rows"),
            flush=True,
            class_name="on-phone",
        ),
    )


def _table_row(org: rx.vars.ObjectVar[OrganizationRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.el.button(
                avatar(org.name, small=True),
                rx.el.span(
                    rx.el.span(org.name, class_name="strong clip"),
                    rx.el.span(org.slug, class_name="tiny soft clip"),
                    class_name="stack-none",
                ),
                type="button",
                on_click=State.open(org.id.to_string(use_json=False)),
                class_name="plain line",
            )
        ),
        rx.el.td(_last(org), class_name="cell-when"),
        rx.el.td(_quality(org)),
        rx.el.td(rx.el.span("US$ ", org.cost, class_name="number"), class_name="cell-when"),
        rx.el.td(_queue(org)),
        rx.el.td(_standing(org)),
    )


def _phone_row(org: rx.vars.ObjectVar[OrganizationRow]) -> rx.Component:
    return rx.el.button(
        avatar(org.name),
        rx.el.span(
            rx.el.span(
                rx.el.span(org.name, class_name="strong clip grow"), _standing(org), class_name="line"
            ),
            rx.el.span(_last(org), _queue(org), class_name="line between"),
            rx.el.span(
                _quality(org),
                rx.el.span("US$ ", org.cost, class_name="number small fixed"),
                class_name="line between",
            ),
            class_name="stack-tight grow",
        ),
        type="button",
        on_click=State.open(org.id.to_string(use_json=False)),
        class_name="row",
    )


def _last(org: Any) -> rx.Component:
    return rx.el.span(
        rx.cond(org.live, live_dot(), rx.el.span(class_name="dot", aria_hidden=True)),
        rx.cond(org.last_message_at, when(org.last_message_at), t("admin.never")),
        class_name="line snug small soft number",
    )


def _quality(org: Any) -> rx.Component:
    return rx.cond(
        org.turns > 0,
        rx.el.span(
            t("admin.answered", percent=org.answered),
            rx.cond(org.grounded != None, rx.el.span(" · ", t("admin.grounded", percent=org.grounded))),
            rx.cond(
                (org.liked > 0) | (org.disliked > 0),
                rx.el.span(" · ", t("admin.rated", liked=org.liked, disliked=org.disliked)),
            ),
            class_name="small",
        ),
        rx.el.span(t("admin.no_turns"), class_name="small soft"),
    )


def _queue(org: Any) -> rx.Component:
    return rx.el.span(
        rx.cond(org.errors > 0, badge(t("admin.errors", n=org.errors), tone="danger", icon="triangle-alert")),
        rx.cond(org.waiting > 0, badge(t("admin.waiting", n=org.waiting), icon="clock-3")),
        rx.cond((org.errors == 0) & (org.waiting == 0), rx.el.span(t("admin.calm"), class_name="small soft")),
        class_name="line snug wraps",
    )


def _standing(org: Any) -> rx.Component:
    return rx.el.span(
        badge(choice(org.plan, "admin.plan_", *PLANS), tone="line"),
        rx.cond(org.status == "suspended", badge(t("admin.status_suspended"), tone="danger")),
        class_name="line snug wraps",
    )
