"""The frame of every dashboard page: where one is, who one is, and whether the line is up."""

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx
from reflex.event import run_script
from reflex.style import color_mode, set_color_mode
from reflex.vars import Var

from components.alerts import alerts, bell
from components.standing import standing
from components.ui.button import go
from components.ui.feedback import Wide, bone, notice, skeleton_rows
from components.ui.icon import glyph
from components.ui.surface import avatar, brand, mark, skip_link
from components.words import choice, plural, t
from state.prefs import PrefsState
from state.session import SessionState
from state.trial import TrialState

# In a component a state's attribute is a var; the type checker takes it for the plain value.
Trial: Any = TrialState

Place = Literal[
    "overview",
    "inbox",
    "agenda",
    "leads",
    "analytics",
    "knowledge",
    "agent",
    "channels",
    "skills",
    "playground",
    "team",
    "billing",
    "audit",
]
PLACES: dict[Place, tuple[str, str]] = {
    "overview": ("/app/", "layout-dashboard"),
    "inbox": ("/app/inbox/", "messages-square"),
    "agenda": ("/app/agenda/", "calendar-days"),
    "leads": ("/app/leads/", "flame"),
    "analytics": ("/app/analytics/", "chart-column"),
    "knowledge": ("/app/knowledge/", "book-open"),
    "agent": ("/app/agent/", "sparkles"),
    "channels": ("/app/channels/", "radio-tower"),
    "skills": ("/app/skills/", "blocks"),
    "playground": ("/app/playground/", "flask-conical"),
    "team": ("/app/team/", "users"),
    "billing": ("/app/billing/", "credit-card"),
    "audit": ("/app/audit/", "scroll-text"),
}
# Not in the way of those who could not open them.
FOR_ADMINS: tuple[Place, ...] = ("audit",)
# Five fit under a thumb; the others are in the account menu.
ON_PHONE: tuple[Place, ...] = ("overview", "inbox", "agenda", "leads", "knowledge")
LEAVE = "sign-out"
MODES: dict[Literal["light", "dark", "system"], str] = {
    "light": "sun",
    "dark": "moon",
    "system": "monitor-smartphone",
}
SHORT = {"inbox": "inbox_short"}
NAV_BONES: tuple[Wide, ...] = ("half", "most", "half", "most", "half")


def shell(place: Place, content: Callable[[], rx.Component], *, full: bool = False) -> rx.Component:
    """`content` appears once the server said who is looking. `full`: the page fills the screen itself."""
    return rx.el.div(
        skip_link(),
        rx.cond(SessionState.ready, _frame(place), _frame_bones()),
        rx.el.div(
            rx.cond(SessionState.ready, standing()),
            rx.cond(SessionState.ready & SessionState.suspended, _suspended()),
            rx.cond(
                SessionState.ready,
                rx.el.main(
                    content(),
                    id="main",
                    tab_index=-1,
                    class_name="main main-full" if full else "main",
                    key=place,
                ),
                _main_bones(),
            ),
            class_name="beside",
        ),
        rx.cond(SessionState.ready, alerts()),
        # Outside the menu: a form that goes away with its menu is never sent.
        rx.el.form(id=LEAVE, action="/api/auth/logout", method="post", on_submit=None),
        class_name="shell",
        lang=PrefsState.lang,
    )


def _frame(place: Place) -> rx.Component:
    return rx.fragment(
        rx.el.aside(
            rx.el.div(go(brand(), href="/app/", aria_label="VULKN"), bell(), class_name="line between"),
            rx.el.nav(
                *[_nav_item(each, each == place) for each in PLACES],
                class_name="nav",
                aria_label=t("nav.main"),
            ),
            rx.el.div(_trial(), _rehearsal(), _account(round_=False), class_name="sidebar-foot"),
            class_name="sidebar",
        ),
        rx.el.header(
            rx.el.div(mark(), rx.el.span(SessionState.org_name, class_name="strong clip"), class_name="line"),
            rx.el.div(
                rx.cond(SessionState.rehearsal, rx.el.span(t("nav.rehearsal"), class_name="badge")),
                bell(),
                _account(round_=True),
                class_name="line fixed snug",
            ),
            class_name="topbar",
        ),
        rx.el.nav(
            *[_tab(each, each == place) for each in ON_PHONE],
            class_name="bottombar",
            aria_label=t("nav.main"),
        ),
    )


def _suspended() -> rx.Component:
    return rx.el.div(notice(t("nav.suspended"), tone="danger", icon="circle-pause"), class_name="main-notice")


def _nav_item(place: Place, here: bool) -> rx.Component:
    href, icon = PLACES[place]
    item = go(
        glyph(icon),
        t(f"nav.{place}"),
        href=href,
        class_name="nav-item",
        **_here(here),
    )
    return rx.cond(SessionState.role != "member", item) if place in FOR_ADMINS else item


