"""The bell of the frame and what it rings for."""

from functools import reduce
from typing import Any, cast

import reflex as rx

from components.ui.button import button, go, icon_button
from components.ui.feedback import empty, skeleton_rows
from components.ui.icon import glyph
from components.ui.moment import when
from components.ui.overlay import sheet
from components.ui.ticks import REASONS
from components.words import Words, choice, t
from state.alerts import AlertsState
from vulkn_app.conversations.alerts import AlertRow
from vulkn_app.i18n import catalogue

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AlertsState

KINDS = ("limit", "loop", "provider", "handoff", "received", "skill", "delivery", "shadow", "support")
# About WhatsApp: what is wrong stands in the locale `problems`, with what to do about it.
ABOUT_WHATSAPP = ("channel", "template", "policy")
PROBLEMS = tuple(
    key.removeprefix("problems.")
    for key in catalogue("es")
    if key.startswith("problems.") and not key.startswith("problems.fix_")
)
# About the plan itself: what happened stands in `what`.
OF_PLAN = ("trial_ends", "trial_over", "payment_failed", "paid_twice", "plan_over")
ICONS = {
    "limit": "gauge",
    "loop": "repeat",
    "provider": "cloud-off",
    "handoff": "hand-helping",
    "received": "message-circle-question",
    "skill": "plug",
    "delivery": "mail-x",
    "channel": "message-circle-warning",
    "template": "layout-template",
    "policy": "scale",
    "shadow": "ghost",
    "support": "eye",
}
FAILED = ("action", "reminder", "calendar")  # what can go wrong in a skill
REASONS_OF_HANDOFF = (
    "asked",
    "unknown",
    "complaint",
    "urgent",
    "sensitive",
    "failure",
    "limit",
    "took_over",
    "shadow",
)


def bell() -> rx.Component:
    """Stands twice in the frame, for phone and desk; the list is `alerts`, once."""
    return rx.el.button(
        glyph("bell"),
        rx.cond(State.unseen > 0, rx.el.span(State.unseen, class_name="count count-bell", aria_hidden=True)),
        rx.el.span(t("alerts.bell", n=State.unseen), class_name="quiet-only"),
        type="button",
        aria_haspopup="dialog",
        on_click=State.open,
        class_name="button button-ghost button-icon bell",
    )


def alerts() -> rx.Component:
    return rx.el.div(
        sheet(
            t("alerts.title"),
            rx.cond(
                State.loaded,
                rx.cond(
                    State.rows.length() > 0,
                    rx.el.ul(rx.foreach(State.rows, _alert), class_name="rows rows-bare"),
                    empty("bell", t("alerts.empty"), t("alerts.empty_text")),
                ),
                skeleton_rows(3),
            ),
            is_open=State.is_open,
            on_close=State.close,
            foot=rx.cond(
                State.unseen > 0,
                rx.el.div(
                    button(t("alerts.see_all"), icon="check-check", variant="plain", on_click=State.see_all),
                    class_name="sheet-foot",
                ),
                rx.fragment(),
            ),
        ),
        on_mount=State.begin,
    )


def _alert(alert: rx.vars.ObjectVar[AlertRow]) -> rx.Component:
    key = alert.id.to_string(use_json=False)
    return rx.el.li(
        rx.el.span(
            rx.match(alert.kind, *[(kind, glyph(icon)) for kind, icon in ICONS.items()], glyph("bell")),
            class_name="tile-mark",
        ),
        rx.el.div(
            rx.el.p(_title(alert), class_name="strong small"),
            rx.el.p(_text(alert), class_name="soft small"),
            rx.el.div(
                rx.el.span(when(alert.at), class_name="tiny soft number"),
                rx.cond(
                    alert.conversation_id,
                    go(
                        t("alerts.to_conversation"),
                        href="/app/inbox/?c=" + alert.conversation_id.to_string(use_json=False),
                        on_click=State.follow(key),
                        class_name="link small",
                    ),
                ),
                rx.cond(
                    alert.skill != "",
                    go(
                        t("alerts.to_skill"),
                        href="/app/skills/?skill=" + alert.skill.to(str),
                        on_click=State.follow(key),
                        class_name="link small",
                    ),
                ),
                _way_on(alert, key),
                class_name="line-wrap",
            ),
            class_name="stack-tight grow",
        ),
        rx.cond(
            alert.seen,
            rx.fragment(),
            icon_button("check", t("alerts.see"), size="small", on_click=State.see(key)),
        ),
        class_name=rx.cond(alert.seen, "alert alert-seen", "alert"),
    )


