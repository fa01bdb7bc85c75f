"""The sheet beside a conversation: where it came from, how to reach the person, what it cost."""

from typing import Any

import reflex as rx

from components.ui.button import go, icon_button, out, out_button
from components.ui.feedback import skeleton_rows
from components.ui.moment import full
from components.ui.overlay import sheet
from components.ui.surface import badge
from components.words import choice, plural, t
from state.inbox import InboxState
from state.inbox_details import InboxDetailsState
from vulkn_app.conversations.details import Other

# In a component a state's attribute is a var; the type checker takes it for the plain value.
Inbox: Any = InboxState
State: Any = InboxDetailsState
SOURCES = ("ad", "link", "whatsapp", "web")


def details_button() -> rx.Component:
    return icon_button("info", t("inbox.details"), size="small", on_click=State.begin(Inbox.open_id))


def details_sheet() -> rx.Component:
    return sheet(
        t("inbox.details"),
        rx.cond(State.found, _facts(), skeleton_rows(4)),
        is_open=State.is_open,
        on_close=State.close,
    )


def _facts() -> rx.Component:
    found = State.found
    whatsapp = found.channel == "whatsapp"
    return rx.fragment(
        rx.cond(found.opted_out_at, badge(t("inbox.opted_out"), icon="bell-off")),
        rx.el.dl(
            _fact(t("inbox.channel"), rx.cond(whatsapp, "WhatsApp", t("inbox.channel_web"))),
            _fact(t("leads.source"), _source()),
            rx.cond(found.page != "", _fact(t("inbox.page_of"), found.page)),
            rx.cond(found.phone != "", _fact(t("leads.phone"), found.phone_shown)),
            rx.cond(found.username != "", _fact(t("inbox.username"), "@" + found.username.to(str))),
            rx.cond(found.email != "", _fact(t("leads.email"), found.email)),
            _fact(t("leads.since"), full(found.created_at)),
            rx.cond(whatsapp, _fact(t("inbox.window"), _window())),
            rx.cond(
                found.free_until, _fact(t("inbox.free"), t("inbox.free_until", until=full(found.free_until)))
            ),
            rx.cond(found.opted_out_at, _fact(t("inbox.opted_out_since"), full(found.opted_out_at))),
            class_name="facts",
        ),
        rx.cond(
            found.phone != "",
            out_button(
                t("leads.whatsapp"),
                href="https://wa.me/" + found.phone.to(str).replace("+", ""),
                icon="message-circle",
                variant="soft",
            ),
        ),
        rx.cond(
            found.others.length() > 0,
            rx.el.section(
                rx.el.h3(t("inbox.others"), class_name="label"),
                rx.el.ul(rx.foreach(found.others, _other), class_name="stack-tight"),
                class_name="field",
            ),
        ),
        rx.el.section(
            rx.el.h3(t("inbox.costs"), class_name="label"),
            rx.el.dl(
                rx.cond(whatsapp, _fact("WhatsApp", _whatsapp_cost())),
                _fact(t("inbox.cost_model"), rx.el.span("US$ ", found.model_cost, class_name="number")),
                class_name="facts",
            ),
            class_name="field",
        ),
    )


def _other(other: rx.vars.ObjectVar[Other]) -> rx.Component:
    return rx.el.li(
        go(
            rx.cond(other.channel == "whatsapp", "WhatsApp", t("inbox.channel_web")),
            " · ",
            full(other.at),
            href="/app/inbox/?c=" + other.id.to_string(use_json=False),
            on_click=State.close,
            class_name="link small",
        )
    )


def _whatsapp_cost() -> rx.Component:
    cost = State.cost
    return rx.el.span(
        rx.el.span("US$ ", cost.cost, class_name="number"),
        rx.el.span(" · ", plural(cost.messages, "usage.messages"), class_name="soft small"),
        rx.cond(cost.free > 0, rx.el.span(" · ", plural(cost.free, "usage.free"), class_name="soft small")),
        rx.cond(
            cost.unpriced > 0,
            rx.el.span(" · ", plural(cost.unpriced, "usage.unpriced"), class_name="soft small"),
        ),
    )


def _source() -> rx.Component:
    ad = State.found.ad
    return rx.el.span(
        choice(State.found.source, "leads.source_", *SOURCES),
        rx.cond(ad.headline != "", rx.el.span(" · «", ad.headline, "»")),
        rx.cond(ad.url != "", rx.fragment(" ", out(t("inbox.see_ad"), href=ad.url, class_name="link small"))),
    )


def _window() -> rx.Component:
    return rx.fragment(
        rx.cond(
            Inbox.conversation.shut,
            t("inbox.window_shut"),
            t("inbox.window_until", until=full(State.found.window_until)),
        )
    )


def _fact(name: Any, value: Any) -> rx.Component:
    return rx.fragment(rx.el.dt(name), rx.el.dd(value))
