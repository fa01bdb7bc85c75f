"""A conversation in a list, wherever one is listed."""

import reflex as rx

from components.ui.button import go
from components.ui.icon import glyph
from components.ui.moment import when
from components.ui.surface import avatar, badge
from components.words import t
from vulkn_app.conversations.rows import ConversationRow


def name_of(row: rx.vars.ObjectVar[ConversationRow]) -> rx.Var[str]:
    """What is known of the visitor, best first."""
    return rx.cond(
        row.name != "",
        row.name,
        rx.cond(
            row.email != "",
            row.email,
            rx.cond(
                row.phone != "",
                row.phone,
                rx.cond(row.username != "", "@" + row.username.to(str), t("common.visitor")),
            ),
        ),
    )


def channel_name(row: rx.vars.ObjectVar[ConversationRow]) -> rx.Var[str]:
    return rx.cond(row.channel == "whatsapp", "WhatsApp", t("inbox.channel_web"))


def conversation_row(
    row: rx.vars.ObjectVar[ConversationRow], current: rx.Var[bool] | bool = False
) -> rx.Component:
    return go(
        rx.el.span(
            avatar(rx.cond(row.name != "", row.name, row.email)),
            rx.cond(
                row.channel == "whatsapp",
                rx.el.span(glyph("message-circle", "tiny"), class_name="avatar-mark"),
            ),
            class_name="avatar-place",
        ),
        rx.el.span(
            rx.el.span(
                rx.el.span(
                    name_of(row),
                    rx.cond(row.channel == "whatsapp", rx.el.span(" · WhatsApp", class_name="quiet-only")),
                    class_name="strong clip grow",
                ),
                rx.el.span(when(row.last_message_at), class_name="tiny soft number"),
                class_name="line",
            ),
            rx.el.span(
                rx.el.span(_speaker(row), row.last_text, class_name="soft small clip grow"),
                _marks(row),
                class_name="line",
            ),
            class_name="stack-tight grow",
        ),
        href="/app/inbox/?c=" + row.id.to_string(use_json=False),
        class_name="row row-snug",
        aria_current=current,
    )


def _speaker(row: rx.vars.ObjectVar[ConversationRow]) -> rx.Component:
    said = rx.match(
        row.last_sender,
        ("agent", rx.el.span(t("inbox.agent_said"), " ")),
        ("human", rx.el.span(t("inbox.you_said"), " ")),
        rx.fragment(),
    )
    return rx.fragment(said)


def _marks(row: rx.vars.ObjectVar[ConversationRow]) -> rx.Component:
    return rx.fragment(
        rx.cond(
            row.hot, badge(rx.el.span(t("leads.hot"), class_name="quiet-only"), tone="hot", icon="flame")
        ),
        rx.cond(
            row.opted_out,
            rx.el.span(
                glyph("bell-off", "tiny"),
                rx.el.span(t("inbox.opted_out"), class_name="quiet-only"),
                title=t("inbox.opted_out"),
                class_name="soft",
            ),
        ),
        rx.cond(row.status == "human", badge(t("inbox.filter_human"), tone="accent")),
        rx.cond(
            row.unread.to(int) > 0,
            rx.el.span(
                row.unread, rx.el.span(" ", t("inbox.unread"), class_name="quiet-only"), class_name="count"
            ),
        ),
    )
