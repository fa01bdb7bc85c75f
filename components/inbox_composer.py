"""Where a person writes, when they may: freely, with a template only, or not at all."""

from typing import Any

import reflex as rx

from components.template_bubble import template_bubble
from components.ui.button import button, icon_button, link_button
from components.ui.enclosed import quoted
from components.ui.feedback import empty, notice, problem, skeleton_rows
from components.ui.field import hidden
from components.ui.icon import glyph
from components.ui.moment import left, when
from components.ui.overlay import sheet
from components.ui.surface import badge
from components.words import t
from state.inbox import InboxState
from state.inbox_template import Gap, InboxTemplateState
from vulkn_app.channels.whatsapp.board import TemplateRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = InboxState
Template: Any = InboxTemplateState

# What WhatsApp's own app offers first.
EMOJI = ("👍", "❤️", "😂", "😮", "😢", "🙏")
# What Meta takes from a business (FIELD 4.3); the server looks into the file again.
ACCEPTED = (
    "image/jpeg,image/png,application/pdf,.docx,.xlsx,.pptx,.doc,.xls,.txt,audio/mpeg,audio/ogg,video/mp4"
)


def composer() -> rx.Component:
    """A window that closed never looks as if one could write."""
    chat = State.conversation
    return rx.el.div(
        problem(State.problem),
        rx.cond(
            State.conversation,
            rx.cond(chat.away, _away(), rx.cond(chat.shut, _shut(), _open())),
            _form(),
        ),
        class_name="composer",
    )


def emoji_button(key: rx.Var[str]) -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            icon_button("smile-plus", t("inbox.react"), size="small", more="react"),
        ),
        rx.popover.content(
            *[
                rx.popover.close(
                    rx.el.button(
                        emoji,
                        type="button",
                        aria_label=t("inbox.react_with", emoji=emoji),
                        class_name="emoji",
                        on_click=State.react(key, emoji),
                    )
                )
                for emoji in EMOJI
            ],
            side="top",
            class_name="pop emojis",
        ),
    )


def quote_button(key: rx.Var[str]) -> rx.Component:
    return icon_button("reply", t("inbox.quote"), size="small", more="react", on_click=State.quote(key))


def template_sheet() -> rx.Component:
    """Which template, and what goes into it, seen as the customer will see it."""
    return sheet(
        t("inbox.template_title"),
        problem(Template.problem),
        rx.cond(
            Template.loaded,
            rx.cond(Template.picked, _fill(), rx.cond(Template.rows.length() > 0, _choose(), _none())),
            skeleton_rows(3),
        ),
        is_open=Template.is_open,
        on_close=Template.close,
        foot=rx.cond(
            Template.picked,
            rx.el.div(
                button(t("inbox.template_other"), variant="ghost", on_click=Template.back),
                button(
                    t("inbox.template_send"),
                    icon="send-horizontal",
                    busy=Template.sending,
                    disabled=~Template.complete,
                    on_click=Template.send,
                ),
                class_name="sheet-foot",
            ),
            rx.fragment(),
        ),
    )


def _open() -> rx.Component:
    chat = State.conversation
    return rx.fragment(
        rx.cond(
            chat.opted_out,
            notice(t("inbox.opted_out_text"), icon="bell-off"),
        ),
        _form(),
        rx.cond(chat.channel == "whatsapp", _time_left()),
    )


def _form() -> rx.Component:
    whatsapp = State.conversation.channel == "whatsapp"
    return rx.fragment(
        rx.cond(State.quoting, _quoting()),
        rx.cond(whatsapp, _chosen_file()),
        rx.form(
            hidden("draft", State.draft_id),
            hidden("reply_to", rx.cond(State.quoting, State.quoting.id.to_string(use_json=False), "")),
            rx.cond(whatsapp, _attach()),
            rx.el.textarea(
                name="text",
                rows=1,
                max_length=4000,
                required=True,
                placeholder=t("inbox.write"),
                aria_label=t("inbox.write"),
                aria_describedby="composer-hint",
                class_name="input",
                id="reply-text",
                enter_key_submit=True,
            ),
            icon_button(
                "send-horizontal", t("inbox.send"), variant="primary", type="submit", busy=State.sending
            ),
            class_name="composer-line",
            on_submit=State.send,
            reset_on_submit=True,
        ),
        rx.cond(
            State.conversation.status == "open",
            rx.el.p(t("inbox.hint"), id="composer-hint", class_name="tiny soft"),
            rx.el.span(id="composer-hint"),
        ),
    )


def _quoting() -> rx.Component:
    """What is being answered, as the customer will see it."""
    message = State.quoting
    return rx.el.div(
        glyph("reply", "small"),
        quoted(message),
        icon_button(
            "x",
            t("inbox.quote_nothing"),
            size="small",
            on_click=State.quote_nothing,
            custom_attrs={"data-unquote": ""},
        ),
        class_name="quoting",
    )


