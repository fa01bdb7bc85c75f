"""/admin/operations and /admin/log: models, queues, dead letters, flags for everybody, and who of VULKN did what."""

from typing import Any

import reflex as rx

from components.admin_organization import FLAGS, SAID
from components.admin_shell import admin_shell
from components.ui.button import button
from components.ui.feedback import empty, skeleton_rows
from components.ui.field import small_select
from components.ui.icon import glyph
from components.ui.moment import full, when
from components.ui.pager import pager
from components.ui.surface import badge, card, card_head, page_head
from components.words import choice, t
from state.admin_operations import AdminLogState, OperationsState
from vulkn_app.administrators.desk import LogRow
from vulkn_app.administrators.operations import DeadRow, QueueRow

State: Any = OperationsState
Log: Any = AdminLogState

QUEUES = ("turns", "outbox", "events", "imports", "jobs")
STATES = (
    "gathering", "running", "ready", "sending", "failed", "unknown", "working", "waiting", "reading", "confirmed",
    "applying", "todo", "doing", "other",
)  # fmt: skip
TROUBLES = ("unauthorized", "unpaid", "unknown_model", "other")


def operations() -> rx.Component:
    return admin_shell("operations", _operations)


def log() -> rx.Component:
    return admin_shell("log", _log)


def _operations() -> rx.Component:
    return rx.fragment(
        page_head(
            t("admin.operations"),
            button(t("admin.look_again"), icon="refresh-cw", variant="plain", on_click=State.load),
            text=t("admin.operations_text"),
        ),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.el.div(_providers(), _queues(), _flags(), class_name="stack"),
                _dead(),
                class_name="columns",
            ),
            card(skeleton_rows(5), flush=True),
        ),
    )


def _providers() -> rx.Component:
    return card(
        card_head(t("admin.providers"), text=t("admin.providers_text")),
        rx.cond(
            State.providers.length() > 0,
            rx.el.ul(rx.foreach(State.providers, _provider), class_name="rows"),
            empty("drama", t("admin.no_providers"), t("admin.no_providers_text")),
        ),
        flush=True,
    )


def _provider(one: Any) -> rx.Component:
    state = rx.match(
        one.state,
        ("ok", badge(t("admin.provider_ok"), tone="accent")),
        ("resting", badge(t("admin.provider_resting"), tone="hot", icon="clock-3")),
        badge(choice(one.trouble, "admin.trouble_", *TROUBLES), tone="danger", icon="cloud-off"),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(one.key, class_name="strong clip"),
            rx.el.div(
                t("admin.calls", n=one.calls, cost=one.cost),
                rx.cond(
                    one.failed > 0, rx.el.span(" · ", t("admin.calls_failed", percent=one.failed_percent))
                ),
                rx.cond(one.latency_ms != None, rx.el.span(" · ", one.latency_ms, " ms")),
                class_name="small soft number",
            ),
            class_name="grow",
        ),
        state,
        class_name="row row-still row-wrap",
    )


def _queues() -> rx.Component:
    return card(
        card_head(t("admin.queues")),
        rx.cond(
            State.queues.length() > 0,
            rx.el.ul(rx.foreach(State.queues, _queue), class_name="rows"),
            empty("check-check", t("admin.queues_empty"), t("admin.queues_empty_text")),
        ),
        flush=True,
    )


def _queue(one: rx.vars.ObjectVar[QueueRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(choice(one.queue, "admin.queue_", *QUEUES), class_name="strong clip"),
            rx.el.div(
                choice(one.state, "admin.state_", *STATES),
                rx.cond(one.oldest, rx.el.span(" · ", t("admin.oldest", when=full(one.oldest)))),
                class_name="small soft",
            ),
            class_name="grow",
        ),
        rx.cond(one.dead, badge(one.count, tone="danger"), badge(one.count)),
        class_name="row row-still",
    )


