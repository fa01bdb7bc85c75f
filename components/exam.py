"""The exam: what it is, how far it is, how it went, and one tap to mend each answer that did not count."""

from typing import Any, cast

import reflex as rx

from components.ui.button import button, go, link_button
from components.ui.feedback import empty, notice, problem, skeleton_rows
from components.ui.field import text_area
from components.ui.icon import glyph
from components.ui.surface import badge, card, section_head
from components.words import choice, plural, t
from state.exam import AnswerRow, ExamState
from state.session import SessionState
from vulkn_app.onboarding.exam import ENOUGH
from vulkn_app.onboarding.grading import REASONS

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = ExamState
KINDS = ("own", "vertical", "trap")


def exam_panel() -> rx.Component:
    """Reads the newest exam when it is shown, and follows one that is under way."""
    return card(
        section_head(t("exam.title"), _again(), text=t("exam.text", enough=ENOUGH)),
        rx.cond(State.loaded, _content(), skeleton_rows(2)),
        class_name="stack",
        id="exam",
        on_mount=State.load,
    )


def _again() -> rx.Component:
    return rx.cond(
        (State.state == "done") | (State.state == "failed"),
        button(
            t("exam.again"),
            icon="rotate-ccw",
            variant="plain",
            size="small",
            busy=State.starting,
            on_click=State.begin,
        ),
    )


def _content() -> rx.Component:
    shown = rx.match(
        State.state,
        ("unknown", _nothing_known()),
        ("", _not_yet()),
        ("failed", rx.fragment(problem(State.problem), notice(t("exam.gave_up"), tone="danger"))),
        ("done", _result()),
        _under_way(),
    )
    return cast("rx.Component", shown)


def _nothing_known() -> rx.Component:
    return empty(
        "book-open",
        t("exam.nothing"),
        t("exam.nothing_text"),
        link_button(t("knowledge.add"), href="/app/knowledge/?begin=1", icon="plus"),
        link_button(t("knowledge.import"), href="/app/knowledge/import/", icon="file-down", variant="plain"),
    )


def _not_yet() -> rx.Component:
    return rx.el.div(
        problem(State.problem),
        rx.el.ul(
            *[
                rx.el.li(glyph(icon, "small", more="soft"), rx.el.span(t(f"exam.{words}"), class_name="small"), class_name="line")
                for icon, words in (("message-circle-question", "what_own"), ("users", "what_vertical"), ("shield-alert", "what_traps"))
            ],
            class_name="stack-snug",
        ),
        rx.el.div(
            button(t("exam.begin"), icon="graduation-cap", busy=State.starting, on_click=State.begin),
            class_name="line-wrap",
        ),
        class_name="stack",
    )  # fmt: skip


def _under_way() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(class_name="meter-fill", width=State.percent.to_string() + "%"),
            role="progressbar",
            aria_valuenow=State.percent,
            aria_valuemin=0,
            aria_valuemax=100,
            aria_label=t("exam.title"),
            class_name="meter",
        ),
        rx.el.p(
            t("exam.progress", n=State.answered, of=State.total),
            class_name="soft small number",
            aria_live="polite",
        ),
        _rows(),
        class_name="stack",
    )


def _result() -> rx.Component:
    return rx.el.div(
        problem(rx.cond(State.asking, "", State.problem)),
        rx.el.div(
            rx.el.span(State.score.to_string(), class_name="figure-value number"),
            rx.el.div(
                rx.el.p(
                    rx.cond(State.good, t("exam.good"), t("exam.not_yet", enough=ENOUGH)), class_name="strong"
                ),
                rx.el.p(
                    rx.cond(State.failed > 0, plural(State.failed, "exam.to_mend"), t("exam.all_good")),
                    rx.cond(State.before >= 0, rx.fragment(" · ", t("exam.before", score=State.before)), ""),
                    class_name="soft small",
                ),
                class_name="stack-tight grow",
            ),
            class_name="line roomy",
        ),
        rx.cond(~State.good, _override()),
        _rows(),
        class_name="stack",
    )


