"""A template as it looks on the customer's phone."""

import reflex as rx

from vulkn_app.channels.whatsapp.template_shapes import Preview


def template_bubble(preview: rx.vars.ObjectVar[Preview]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(preview.header != "", rx.el.p(preview.header, class_name="strong", dir="auto")),
            rx.el.p(preview.body, class_name="prose", dir="auto"),
            rx.cond(preview.footer != "", rx.el.p(preview.footer, class_name="tiny soft", dir="auto")),
            class_name="phone-bubble",
        ),
        rx.foreach(preview.buttons, lambda words: rx.el.span(words, class_name="phone-button small")),
        class_name="phone",
    )
