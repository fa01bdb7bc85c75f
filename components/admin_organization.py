"""One organization at /admin: its figures, and what may be done about it; and the form of a new one."""

from typing import Any

import reflex as rx

from components.ui.button import button
from components.ui.feedback import notice, problem
from components.ui.field import copy_field, small_select, text_area, text_field
from components.ui.moment import full
from components.ui.overlay import form_sheet, sheet
from components.words import choice, t
from state.admin_desk import DeskState
from vulkn_app.administrators.switches import FlagRow

State: Any = DeskState
Org: Any = DeskState.chosen

PLANS = ("free", "starter", "pro", "business")
FLAGS = ("question_translation",)
SAID = ("default", "on", "off")


def organization_sheet() -> rx.Component:
    return sheet(
        rx.cond(Org, Org.name, ""),
        rx.cond(Org, rx.cond(State.asking != "", _question(), _about())),
        is_open=State.chosen_open,
        on_close=State.close,
    )


def _about() -> rx.Component:
    suspended = Org.status == "suspended"
    return rx.el.div(
        rx.cond(suspended, notice(t("admin.is_suspended"), tone="danger", icon="circle-pause")),
        rx.el.dl(
            _fact("slug", Org.slug),
            _fact("created", full(Org.created_at)),
            _fact("members", Org.members),
            _fact("last_message", rx.cond(Org.last_message_at, full(Org.last_message_at), t("admin.never"))),
            _fact("cost", "US$ " + Org.cost.to(str)),
            _fact("turns", Org.turns),
            _fact("rated", t("admin.rated", liked=Org.liked, disliked=Org.disliked)),
            _fact("errors_week", Org.errors),
            class_name="facts",
        ),
        rx.cond(
            Org.support_allowed,
            button(t("admin.enter_org"), icon="eye", wide=True, on_click=State.ask("enter")),
            notice(t("admin.support_off"), icon="lock"),
        ),
        rx.el.div(
            rx.el.span(t("admin.plan"), class_name="label grow"),
            small_select(
                t("admin.plan"),
                [(plan, t(f"admin.plan_{plan}")) for plan in PLANS],
                value=Org.plan,
                on_change=State.ask_plan,
            ),
            class_name="line between line-choice",
        ),
        rx.foreach(State.flags, _flag),
        rx.cond(
            suspended,
            button(t("admin.resume"), icon="play", variant="soft", on_click=State.ask("resume")),
            button(t("admin.suspend"), icon="circle-pause", variant="danger", on_click=State.ask("suspend")),
        ),
        class_name="stack",
    )


def _fact(name: str, value: Any) -> rx.Component:
    return rx.fragment(rx.el.dt(t(f"admin.fact_{name}")), rx.el.dd(value, class_name="number"))


def _flag(flag: rx.vars.ObjectVar[FlagRow]) -> rx.Component:
    name = choice(flag.key, "admin.flag_", *FLAGS)
    return rx.el.div(
        rx.el.span(name, class_name="label grow"),
        small_select(
            name,
            [(said, t(f"admin.said_{said}")) for said in SAID],
            value=flag.said,
            on_change=lambda said: State.set_flag(flag.key, said),
        ),
        class_name="line between line-choice",
    )


def _question() -> rx.Component:
    """Why: the organization reads it too."""
    asked = ("enter", "plan", "suspend", "resume")
    plan = choice(State.plan_wanted, "admin.plan_", *PLANS)
    return rx.el.form(
        rx.el.h3(choice(State.asking, "admin.ask_", *asked, plan=plan), class_name="subtitle"),
        rx.el.p(choice(State.asking, "admin.ask_text_", *asked), class_name="soft small"),
        problem(State.problem),
        text_area(
            t("admin.reason"), name="reason", hint=t("admin.reason_hint"), max_length=500, required=True
        ),
        rx.el.div(
            button(t("common.cancel"), variant="ghost", on_click=State.ask("")),
            button(choice(State.asking, "admin.do_", *asked), type="submit", busy=State.saving),
            class_name="dialog-foot",
        ),
        on_submit=State.decide,
        class_name="stack question",
        key=State.asking,
    )


def new_sheet() -> rx.Component:
    return rx.cond(
        State.made_invite != "",
        sheet(
            t("admin.made", name=State.made_name),
            notice(t("admin.made_text"), tone="accent", icon="link"),
            rx.el.p(t("admin.made_invite"), class_name="label"),
            copy_field(State.made_invite, name=t("common.copy")),
            rx.el.p(t("admin.made_once"), class_name="hint"),
            rx.el.p(t("admin.made_embed"), class_name="label"),
            copy_field(State.made_embed, name=t("common.copy")),
            button(t("team.done"), wide=True, on_click=State.close_new),
            is_open=State.new_open,
            on_close=State.close_new,
        ),
        form_sheet(
            t("admin.new"),
            rx.el.p(t("admin.new_text"), class_name="soft small"),
            problem(State.problem),
            text_field(t("admin.new_name"), name="name", required=True, max_length=120, auto_complete="off"),
            text_field(
                t("admin.new_slug"),
                name="slug",
                hint=t("admin.new_slug_hint"),
                max_length=40,
                auto_complete="off",
            ),
            text_field(
                t("admin.new_email"),
                name="email",
                type="email",
                required=True,
                max_length=254,
                auto_complete="off",
            ),
            is_open=State.new_open,
            on_close=State.close_new,
            on_submit=State.create,
            busy=State.saving,
            save=t("admin.create"),
        ),
    )
