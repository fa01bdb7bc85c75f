"""How the chat looks: colour, logo, place and greeting beside the widget itself, as it would be."""

from typing import Any

import reflex as rx

from components.channels_tabs import channels_tabs
from components.look_preview import preview
from components.shell import shell
from components.ui.button import button, out_button
from components.ui.feedback import notice, problem, skeleton_rows
from components.ui.field import field, hidden, text_area
from components.ui.icon import glyph
from components.ui.surface import card, page_head
from components.words import t
from state.look import LookState
from state.session import SessionState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = LookState
READ_ONLY = SessionState.role == "member"
PALETTE = ("#5b5bd6", "#0f766e", "#1d4ed8", "#be185d", "#b45309", "#facc15", "#1f2937")
MOST_LOGO = "2000000"  # bytes; the server's own limit is the one that counts


def look() -> rx.Component:
    return shell("channels", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("look.title"),
            out_button(t("agent.try"), href="/c/" + SessionState.org_slug),
            text=t("look.text"),
        ),
        channels_tabs("look"),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.cond(READ_ONLY, notice(t("agent.read_only"), icon="lock")),
                rx.el.div(_form(), preview(), class_name="columns columns-look"),
                class_name="stack",
            ),
            card(skeleton_rows(5), flush=True),
        ),
    )


def _form() -> rx.Component:
    """The browser's script reads it while it is filled in (assets/look.js); it is sent as a whole."""
    return card(
        rx.el.form(
            rx.el.fieldset(
                problem(State.problem),
                _colour(),
                _logo(),
                _place(),
                *[_greeting(language) for language in ("es", "en")],
                rx.cond(READ_ONLY, rx.fragment(), _ends()),
                disabled=READ_ONLY,
                class_name="stack stack-look",
            ),
            on_submit=State.save,
            custom_attrs={"data-look-form": ""},
            key="look" + State.form_key.to_string(),
        ),
    )


def _ends() -> rx.Component:
    return rx.el.div(
        button(t("common.save"), type="submit", busy=State.saving),
        button(t("look.discard"), variant="ghost", on_click=State.discard),
        rx.cond(
            State.look.before,
            button(t("look.back"), icon="undo-2", variant="plain", on_click=State.go_back),
        ),
        class_name="line-wrap",
    )


def _colour() -> rx.Component:
    return rx.el.div(
        field(
            t("look.color"),
            rx.el.div(
                rx.el.input(
                    type="color",
                    default_value=State.look.color,
                    aria_label=t("look.color_pick"),
                    class_name="swatch-pick",
                    custom_attrs={"data-look-pick": ""},
                ),
                rx.el.input(
                    id="color",
                    name="color",
                    default_value=State.look.color,
                    max_length=7,
                    spell_check=False,
                    auto_complete="off",
                    on_change=State.recolour.debounce(120),
                    aria_describedby="color-hint",
                    class_name="input code-like",
                ),
                class_name="line",
            ),
            name="color",
            hint=t("look.color_hint"),
        ),
        rx.el.div(
            *[
                rx.el.button(
                    type="button",
                    aria_label=t("look.color_try", color=color),
                    title=color,
                    class_name="swatch",
                    background=color,
                    custom_attrs={"data-look-color": color},
                )
                for color in PALETTE
            ],
            class_name="line-wrap",
        ),
        _corrected(),
        class_name="stack",
    )


def _corrected() -> rx.Component:
    """What is put on the colour so that everybody can read it (WCAG 2.2: 4.5 to 1)."""
    dark = State.letters == "#000000"
    return rx.el.div(
        rx.el.span("Aa", class_name="sample", background=State.color, color=State.letters, aria_hidden=True),
        rx.el.div(
            rx.el.p(
                rx.cond(
                    dark,
                    t("look.letters_dark", plain=State.plain, ratio=State.ratio),
                    t("look.letters_white", ratio=State.ratio),
                ),
                class_name="small",
            ),
            rx.cond(
                (State.on_light != State.color) | (State.on_dark != State.color),
                rx.el.p(
                    t("look.links"),
                    " ",
                    rx.el.span(
                        rx.el.span(
                            "Aa", class_name="tone tone-light", color=State.on_light, aria_hidden=True
                        ),
                        rx.el.span("Aa", class_name="tone tone-dark", color=State.on_dark, aria_hidden=True),
                        class_name="tones",
                    ),
                    class_name="small soft",
                ),
            ),
            class_name="stack-tight grow",
        ),
        role="status",
        class_name="line line-top box-quiet",
    )


def _logo() -> rx.Component:
    return rx.el.div(
        rx.el.span(t("look.logo"), class_name="label"),
        rx.el.div(
            rx.el.span(
                rx.el.img(src=State.look.logo, alt="", custom_attrs={"data-look-shown": ""}),
                glyph("image"),
                class_name="logo-shown",
                custom_attrs={"data-empty": rx.cond(State.look.logo == "", "yes", "no")},
            ),
            rx.el.label(
                glyph("upload", "small"),
                t("look.logo_choose"),
                rx.el.input(
                    type="file",
                    accept="image/png,image/jpeg,image/webp",
                    class_name="quiet-only",
                    custom_attrs={"data-look-logo": "", "data-most": MOST_LOGO},
                ),
                class_name="button button-plain button-small attach",
            ),
            button(t("look.logo_remove"), variant="ghost", size="small", custom_attrs={"data-look-bare": ""}),
            class_name="line-wrap",
        ),
        hidden("logo", State.look.logo),
        rx.el.p(t("look.logo_hint"), class_name="hint"),
        rx.el.p(
            class_name="small wrong",
            role="alert",
            custom_attrs={
                "data-look-wrong": "",
                "data-large": t("errors.logo_too_large"),
                "data-failed": t("look.logo_failed"),
            },
        ),
        class_name="field",
    )


def _place() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("look.position"), class_name="label"),
        rx.el.div(
            *[
                rx.el.label(
                    rx.el.input(
                        type="radio", name="position", value=side, default_checked=State.look.position == side
                    ),
                    t(f"look.position_{side}"),
                    class_name="pick",
                )
                for side in ("right", "left")
            ],
            class_name="line-wrap",
        ),
        class_name="field",
    )


def _greeting(language: str) -> rx.Component:
    look = State.look
    return text_area(
        t(f"agent.greeting_{language}"),
        name=f"greeting_{language}",
        hint=t("look.greeting_hint"),
        size="short",
        max_length=500,
        default_value=look.greeting_es if language == "es" else look.greeting_en,
        custom_attrs={"data-speaks": language},
    )
