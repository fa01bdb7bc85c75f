"""The overview: today in one large number, the week in four, and who is writing now."""

from typing import Any

import reflex as rx

from components.conversations import conversation_row
from components.shadow import shadow_card
from components.shell import shell
from components.ui.button import go, link_button, out_button
from components.ui.feedback import empty, skeleton_rows
from components.ui.figure import bars, figure
from components.ui.icon import glyph
from components.ui.moment import when
from components.ui.surface import badge, card, card_head, live_dot, page_head
from components.words import choice, plural, t
from state.overview import OverviewState
from state.session import SessionState
from vulkn_app.analytics.report import Question
from vulkn_app.onboarding.progress import Step

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = OverviewState


def overview() -> rx.Component:
    return shell("overview", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(_greeting(), text=t("overview.text", business=SessionState.org_name)),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.cond(State.guide_step > 0, _guide()),
                rx.cond(State.new_here, _first_steps()),
                shadow_card(),
                rx.cond(State.start.tried, _story(), _recent()),
                class_name="stack-wide",
            ),
            card(skeleton_rows(6), flush=True),
        ),
    )


def _story() -> rx.Component:
    """Once somebody has written: before that, every figure would be a zero."""
    return rx.fragment(_today(), _figures(), rx.el.div(_recent(), _gaps(), class_name="columns"))


def _greeting() -> rx.Var[str]:
    name = rx.Var.create(SessionState.user_name).to(str).split(" ")[0]
    return choice(State.part, "overview.", "morning", "afternoon", "evening", name=name)


def _today() -> rx.Component:
    return card(
        rx.el.div(
            rx.el.div(State.today, class_name="hero-value number"),
            rx.el.div(
                rx.cond(State.today == 1, t("overview.today_one"), t("overview.today")), class_name="strong"
            ),
            rx.el.div(
                rx.el.div(t("overview.week", n=State.week)),
                rx.el.div(t("overview.week_before", n=State.week_before)),
                class_name="soft small number",
            ),
            class_name="stack-tight",
        ),
        rx.el.div(
            rx.el.p(t("overview.days"), class_name="figure-name"),
            bars(State.days, t("overview.days_label")),
            class_name="stack",
        ),
        class_name="hero",
    )


def _figures() -> rx.Component:
    flame = glyph("flame", "small", more="ember")
    return rx.el.div(
        figure(State.alone, t("overview.alone"), t("overview.alone_note")),
        figure(State.hot, t("overview.hot"), t("overview.hot_note"), icon=flame, href="/app/leads/"),
        figure(State.speed, t("overview.speed"), t("overview.speed_note")),
        figure(State.unanswered, t("overview.unanswered"), t("overview.unanswered_note"), href="#gaps"),
        class_name="figures",
    )


def _recent() -> rx.Component:
    live = rx.el.span(live_dot(), t("overview.live"), class_name="line small soft")
    return card(
        card_head(t("overview.recent"), live),
        rx.cond(
            State.recent.length() > 0,
            rx.el.div(
                rx.el.div(rx.foreach(State.recent, conversation_row), class_name="rows"),
                rx.el.div(
                    go(t("overview.recent_all"), href="/app/inbox/", class_name="link small"),
                    class_name="card-foot",
                ),
            ),
            empty("messages-square", t("overview.recent_empty"), t("overview.recent_empty_text")),
        ),
        flush=True,
    )


def _gaps() -> rx.Component:
    return card(
        card_head(t("overview.gaps"), text=t("overview.gaps_text")),
        rx.cond(
            State.questions.length() > 0,
            rx.el.ul(rx.foreach(State.questions, _question), class_name="rows"),
            empty("circle-check", t("overview.gaps_empty"), t("overview.gaps_empty_text")),
        ),
        flush=True,
        id="gaps",
    )


def _question(question: rx.vars.ObjectVar[Question]) -> rx.Component:
    encoded = rx.vars.FunctionStringVar.create("encodeURIComponent").call(question.text).to(str)
    return rx.el.li(
        rx.el.div(
            rx.el.span(question.text, class_name="clip-2"),
            rx.el.span(
                plural(question.times, "overview.gaps_times"),
                " · ",
                when(question.last_at),
                class_name="tiny soft",
            ),
            class_name="stack-tight grow",
        ),
        link_button(
            t("overview.gaps_teach"), href="/app/knowledge/?new=" + encoded, variant="soft", size="small"
        ),
        class_name="row row-still",
    )


def _guide() -> rx.Component:
    """The way back into the guide, where it was left."""
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.h2(t("onboarding.continue_title"), class_name="subtitle"),
                rx.el.p(t("onboarding.continue_text"), class_name="soft small"),
                class_name="stack-tight grow",
            ),
            link_button(
                t("onboarding.continue", n=State.guide_step, total=len(Step)),
                href="/onboarding/",
                icon="arrow-right",
            ),
            class_name="line-wrap guide-card",
        ),
        rx.el.progress(
            value=State.guide_step - 1,
            max=len(Step),
            aria_label=t("onboarding.progress"),
            class_name="progress apart-small",
        ),
    )


def _first_steps() -> rx.Component:
    start = State.start
    return card(
        card_head(t("overview.start"), badge(_done(), tone="accent"), text=t("overview.start_text")),
        rx.el.ol(
            _step(1, "know", start.knows, _step_link("know", "/app/knowledge/?begin=1")),
            _step(
                2,
                "live",
                start.live,
                rx.cond(
                    SessionState.role == "member",
                    rx.el.span(t("overview.step_live_who"), class_name="soft small"),
                    _step_link("live", "/app/agent/"),
                ),
            ),
            # The chat opens once somebody answers there.
            _step(
                3,
                "try",
                start.tried,
                rx.cond(
                    start.live,
                    out_button(t("overview.step_try_do"), href="/c/" + SessionState.org_slug, size="small"),
                ),
            ),
            class_name="steps",
        ),
        flush=True,
    )


def _step_link(key: str, href: str) -> rx.Component:
    return link_button(t(f"overview.step_{key}_do"), href=href, variant="soft", size="small")


def _done() -> rx.Var[str]:
    steps = (State.start.knows, State.start.tried, State.start.live)
    one, two, three = (rx.cond(step, 1, 0).to(int) for step in steps)
    return (one + two + three).to_string() + "/3"


def _step(number: int, key: str, done: rx.Var[bool], action: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.cond(done, glyph("check", "small"), str(number)),
            class_name=rx.cond(done, "step-mark step-done", "step-mark"),
        ),
        rx.el.div(
            rx.el.span(t(f"overview.step_{key}"), class_name="strong"),
            rx.el.span(t(f"overview.step_{key}_text"), class_name="soft small"),
            class_name="stack-tight grow",
        ),
        rx.cond(done, rx.fragment(), action),
    )
