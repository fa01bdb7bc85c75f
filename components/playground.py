"""Trying the agent out: a chat that no customer sees, and under each answer what it stands on."""

from typing import Any, cast

import reflex as rx

from components.shell import shell
from components.ui.button import button, go, icon_button, link_button
from components.ui.feedback import empty, notice
from components.ui.icon import glyph
from components.ui.surface import badge
from components.ui.talk import source_of, step, typing
from components.words import choice, t
from state.playground import CallRow, EvidenceRow, FigureRow, PlaygroundState, TrialRow, Why

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = PlaygroundState
REASONS = ("asked", "unknown", "complaint", "urgent", "sensitive", "failure", "limit", "took_over")
OUTCOMES = ("unknown", "small_talk", "handoff", "answered")


def playground() -> rx.Component:
    return shell("playground", _content, full=True)


def _content() -> rx.Component:
    return rx.el.div(
        _head(),
        rx.auto_scroll(
            rx.el.div(
                rx.cond((State.trials.length() == 0) & ~State.answering, _nothing()),
                rx.foreach(State.trials, _trial),
                rx.cond(State.answering, under_way(State)),
                class_name="talk trial",
                role="log",
                aria_live="polite",
                aria_label=t("playground.title"),
            ),
            class_name="desk-scroll",
            tab_index=0,
        ),
        composer(State),
        class_name="desk desk-one",
    )


def _head() -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.div(
                rx.el.h1(t("playground.title"), class_name="subtitle"),
                badge(t("playground.mark"), tone="hot", icon="flask-conical"),
                class_name="line",
            ),
            rx.el.p(t("playground.text"), class_name="tiny soft"),
            class_name="stack-none grow",
        ),
        rx.cond(
            State.trials.length() > 0,
            button(
                t("playground.start_over"),
                icon="rotate-ccw",
                variant="plain",
                size="small",
                on_click=State.start_over,
            ),
        ),
        class_name="desk-talk-head",
    )


def _nothing() -> rx.Component:
    return empty(
        "flask-conical",
        t("playground.empty"),
        t("playground.empty_text"),
        link_button(t("playground.to_skills"), href="/app/skills/", variant="plain", size="small"),
    )


def _trial(trial: rx.vars.ObjectVar[TrialRow]) -> rx.Component:
    return rx.fragment(
        asked(trial.asked),
        rx.cond(trial.answer != "", answered(trial.answer)),
        rx.cond(trial.failed != "", notice(trial.failed, tone="danger", icon="triangle-alert")),
        rx.cond(trial.why, _why(trial.why.to(Why))),
    )


def under_way(state: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(state.asked != "", asked(state.asked)),
        rx.cond(state.said != "", answered(state.said), typing(t("inbox.typing"))),
        rx.foreach(state.waiting, asked),
    )


def asked(words: Any) -> rx.Component:
    return rx.el.div(rx.el.div(words, class_name="bubble bubble-visitor", dir="auto"), class_name="said")


def answered(words: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(words, class_name="bubble bubble-agent", dir="auto"), class_name="said said-ours"
    )


def _why(why: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            t("playground.why"),
            rx.el.span(" · ", choice(why.outcome, "playground.outcome_", *OUTCOMES), class_name="soft"),
            rx.el.span(" · ", _seconds(why.total_ms), " · $", why.cost, class_name="soft number"),
            class_name="fold-head small",
        ),
        rx.cond(
            why.handoff != "",
            notice(
                t("playground.handed", reason=choice(why.handoff, "inbox.reason_", *REASONS)),
                tone="accent",
                icon="hand-helping",
            ),
        ),
        _part("playground.evidence", "playground.evidence_none", why.evidence, _evidence),
        _part("playground.figures", "playground.figures_none", why.figures, _figure),
        _part("playground.tools", "playground.tools_none", why.tools, step),
        _part("playground.calls", "playground.calls_none", why.calls, _call),
        rx.el.dl(
            rx.el.dt(t("playground.first")),
            rx.el.dd(why.first_ms, " ms", class_name="number"),
            rx.el.dt(t("playground.total")),
            rx.el.dd(why.total_ms, " ms", class_name="number"),
            rx.el.dt(t("playground.cost")),
            rx.el.dd("US$ ", why.cost, class_name="number"),
            class_name="facts small",
        ),
        class_name="fold why",
    )


def _part(title: str, none: str, rows: Any, row: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(t(title), class_name="label"),
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, row), class_name="stack-tight"),
            rx.el.p(t(none), class_name="soft small"),
        ),
        class_name="stack-tight",
    )


def _evidence(entry: rx.vars.ObjectVar[EvidenceRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(entry.score, class_name="badge number"),
        rx.el.span(
            go(entry.title, href="/app/knowledge/?entry=" + entry.id.to(str), class_name="link small"),
            rx.el.span(entry.text, class_name="soft tiny clip-2"),
            class_name="stack-none grow",
        ),
        class_name="line line-top",
    )


def _figure(figure: rx.vars.ObjectVar[FigureRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(figure.text, class_name="strong small number"),
        glyph("arrow-right", "tiny", more="soft"),
        rx.cond(
            figure.entry_id != "",
            go(
                figure.title,
                href="/app/knowledge/?entry=" + figure.entry_id.to(str),
                class_name="link small clip",
            ),
            rx.el.span(source_of(figure.kind), class_name="small soft"),
        ),
        class_name="line",
    )


def _call(call: rx.vars.ObjectVar[CallRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.span(_provider(call.provider), class_name="strong small"),
            rx.cond(call.model != call.provider, rx.el.span(call.model, class_name="soft small clip")),
            rx.cond(call.failure != "", badge(call.failure, tone="danger")),
            class_name="line-wrap snug",
        ),
        rx.el.span(
            t("playground.tokens", read=call.read, wrote=call.wrote, cached=call.cached),
            " · US$ ",
            call.cost,
            class_name="tiny soft number",
        ),
        class_name="stack-none",
    )


def _provider(name: Any) -> rx.Var[str]:
    """Two that answer are no models."""
    ready = {"rehearsal": t("playground.by_rehearsal"), "curated": t("playground.by_curated")}
    return cast("rx.Var[str]", rx.match(name, *ready.items(), name))


def composer(state: Any) -> rx.Component:
    return rx.el.div(
        rx.form(
            rx.el.textarea(
                name="text",
                rows=1,
                max_length=2000,
                required=True,
                placeholder=t("playground.write"),
                aria_label=t("playground.write"),
                class_name="input",
                enter_key_submit=True,
            ),
            icon_button(
                "send-horizontal", t("inbox.send"), variant="primary", type="submit", busy=state.answering
            ),
            class_name="composer-line",
            on_submit=state.ask,
            reset_on_submit=True,
        ),
        class_name="composer",
    )


def _seconds(milliseconds: Any) -> rx.Var[str]:
    return (
        rx.vars.FunctionStringVar.create("((ms) => (ms / 1000).toFixed(1) + ' s')").call(milliseconds).to(str)
    )
