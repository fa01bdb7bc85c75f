"""Messages that Meta approves in advance: what became of them, how they look, and ours to use."""

from typing import Any

import reflex as rx

from components.channels_tabs import channels_tabs
from components.shell import shell
from components.template_bubble import template_bubble
from components.ui.button import button, icon_button, link_button
from components.ui.feedback import empty, problem, skeleton_rows
from components.ui.field import segments
from components.ui.overlay import confirm
from components.ui.surface import Tone, badge, card, page_head, section_head
from components.words import choice, t
from state.session import SessionState
from state.templates import TemplatesState
from vulkn_app.channels.whatsapp.template_pack import PACK

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = TemplatesState
READ_ONLY = SessionState.role == "member"
STATUSES: dict[str, tuple[Tone, str]] = {
    "approved": ("accent", "check"),
    "pending": ("quiet", "hourglass"),
    "rejected": ("danger", "x"),
    "paused": ("hot", "pause"),
    "disabled": ("danger", "ban"),
    "draft": ("line", "pencil"),
}
CATEGORIES = ("utility", "marketing", "authentication")


def templates() -> rx.Component:
    return shell("channels", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("templates.title"),
            rx.cond(
                READ_ONLY | (State.channel_id == ""),
                rx.fragment(),
                button(
                    t("templates.sync"),
                    icon="refresh-cw",
                    variant="plain",
                    busy=State.working == "sync",
                    on_click=State.sync,
                ),
            ),
            text=t("templates.text"),
        ),
        channels_tabs("templates"),
        rx.cond(
            State.loaded,
            rx.cond(State.channel_id != "", _rooms(), _not_connected()),
            card(skeleton_rows(4), flush=True),
        ),
        confirm(
            t("templates.delete_title"),
            t("templates.delete_text", name=State.leaving),
            yes=t("common.delete"),
            is_open=State.leaving != "",
            on_yes=State.delete,
            on_no=State.stay,
        ),
    )


def _rooms() -> rx.Component:
    languages = [("es", t("common.spanish")), ("en", t("common.english")), ("all", t("common.all"))]
    return rx.el.div(
        rx.el.div(
            segments(
                t("templates.language"),
                languages,
                value=rx.cond(State.language == "", "all", State.language),
                pick=State.pick_language,
            ),
            rx.cond(State.numbers.length() > 1, _numbers()),
            class_name="line-wrap",
        ),
        problem(State.problem),
        rx.cond(
            State.rows.length() > 0,
            rx.el.div(rx.foreach(State.rows, _tile), class_name="tiles"),
            card(empty("layout-template", t("templates.empty"), t("templates.empty_text")), flush=True),
        ),
        rx.cond(State.pack.length() > 0, _pack()),
        class_name="stack",
    )


def _numbers() -> rx.Component:
    return rx.el.select(
        rx.foreach(
            State.numbers,
            lambda one: rx.el.option(one.display_phone, value=one.channel_id.to_string(use_json=False)),
        ),
        aria_label=t("templates.number"),
        value=State.channel_id,
        on_change=State.pick_number,
        class_name="input input-small fit",
    )


def _tile(row: Any) -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.h2(_title(row), class_name="strong clip"),
                rx.cond(row.purpose, rx.el.p(row.name, class_name="tiny soft clip")),
                class_name="stack-none grow",
            ),
            rx.cond(
                READ_ONLY,
                rx.fragment(),
                icon_button(
                    "trash-2", t("templates.delete"), size="small", on_click=State.ask_to_leave(row.name, "")
                ),
            ),
            class_name="line line-top",
        ),
        rx.el.div(
            _status(row),
            badge(choice(row.category, "templates.category_", *CATEGORIES), tone="line"),
            badge(row.language, tone="line"),
            rx.match(
                row.quality,
                ("yellow", badge(t("templates.quality_yellow"), tone="hot")),
                ("red", badge(t("templates.quality_red"), tone="danger")),
                rx.fragment(),
            ),
            class_name="line-wrap snug",
        ),
        rx.cond(
            (row.status == "rejected") | (row.status == "paused") | (row.status == "disabled"),
            rx.el.p(
                choice(row.status, "templates.why_", "paused", "disabled", "rejected"),
                rx.cond(row.reason != "", rx.fragment(" ", row.reason)),
                class_name="small soft",
            ),
        ),
        template_bubble(row.preview),
        class_name="tile",
    )


def _title(row: Any) -> rx.Var[str]:
    return rx.cond(row.purpose, choice(row.purpose, "templates.purpose_", *PACK), row.name)


def _status(row: Any) -> rx.Component:
    cases = [
        (status, badge(t(f"templates.status_{status}"), tone=tone, icon=icon))
        for status, (tone, icon) in STATUSES.items()
    ]
    return rx.fragment(rx.match(row.status, *cases, badge(t("templates.status_disabled"))))


def _pack() -> rx.Component:
    return rx.el.section(
        section_head(t("templates.pack"), text=t("templates.pack_text")),
        rx.el.div(rx.foreach(State.pack, _offer), class_name="tiles"),
        class_name="apart",
    )


def _offer(row: Any) -> rx.Component:
    key = row.purpose.to(str) + " " + row.language.to(str)
    return card(
        rx.el.div(
            rx.el.h3(choice(row.purpose, "templates.purpose_", *PACK), class_name="strong grow"),
            badge(row.language, tone="line"),
            class_name="line",
        ),
        rx.el.p(choice(row.purpose, "templates.when_", *PACK), class_name="small soft"),
        template_bubble(row.preview),
        rx.cond(
            READ_ONLY,
            rx.fragment(),
            rx.el.div(
                button(
                    t("templates.use"),
                    variant="soft",
                    size="small",
                    busy=State.working == key,
                    disabled=(State.working != "") & (State.working != key),
                    on_click=State.use(row.purpose, row.language),
                ),
                class_name="line tile-foot",
            ),
        ),
        class_name="tile tile-quiet",
    )


def _not_connected() -> rx.Component:
    return card(
        empty(
            "layout-template",
            t("templates.not_connected"),
            t("templates.not_connected_text"),
            link_button(t("channels.connect"), href="/app/channels/", icon="plug"),
        ),
        flush=True,
    )
