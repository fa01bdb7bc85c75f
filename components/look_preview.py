"""The widget itself, on a phone or on a desk, as the form says it would be."""

from typing import Any

import reflex as rx

from components.ui.field import segments
from components.ui.surface import card
from components.words import t
from state.look import LookState
from state.session import SessionState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = LookState


def preview() -> rx.Component:
    look = State.look
    return card(
        rx.el.div(
            rx.el.h2(t("look.preview"), class_name="subtitle"),
            rx.el.div(
                segments(
                    t("look.device"),
                    [("phone", t("look.device_phone")), ("desk", t("look.device_desk"))],
                    value=State.device,
                    pick=State.show_on,
                ),
                segments(
                    t("look.language"), [("es", "ES"), ("en", "EN")], value=State.spoken, pick=State.speak
                ),
                class_name="line-wrap",
            ),
            class_name="line-wrap between",
        ),
        rx.el.div(
            rx.el.div(
                # A changed form is another frame: it asks for what the form says as soon as it is there.
                rx.el.iframe(
                    src="/preview/widget",
                    title=t("look.preview"),
                    key="preview" + State.form_key.to_string(),
                    custom_attrs={
                        "data-look-preview": "",
                        "data-device": State.device,
                        "data-lang": State.spoken,
                        "data-agent": look.agent,
                        "data-business": SessionState.org_name,
                        "data-suggestions": look.suggestions.to_string(),
                    },
                ),
                class_name=rx.cond(State.device == "desk", "mirror mirror-desk", "mirror"),
                custom_attrs={"data-look-mirror": ""},
            ),
            class_name="mirror-room",
        ),
        rx.el.p(t("look.preview_note"), class_name="hint"),
        class_name="stack look-preview",
    )