def _way_on(alert: Any, key: Any) -> rx.Component:
    """Where it is mended: what is wrong with WhatsApp, and what comes near a limit."""
    ways = {
        "channel": ("channel", "/app/channels/"),
        "template": ("templates", "/app/channels/templates/"),
        "limit": ("plan", "/app/billing/"),
        "shadow": ("agent", "/app/agent/"),
        "support": ("audit", "/app/audit/"),
    }
    links = [
        (kind, go(t(f"alerts.to_{place}"), href=href, on_click=State.follow(key), class_name="link small"))
        for kind, (place, href) in ways.items()
    ]
    return rx.fragment(rx.match(alert.kind, *links, rx.fragment()))


def _text(alert: Any) -> Words:
    return rx.cond(
        _about_whatsapp(alert),
        rx.cond(
            alert.why != "",
            choice(alert.why, "delivery.why_", *REASONS),
            choice(alert.what, "problems.fix_", *PROBLEMS, name=alert.subject),
        ),
        rx.cond(
            alert.kind == "skill",
            choice(alert.what, "alerts.text_skill_", *FAILED),
            rx.cond(
                _of_plan(alert),
                choice(alert.what, "alerts.text_plan_", *OF_PLAN),
                choice(
                    alert.kind,
                    "alerts.text_",
                    *(kind for kind in KINDS if kind != "skill"),
                    subject=alert.subject,
                ),
            ),
        ),
    )


def _of_plan(alert: Any) -> Any:
    return (alert.kind == "limit") & (alert.what != "")


def _about_whatsapp(alert: Any) -> Any:
    first, *others = (alert.kind == kind for kind in ABOUT_WHATSAPP)
    return reduce(lambda one, other: one | other, others, first)


def _title(alert: Any) -> Words:
    who = rx.cond(alert.who != "", alert.who, t("common.visitor"))
    whatsapp = rx.cond(
        alert.why != "",
        rx.cond(
            alert.subject != "",
            t("alerts.template_failed", name=alert.subject),
            rx.cond(alert.who != "", t("alerts.message_failed", who=who), t("alerts.number_failed")),
        ),
        choice(alert.what, "problems.", *PROBLEMS, name=alert.subject),
    )
    titles = {
        "limit": rx.cond(
            alert.what != "",
            choice(alert.what, "alerts.plan_", *OF_PLAN),
            t("alerts.limit", percent=alert.percent),
        ),
        "handoff": t(
            "alerts.handoff", who=who, reason=choice(alert.reason, "inbox.reason_", *REASONS_OF_HANDOFF)
        ),
        "loop": t("alerts.loop", who=who),
        "received": t("alerts.received", who=who),
        "delivery": t("alerts.delivery", who=who),
        "shadow": t("alerts.shadow"),
        "provider": t("alerts.provider", name=alert.subject),
        "skill": choice(alert.what, "alerts.skill_", *FAILED, name=alert.subject),
        "support": rx.cond(alert.what == "write", t("alerts.support_write"), t("alerts.support")),
        **dict.fromkeys(ABOUT_WHATSAPP, whatsapp),
    }
    return cast("rx.Var[str]", rx.match(alert.kind, *titles.items(), ""))
