"""The frame of /admin, and its door: until the second factor was shown there is nothing else."""

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx
from reflex.event import run_script
from reflex.style import color_mode, set_color_mode
from reflex.vars import Var

from components.shell import LEAVE, MODES, choice_item
from components.ui.button import button, go
from components.ui.feedback import notice, problem, skeleton_rows
from components.ui.field import copy_field, text_field
from components.ui.icon import glyph
from components.ui.surface import avatar, brand, card, mark, skip_link
from components.words import t
from state.admin import AdminState
from state.prefs import PrefsState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = AdminState

Place = Literal["organizations", "operations", "log"]
PLACES: dict[Place, tuple[str, str]] = {
    "organizations": ("/admin/", "building-2"),
    "operations": ("/admin/operations/", "activity"),
    "log": ("/admin/log/", "scroll-text"),
}


def admin_shell(place: Place, content: Callable[[], rx.Component]) -> rx.Component:
    return rx.el.div(
        skip_link(),
        rx.cond(
            State.known,
            rx.cond(State.proved, _inside(place, content), _door()),
            rx.el.main(card(skeleton_rows(4), flush=True), id="main", class_name="main", aria_busy=True),
        ),
        rx.el.form(id=LEAVE, action="/api/auth/logout", method="post", on_submit=None),
        class_name="shell",
        lang=PrefsState.lang,
    )


def _inside(place: Place, content: Callable[[], rx.Component]) -> rx.Component:
    return rx.fragment(
        rx.el.aside(
            go(brand(), href="/admin/", aria_label="VULKN"),
            rx.el.nav(
                *[_item(each, place, "nav-item") for each in PLACES],
                class_name="nav",
                aria_label=t("nav.main"),
            ),
            rx.el.div(_account(), class_name="sidebar-foot"),
            class_name="sidebar",
        ),
        rx.el.header(
            rx.el.div(mark(), rx.el.span(t("admin.title"), class_name="strong clip"), class_name="line"),
            _account(small=True),
            class_name="topbar",
        ),
        rx.el.nav(
            *[_item(each, place, "tab") for each in PLACES],
            class_name="bottombar",
            aria_label=t("nav.main"),
        ),
        rx.el.div(
            rx.el.main(
                rx.cond(
                    State.over,
                    rx.el.div(
                        notice(t("admin.over"), tone="accent", icon="log-out"), class_name="under-notice"
                    ),
                ),
                content(),
                id="main",
                tab_index=-1,
                class_name="main",
                key=place,
            ),
            class_name="beside",
        ),
    )


def _item(place: Place, here: Place, look: Literal["nav-item", "tab"]) -> rx.Component:
    href, icon = PLACES[place]
    shown = rx.el.span(glyph(icon), class_name="tab-icon") if look == "tab" else glyph(icon)
    more: dict[str, Any] = {"aria_current": "page"} if place == here else {}
    return go(shown, rx.el.span(t(f"admin.{place}")), href=href, class_name=look, **more)


def _account(*, small: bool = False) -> rx.Component:
    who = rx.el.span(
        rx.el.span(State.name, class_name="strong small clip"),
        rx.el.span(t("admin.title"), class_name="tiny soft clip"),
        class_name="stack-tight grow",
    )
    trigger = rx.el.button(
        avatar(State.name, accent=True, small=small),
        rx.fragment() if small else who,
        rx.el.span(t("nav.account"), class_name="quiet-only"),
        type="button",
        class_name="person person-round" if small else "person",
    )
    return rx.dropdown_menu.root(
        rx.dropdown_menu.trigger(trigger),
        rx.dropdown_menu.content(
            rx.el.div(State.email, class_name="menu-label"),
            rx.dropdown_menu.separator(),
            choice_item(t("nav.spanish"), PrefsState.lang != "en", PrefsState.pick("es")),
            choice_item(t("nav.english"), PrefsState.lang == "en", PrefsState.pick("en")),
            rx.dropdown_menu.separator(),
            *[
                choice_item(t(f"nav.{mode}"), color_mode == mode, set_color_mode(mode), icon)
                for mode, icon in MODES.items()
            ],
            rx.dropdown_menu.separator(),
            rx.dropdown_menu.item(go(t("admin.own"), href="/app/"), as_child=True),
            rx.dropdown_menu.item(
                t("nav.sign_out"),
                on_click=run_script(Var(f"document.getElementById('{LEAVE}').submit()")),
            ),
            side="top",
            align="end",
            class_name="menu",
        ),
        modal=False,
    )


def _door() -> rx.Component:
    """The code; before the first one, what the authenticator is taught from."""
    return rx.el.main(
        card(
            rx.el.form(
                rx.el.div(mark(), class_name="line"),
                rx.el.h1(
                    rx.cond(State.enrolling, t("admin.enrol_title"), t("admin.door_title")),
                    class_name="title",
                ),
                rx.el.p(
                    rx.cond(State.enrolling, t("admin.enrol_text"), t("admin.door_text")), class_name="soft"
                ),
                rx.cond(State.enrolling, _teach()),
                problem(State.problem),
                text_field(
                    t("admin.code"),
                    name="code",
                    hint=t("admin.code_hint"),
                    required=True,
                    max_length=9,
                    input_mode="numeric",
                    auto_complete="one-time-code",
                    auto_focus=True,
                    pattern="[0-9 ]{6,9}",
                ),
                button(t("admin.enter"), type="submit", wide=True, size="large", busy=State.saving),
                on_submit=State.prove,
                class_name="stack",
            ),
            class_name="factor",
        ),
        id="main",
        class_name="lonely",
    )


def _teach() -> rx.Component:
    return rx.el.div(
        rx.el.img(src=State.picture, alt=t("admin.picture"), class_name="factor-picture"),
        rx.el.p(t("admin.by_hand"), class_name="hint"),
        copy_field(State.by_hand, name=t("common.copy")),
        class_name="stack",
    )