def _dead() -> rx.Component:
    kinds = [("", t("common.all")), *((key, t(f"admin.queue_{key}")) for key in QUEUES[1:])]
    return card(
        card_head(t("admin.dead"), text=t("admin.dead_text")),
        rx.el.div(
            small_select(t("admin.queues"), kinds, value=State.queue, on_change=State.pick_queue),
            rx.cond(
                (State.queue != "") & (State.dead.length() > 0),
                button(
                    t("admin.replay_all"),
                    icon="rotate-ccw",
                    variant="soft",
                    size="small",
                    busy=State.busy,
                    on_click=State.replay(State.queue, ""),
                ),
            ),
            class_name="line-wrap between card-tools",
        ),
        rx.cond(
            State.dead.length() > 0,
            rx.el.ul(rx.foreach(State.dead, _dead_row), class_name="rows"),
            empty("check-check", t("admin.dead_none"), t("admin.dead_none_text")),
        ),
        flush=True,
    )


def _dead_row(one: rx.vars.ObjectVar[DeadRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                one.kind,
                rx.cond(one.org_slug != "", " · " + one.org_slug.to(str), ""),
                class_name="strong clip",
            ),
            rx.el.div(
                choice(one.queue, "admin.queue_", *QUEUES),
                " · ",
                choice(one.state, "admin.state_", *STATES),
                rx.cond(one.at, rx.el.span(" · ", when(one.at))),
                class_name="small soft",
            ),
            rx.cond(one.problem != "", rx.el.div(one.problem, class_name="tiny soft prose")),
            class_name="grow",
        ),
        rx.cond(
            one.replayable,
            button(
                t("admin.replay"),
                icon="rotate-ccw",
                variant="plain",
                size="small",
                on_click=State.replay(one.queue, one.id),
            ),
            rx.el.span(t("admin.not_replayable"), class_name="tiny soft"),
        ),
        class_name="row row-still row-wrap",
    )


def _flags() -> rx.Component:
    return card(
        card_head(t("admin.flags"), text=t("admin.flags_text")),
        rx.el.ul(rx.foreach(State.flags, _flag), class_name="rows"),
        flush=True,
    )


def _flag(flag: Any) -> rx.Component:
    name = choice(flag.key, "admin.flag_", *FLAGS)
    return rx.el.li(
        rx.el.div(
            rx.el.div(name, class_name="strong"),
            rx.el.div(
                rx.cond(flag.default, t("admin.default_on"), t("admin.default_off")),
                rx.cond(
                    (flag.on_for > 0) | (flag.off_for > 0),
                    rx.el.span(" · ", t("admin.own_words", on=flag.on_for, off=flag.off_for)),
                ),
                class_name="small soft",
            ),
            class_name="grow",
        ),
        small_select(
            name,
            [(said, t(f"admin.said_{said}")) for said in SAID],
            value=flag.said,
            on_change=lambda said: State.set_flag(flag.key, said),
        ),
        class_name="row row-still row-wrap",
    )


def _log() -> rx.Component:
    return rx.fragment(
        page_head(t("admin.log"), text=t("admin.log_text")),
        rx.cond(
            Log.loaded,
            rx.cond(
                Log.rows.length() > 0,
                card(rx.el.ul(rx.foreach(Log.rows, _log_row), class_name="rows"), flush=True),
                card(empty("scroll-text", t("admin.log_none"), t("admin.log_none_text")), flush=True),
            ),
            card(skeleton_rows(6), flush=True),
        ),
        pager(
            first=Log.first,
            last=Log.last,
            total=Log.total,
            at_start=Log.at_start,
            at_end=Log.at_end,
            turn=Log.turn,
        ),
    )


def _log_row(one: rx.vars.ObjectVar[LogRow]) -> rx.Component:
    return rx.el.li(
        glyph("dot"),
        rx.el.div(
            rx.el.div(
                rx.cond(one.admin != "", one.admin, t("admin.shell")),
                rx.cond(one.org_slug != "", " · " + one.org_slug.to(str), ""),
                class_name="strong clip",
            ),
            rx.el.div(rx.el.code(one.action, class_name="tiny"), class_name="small"),
            rx.cond(one.detail != "", rx.el.div(one.detail, class_name="tiny soft prose")),
            class_name="grow stack-tight",
        ),
        rx.el.span(full(one.at), class_name="tiny soft number fixed"),
        class_name="row row-still row-top",
    )