def _override() -> rx.Component:
    """Below the mark it goes live only with a reason, which stays."""
    return rx.cond(
        State.why != "",
        notice(t("exam.overridden_because", why=State.why), icon="shield-alert"),
        rx.cond(
            SessionState.role == "member",
            notice(t("exam.ask_owner"), icon="lock"),
            rx.cond(State.asking, _reason(), _open_anyway()),
        ),
    )


def _open_anyway() -> rx.Component:
    return rx.el.div(
        notice(t("exam.gate"), tone="accent", icon="graduation-cap"),
        rx.el.div(
            button(
                t("exam.override"),
                variant="ghost",
                size="small",
                on_click=State.ask_why(True),
            ),
            class_name="line-wrap",
        ),
        class_name="stack-tight",
    )


def _reason() -> rx.Component:
    return rx.form(
        problem(State.problem),
        text_area(
            t("exam.reason"),
            name="reason",
            hint=t("exam.reason_hint"),
            size="short",
            required=True,
            min_length=10,
            max_length=500,
        ),
        rx.el.div(
            button(t("exam.override_yes"), type="submit", variant="danger", busy=State.saving),
            button(t("common.cancel"), variant="ghost", on_click=State.ask_why(False)),
            class_name="line-wrap",
        ),
        on_submit=State.override,
        class_name="stack",
    )


def _rows() -> rx.Component:
    return rx.el.div(
        rx.el.ul(rx.foreach(State.rows, _row), class_name="stack-snug"),
        rx.cond(
            (State.state == "done") & (State.failed < State.rows.length()),
            rx.el.div(
                button(
                    rx.cond(State.all_shown, t("exam.show_failed"), t("exam.show_all")),
                    variant="ghost",
                    size="small",
                    on_click=State.show_all(~State.all_shown),
                    aria_expanded=State.all_shown,
                ),
                class_name="line",
            ),
        ),
        class_name="stack-snug",
    )


def _row(row: rx.vars.ObjectVar[AnswerRow]) -> rx.Component:
    """While it goes on, what was answered; afterwards what failed, and the rest when asked for."""
    shown = rx.cond(
        State.state == "done", (row.verdict == "failed") | State.all_shown, row.verdict != "waiting"
    )
    return rx.cond(shown, _answer(row))


def _answer(row: rx.vars.ObjectVar[AnswerRow]) -> rx.Component:
    failed = row.verdict == "failed"
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.cond(failed, glyph("circle-x", "small", more="exam-bad"), glyph("circle-check", "small", more="exam-good")),
                rx.el.span(rx.cond(failed, t("exam.row_failed"), t("exam.row_passed")), class_name="quiet-only"),
                rx.el.span(row.question, class_name="grow", lang=row.language, dir="auto"),
                rx.cond(row.change == "better", badge(t("exam.better"), tone="accent", icon="trending-up")),
                rx.cond(row.change == "worse", badge(t("exam.worse"), tone="danger", icon="trending-down")),
                class_name="fold-head line small",
            ),
            rx.el.div(
                rx.el.div(
                    badge(choice(row.kind, "exam.kind_", *KINDS)),
                    badge(rx.cond(row.language == "en", t("common.english"), t("common.spanish")), tone="line"),
                    class_name="line-wrap snug",
                ),
                rx.cond(
                    row.answer != "",
                    rx.el.div(row.answer, class_name="bubble bubble-agent", dir="auto"),
                ),
                rx.cond(
                    failed,
                    rx.el.ul(
                        rx.foreach(
                            row.reasons,
                            lambda reason: rx.el.li(choice(reason, "exam.reason_", *REASONS), class_name="small"),
                        ),
                        class_name="stack-tight exam-why",
                    ),
                ),
                rx.cond(failed, _fix(row)),
                class_name="stack-snug",
            ),
            open=failed & (State.state == "done"),
            class_name="fold",
        ),
        key=row.number.to_string(),
    )  # fmt: skip


def _fix(row: rx.vars.ObjectVar[AnswerRow]) -> rx.Component:
    return rx.el.div(
        go(
            glyph("pencil-line", "small"),
            rx.cond(row.missing, t("exam.fix_new"), t("exam.fix")),
            href=row.fix,
            class_name="button button-soft button-small",
        ),
        class_name="line",
    )