def _tab(place: Place, here: bool) -> rx.Component:
    href, icon = PLACES[place]
    return go(
        rx.el.span(glyph(icon), class_name="tab-icon"),
        rx.el.span(t(f"nav.{SHORT.get(place, place)}")),
        href=href,
        class_name="tab",
        **_here(here),
    )


def _here(here: bool) -> dict[str, Any]:
    return {"aria_current": "page"} if here else {}


def _rehearsal() -> rx.Component:
    return rx.cond(
        SessionState.rehearsal,
        rx.el.div(
            glyph("drama", "small"),
            rx.el.div(rx.el.span(t("nav.rehearsal"), class_name="strong"), rx.el.div(t("nav.rehearsal_why"))),
            class_name="rehearsal",
        ),
    )


def _trial() -> rx.Component:
    """How long the trial still is, and the way on."""
    days = Trial.days
    left = rx.cond(days == 0, t("billing.trial_left_today"), plural(days, "billing.trial_left"))
    return rx.el.div(
        rx.cond(
            days >= 0,
            go(glyph("hourglass", "small"), left, href=PLACES["billing"][0], class_name="trial-left"),
        ),
        on_mount=Trial.load,
    )


def _account(*, round_: bool) -> rx.Component:
    """The menu of the person: language, theme, team, sign out."""
    who = rx.el.span(
        rx.el.span(SessionState.org_name, class_name="strong small clip"),
        rx.el.span(
            SessionState.user_name,
            " · ",
            choice(SessionState.role, "team.role_", "owner", "admin", "member"),
            class_name="tiny soft clip",
        ),
        class_name="stack-tight grow",
    )
    trigger = rx.el.button(
        avatar(SessionState.user_name, accent=True, small=round_),
        rx.fragment() if round_ else who,
        rx.fragment() if round_ else glyph("chevrons-up-down", "small"),
        rx.el.span(t("nav.account"), class_name="quiet-only"),
        type="button",
        class_name="person person-round" if round_ else "person",
    )
    return rx.dropdown_menu.root(rx.dropdown_menu.trigger(trigger), _account_menu(), modal=False)


def _account_menu() -> rx.Component:
    return rx.dropdown_menu.content(
        rx.el.div(SessionState.user_email, class_name="menu-label"),
        rx.dropdown_menu.separator(),
        rx.cond(SessionState.has_a_choice, _places()),
        *[_place_item(place) for place in PLACES if place not in ON_PHONE],
        rx.dropdown_menu.separator(),
        choice_item(t("nav.spanish"), PrefsState.lang != "en", PrefsState.pick("es")),
        choice_item(t("nav.english"), PrefsState.lang == "en", PrefsState.pick("en")),
        rx.dropdown_menu.separator(),
        *[
            choice_item(t(f"nav.{mode}"), color_mode == mode, set_color_mode(mode), icon)
            for mode, icon in MODES.items()
        ],
        rx.dropdown_menu.separator(),
        rx.dropdown_menu.item(
            glyph("log-out", "small"),
            t("nav.sign_out"),
            on_click=run_script(Var(f"document.getElementById('{LEAVE}').submit()")),
        ),
        side="top",
        align="end",
        class_name="menu",
    )


def _place_item(place: Place) -> rx.Component:
    href, icon = PLACES[place]
    item = rx.dropdown_menu.item(go(glyph(icon, "small"), t(f"nav.{place}"), href=href), as_child=True)
    return rx.cond(SessionState.role != "member", item) if place in FOR_ADMINS else item


def _places() -> rx.Component:
    """For people of several organizations: the one to look at."""
    return rx.fragment(
        rx.el.div(t("nav.places"), class_name="menu-label"),
        rx.foreach(
            SessionState.places,
            lambda place: choice_item(
                place.name,
                place.id.to_string(use_json=False) == SessionState.org_id,
                SessionState.look_at(place.id.to_string(use_json=False)),
            ),
        ),
        rx.dropdown_menu.separator(),
    )


def choice_item(words: Any, chosen: Any, pick: Any, icon: str = "") -> rx.Component:
    return rx.dropdown_menu.item(
        rx.el.span(
            rx.el.span(
                glyph(icon, "small") if icon else rx.fragment(),
                rx.el.span(words, class_name="clip"),
                class_name="line",
            ),
            rx.cond(chosen, glyph("check", "small")),
            class_name="menu-choice",
        ),
        on_click=pick,
    )


def _frame_bones() -> rx.Component:
    return rx.fragment(
        rx.el.aside(
            brand(),
            rx.el.div(*[bone(wide) for wide in NAV_BONES], class_name="stack"),
            class_name="sidebar",
        ),
        rx.el.header(rx.el.div(mark(), bone("third"), class_name="line grow"), class_name="topbar"),
    )


def _main_bones() -> rx.Component:
    """No words: the language is not known yet."""
    return rx.el.main(
        rx.el.div(
            rx.el.div(bone("third", "title"), bone("half"), class_name="stack"),
            rx.el.div(skeleton_rows(4), class_name="card card-flush"),
            class_name="stack-wide",
        ),
        id="main",
        class_name="main",
        aria_busy=True,
    )