def _attach() -> rx.Component:
    """assets/inbox.js sends what is chosen."""
    return rx.el.label(
        glyph("paperclip"),
        rx.el.span(t("inbox.attach"), class_name="quiet-only"),
        rx.el.input(type="file", accept=ACCEPTED, custom_attrs={"data-attach": ""}, class_name="quiet-only"),
        title=t("inbox.attach"),
        class_name="button button-ghost button-icon attach",
    )


def _chosen_file() -> rx.Component:
    """Filled by assets/inbox.js: a file is looked at before it is sent."""
    return rx.el.div(
        custom_attrs={
            "data-attached": State.open_id,
            "data-quoting": rx.cond(State.quoting, State.quoting.id.to_string(use_json=False), ""),
            "data-send": t("inbox.attach_send"),
            "data-remove": t("inbox.attach_remove"),
            "data-sending": t("inbox.attach_sending"),
            "data-refused": t("inbox.attach_refused"),
            "data-caption": t("inbox.attach_caption"),
        },
        class_name="attached",
        role="status",
    )


def _time_left() -> rx.Component:
    """assets/inbox.js looks again every minute, and at once when the time is over."""
    until = State.conversation.window_until
    return rx.el.div(
        glyph("timer", "tiny"),
        rx.el.span(t("inbox.window_open", left=left(until, State.clock), until=when(until))),
        rx.el.button(type="button", tab_index=-1, aria_hidden=True, on_click=State.tick, hidden=True),
        custom_attrs={"data-until": until.to(str)},
        class_name="tiny soft line snug",
    )


def _shut() -> rx.Component:
    chat = State.conversation
    return rx.el.div(
        glyph("lock", "normal"),
        rx.el.div(
            rx.el.p(t("inbox.shut"), class_name="strong small"),
            rx.el.p(
                rx.cond(chat.opted_out, t("inbox.shut_opted_out"), t("inbox.shut_text")),
                class_name="small soft",
            ),
            class_name="stack-tight grow",
        ),
        rx.cond(
            chat.opted_out,
            rx.fragment(),
            button(
                t("inbox.pick_template"),
                icon="layout-template",
                variant="soft",
                on_click=State.open_templates,
            ),
        ),
        class_name="shut",
    )


def _away() -> rx.Component:
    return rx.el.div(
        glyph("unplug", "normal"),
        rx.el.div(
            rx.el.p(t("inbox.away"), class_name="strong small"),
            rx.el.p(t("inbox.away_text"), class_name="small soft"),
            class_name="stack-tight grow",
        ),
        link_button(t("inbox.to_channels"), href="/app/channels/", variant="soft"),
        class_name="shut",
    )


def _choose() -> rx.Component:
    return rx.fragment(
        rx.el.p(t("inbox.template_text"), class_name="small soft"),
        rx.el.ul(rx.foreach(Template.rows, _choice), class_name="stack-snug"),
    )


def _choice(row: rx.vars.ObjectVar[TemplateRow]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(
                rx.el.span(row.name, class_name="strong small clip grow"),
                badge(row.language, tone="line"),
                class_name="line",
            ),
            rx.el.span(row.preview.body, class_name="small soft clip-2"),
            type="button",
            on_click=Template.pick(row.id),
            class_name="option",
        )
    )


def _fill() -> rx.Component:
    return rx.fragment(
        rx.foreach(Template.gaps, _gap),
        rx.el.div(
            rx.el.p(t("inbox.template_preview"), class_name="label"),
            template_bubble(Template.preview),
            class_name="field",
        ),
        notice(t("inbox.template_costs"), icon="coins"),
    )


def _gap(gap: rx.vars.ObjectVar[Gap]) -> rx.Component:
    name = "gap-" + gap.key.to(str)
    asked = rx.match(
        gap.where,
        ("header", t("inbox.template_gap_header", name=gap.place)),
        ("button", t("inbox.template_gap_button", name=gap.label)),
        t("inbox.template_gap", name=gap.place),
    )
    return rx.el.div(
        rx.el.label(asked, html_for=name, class_name="label"),
        rx.el.input(
            id=name,
            default_value=gap.given,
            max_length=200,
            on_change=lambda words: Template.fill(gap.key, words).debounce(200),
            class_name="input",
        ),
        class_name="field",
    )


def _none() -> rx.Component:
    return empty(
        "layout-template",
        t("inbox.template_none"),
        t("inbox.template_none_text"),
        link_button(t("inbox.to_templates"), href="/app/channels/templates/", variant="plain"),
    )
