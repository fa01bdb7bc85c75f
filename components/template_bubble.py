"""A template as it looks on the customer's phone."""

import reflex as rx

from components.ui.icon import glyph
from components.words import choice
from vulkn_app.channels.whatsapp.shown import MEDIA_HEADS, Bubble


def template_bubble(bubble: rx.vars.ObjectVar[Bubble]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(
                bubble.media != "",
                rx.el.div(
                    glyph("image", "large"),
                    choice(bubble.media, "templates.head_", *MEDIA_HEADS),
                    class_name="phone-media small",
                ),
            ),
            rx.cond(bubble.head != "", rx.el.p(bubble.head, class_name="strong", dir="auto")),
            rx.el.p(bubble.body, class_name="prose", dir="auto"),
            rx.cond(bubble.foot != "", rx.el.p(bubble.foot, class_name="tiny soft", dir="auto")),
            class_name="phone-bubble",
        ),
        rx.foreach(bubble.buttons, lambda words: rx.el.span(words, class_name="phone-button small")),
        class_name="phone",
    )
