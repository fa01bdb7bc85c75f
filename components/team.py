"""The team: who is in it, who is invited, and one's own name."""

from typing import Any

import reflex as rx

from components.shell import shell
from components.ui.button import button, icon_button, out_button
from components.ui.feedback import notice, problem, skeleton_rows
from components.ui.field import copy_field, select_field, small_select, text_field
from components.ui.moment import full
from components.ui.overlay import confirm, form_sheet, sheet
from components.ui.surface import avatar, badge, card, card_head, page_head, section_head
from components.words import choice, t
from state.session import SessionState
from state.team import TeamState
from vulkn_app.team import InvitationRow, MemberRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = TeamState

ROLES = ("owner", "admin", "member")
ADMIN = SessionState.role != "member"
OWNER = SessionState.role == "owner"


def team() -> rx.Component:
    return shell("team", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(
            t("team.title"),
            rx.cond(ADMIN, button(t("team.invite"), icon="user-plus", on_click=State.begin_invite)),
            text=t("team.text"),
        ),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.el.div(
                    _members(), rx.cond(State.invitations.length() > 0, _pending()), class_name="stack"
                ),
                _profile(),
                class_name="columns",
            ),
            card(skeleton_rows(3), flush=True),
        ),
        _invite_sheet(),
        confirm(
            t("team.remove_title", name=State.leaving_name),
            t("team.remove_text"),
            yes=t("team.remove"),
            is_open=State.leaving != "",
            on_yes=State.remove,
            on_no=State.stay,
        ),
    )


def _members() -> rx.Component:
    return card(
        card_head(t("team.members")),
        rx.el.ul(rx.foreach(State.members, _member), class_name="rows"),
        rx.cond(State.members.length() == 1, rx.el.p(t("team.alone"), class_name="soft small card-foot")),
        flush=True,
    )


def _member(person: rx.vars.ObjectVar[MemberRow]) -> rx.Component:
    name = rx.cond(person.name != "", person.name, person.email)
    key = person.user_id.to_string(use_json=False)
    roles = [(role, t(f"team.role_{role}")) for role in ROLES]
    removable = ~person.me & (OWNER | (ADMIN & (person.role == "member")))
    return rx.el.li(
        avatar(name, accent=True),
        rx.el.div(
            rx.el.div(
                name,
                rx.cond(person.me, rx.el.span(" (", t("common.you"), ")", class_name="soft")),
                class_name="strong clip",
            ),
            rx.el.div(person.email, class_name="soft small clip"),
            class_name="grow",
        ),
        rx.cond(
            OWNER & ~(person.me & (State.members.length() == 1)),  # the only one there stays the owner
            small_select(
                t("team.role_of", name=name),
                roles,
                value=person.role,
                on_change=lambda role: State.set_role(key, role),
            ),
            badge(choice(person.role, "team.role_", *ROLES)),
        ),
        rx.cond(
            removable,
            icon_button("user-minus", t("team.remove"), size="small", on_click=State.ask_to_leave(key, name)),
        ),
        class_name="row row-still row-wrap",
    )


def _pending() -> rx.Component:
    return card(
        card_head(t("team.pending")),
        rx.el.ul(rx.foreach(State.invitations, _invitation), class_name="rows"),
        flush=True,
    )


def _invitation(invitation: rx.vars.ObjectVar[InvitationRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(invitation.email, class_name="strong clip"),
            rx.el.div(t("team.expires", when=full(invitation.expires_at)), class_name="soft small clip"),
            class_name="grow",
        ),
        badge(choice(invitation.role, "team.role_", *ROLES)),
        button(
            t("team.withdraw"),
            variant="ghost",
            size="small",
            on_click=State.withdraw(invitation.id.to_string(use_json=False)),
        ),
        class_name="row row-still row-wrap",
    )


def _profile() -> rx.Component:
    return card(
        section_head(t("team.profile"), text=t("team.profile_text")),
        rx.el.form(
            problem(State.profile_problem),
            text_field(
                t("team.profile_name"),
                name="profile_name",
                required=True,
                max_length=120,
                auto_complete="name",
                default_value=SessionState.user_name,
                key=SessionState.user_email,
            ),
            rx.el.div(
                button(t("common.save"), type="submit", variant="soft", busy=State.profile_saving),
                class_name="line",
            ),
            on_submit=State.save_profile,
            class_name="stack",
        ),
    )


def _invite_sheet() -> rx.Component:
    roles = [("member", t("team.role_member")), ("admin", t("team.role_admin"))]
    return rx.cond(
        State.invite_link != "",
        sheet(
            t("team.invite_title"),
            notice(t("team.invite_link", email=State.invited), tone="accent", icon="link"),
            copy_field(State.invite_link, name=t("common.copy")),
            rx.el.p(t("team.invite_link_hint"), class_name="hint"),
            out_button(t("onboarding.share"), href=State.invite_message, icon="message-circle"),
            button(t("team.done"), wide=True, on_click=State.close_invite),
            is_open=State.invite_open,
            on_close=State.close_invite,
        ),
        form_sheet(
            t("team.invite_title"),
            rx.el.p(t("team.invite_text"), class_name="soft small"),
            problem(State.problem),
            text_field(
                t("team.invite_email"),
                name="email",
                type="email",
                required=True,
                max_length=254,
                auto_complete="off",
            ),
            select_field(t("team.role"), roles, name="role"),
            rx.el.p(t("team.role_member_hint"), class_name="hint"),
            rx.el.p(t("team.role_admin_hint"), class_name="hint"),
            is_open=State.invite_open,
            on_close=State.close_invite,
            on_submit=State.invite,
            busy=State.saving,
            save=t("team.invite_do"),
        ),
    )
