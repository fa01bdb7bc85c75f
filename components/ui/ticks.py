"""What became of a message of ours, as phones show it, with the reason in words when it did not arrive."""

import reflex as rx

from components.ui.icon import glyph
from components.words import choice, t
from vulkn_app.conversations.rows import SendingRow
from vulkn_app.i18n import catalogue

# Every reason that the locale `delivery` has words for; the general one last, for whatever else it may be.
_WHY = "delivery.why_"
REASONS = (
    *sorted(
        key.removeprefix(_WHY) for key in catalogue("es") if key.startswith(_WHY) and key != f"{_WHY}other"
    ),
    "other",
)


def ticks(sending: rx.vars.ObjectVar[SendingRow]) -> rx.Component:
    return rx.fragment(
        rx.match(
            sending.state,
            ("sending", _tick("clock-3", t("inbox.sending"))),
            ("sent", _tick("check", t("inbox.sent"))),
            ("delivered", _tick("check-check", t("inbox.delivered"))),
            ("read", _tick("check-check", t("inbox.read"), "tick-read")),
            ("unknown", _tick("circle-help", t("inbox.perhaps_sent"))),
            rx.el.span(glyph("circle-alert", "tiny"), t("inbox.not_sent"), class_name="tick-failed"),
        )
    )


def why_not(sending: rx.vars.ObjectVar[SendingRow], more: rx.Component) -> rx.Component:
    """Under the bubble; `more` is the way on."""
    return rx.el.div(
        rx.el.span(choice(sending.reason, _WHY, *REASONS), class_name="grow"),
        more,
        class_name="not-sent small",
    )


def _tick(icon: str, words: rx.Var[str], more: str = "") -> rx.Component:
    return rx.el.span(
        glyph(icon, "tiny", more=more),
        rx.el.span(words, class_name="quiet-only"),
        title=words,
        class_name="ticks-mark",
    )
