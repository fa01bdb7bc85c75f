"""Leads: a table on a desk, cards on a phone, and one lead in a sheet."""

from typing import Any

import reflex as rx

from components.lead_forms import filled_forms
from components.shell import shell
from components.ui.button import button, link_button, out, out_button
from components.ui.feedback import empty, problem, skeleton_rows
from components.ui.field import search_box, small_select, text_area
from components.ui.moment import full, when
from components.ui.overlay import sheet
from components.ui.pager import pager
from components.ui.surface import avatar, badge, card, page_head
from components.words import choice, t
from models.leads import LeadSource, LeadStage
from state.leads import LeadsState
from vulkn_app import verticals
from vulkn_app.leads import POINTS, LeadRow

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = LeadsState

STAGES = [stage.value for stage in LeadStage]
SOURCES = [source.value for source in LeadSource]
REASONS = (*POINTS, *verticals.reasons())


def leads() -> rx.Component:
    return shell("leads", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(t("leads.title"), text=t("leads.text")),
        _filters(),
        rx.cond(
            State.loaded,
            rx.cond(State.rows.length() > 0, _rows(), _no_rows()),
            card(skeleton_rows(6), flush=True),
        ),
        pager(
            first=State.first,
            last=State.last,
            total=State.total,
            at_start=State.at_start,
            at_end=State.at_end,
            turn=State.turn,
        ),
        _lead_sheet(),
    )


def _filters() -> rx.Component:
    stages = [("", t("leads.stage_all")), *((stage, t(f"leads.stage_{stage}")) for stage in STAGES)]
    sources = [("", t("leads.source_all")), *((source, t(f"leads.source_{source}")) for source in SOURCES)]
    orders = [(key, t(f"leads.sort_{key}")) for key in ("score", "recent", "name")]
    return rx.el.div(
        search_box(t("leads.search"), on_change=State.find.debounce(300)),
        small_select(t("leads.stage"), stages, value=State.stage, on_change=State.pick_stage),
        small_select(t("leads.source"), sources, value=State.source, on_change=State.pick_source),
        small_select(t("leads.sort"), orders, value=State.sort, on_change=State.pick_sort),
        class_name="filters",
    )


def _rows() -> rx.Component:
    heads = ("name", "contact", "why", "interest", "stage", "last")
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*[rx.el.th(t(f"leads.{head}"), scope="col") for head in heads])),
        rx.el.tbody(rx.foreach(State.rows, _table_row)),
        class_name="sheet-table",
    )
    return rx.fragment(
        card(table, flush=True, class_name="on-desk"),
        card(
            rx.el.div(rx.foreach(State.rows, _phone_row), class_name="rows"),
            flush=True,
            class_name="on-phone",
        ),
    )


def _table_row(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Component:
    key = lead.id.to_string(use_json=False)
    return rx.el.tr(
        rx.el.td(
            rx.el.button(
                avatar(lead.name, small=True),
                rx.el.span(name_of(lead), class_name="strong clip"),
                type="button",
                on_click=State.open(key),
                class_name="plain line",
            )
        ),
        rx.el.td(
            rx.el.span(contact_of(lead), class_name="soft clip"),
            rx.el.span(source_of(lead), class_name="tiny soft"),
            class_name="cell-contact stacked",
        ),
        rx.el.td(_reasons_in_words(lead), class_name="cell-why"),
        rx.el.td(interest(lead)),
        rx.el.td(stage_picker(lead)),
        rx.el.td(rx.el.span(when(lead.last_message_at), class_name="soft number"), class_name="cell-when"),
    )


def _phone_row(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Component:
    return rx.el.button(
        avatar(lead.name),
        rx.el.span(
            rx.el.span(
                rx.el.span(name_of(lead), class_name="strong clip grow"), interest(lead), class_name="line"
            ),
            rx.el.span(
                rx.el.span(contact_of(lead), class_name="soft small clip grow"),
                rx.el.span(
                    source_of(lead),
                    " · ",
                    choice(lead.stage, "leads.stage_", *STAGES),
                    class_name="tiny soft",
                ),
                class_name="line",
            ),
            class_name="stack-tight grow",
        ),
        type="button",
        on_click=State.open(lead.id.to_string(use_json=False)),
        class_name="row",
    )


def name_of(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Var[str]:
    return rx.cond(lead.name != "", lead.name, t("common.visitor"))


def contact_of(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Var[str]:
    email = rx.cond(lead.email != "", lead.email, t("leads.no_contact"))
    return rx.cond(lead.phone != "", lead.phone_shown, email)


def source_of(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Var[str]:
    return choice(lead.source, "leads.source_", *SOURCES)


def interest(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Component:
    score = lead.score.to_string()
    return rx.cond(
        lead.hot, badge(score, tone="hot", icon="flame"), rx.cond(lead.score.to(int) > 0, badge(score))
    )


def reasons(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Component:
    return rx.el.span(
        rx.foreach(
            lead.reasons, lambda reason: badge(choice(reason, "leads.reason_", *REASONS), tone="line")
        ),
        class_name="line-wrap snug",
    )


def _reasons_in_words(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Component:
    words = rx.foreach(lead.reasons, lambda reason: rx.el.span(choice(reason, "leads.reason_", *REASONS)))
    return rx.el.span(words, class_name="series soft small")


def stage_picker(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Component:
    options = [(stage, t(f"leads.stage_{stage}")) for stage in STAGES]
    key = lead.id.to_string(use_json=False)
    return small_select(
        t("leads.stage"), options, value=lead.stage, on_change=lambda stage: State.move(key, stage)
    )


def _no_rows() -> rx.Component:
    return rx.cond(
        (State.search == "") & (State.stage == "") & (State.source == ""),
        card(empty("flame", t("leads.empty"), t("leads.empty_text")), flush=True),
        card(empty("search-x", t("common.no_results"), t("common.no_results_text")), flush=True),
    )


def _lead_sheet() -> rx.Component:
    lead = State.lead
    return sheet(
        name_of(lead),
        rx.el.div(interest(lead), reasons(lead), class_name="line-wrap"),
        rx.el.dl(
            rx.cond(
                lead.phone != "",
                _fact(
                    t("leads.phone"), rx.el.a(lead.phone_shown, href="tel:" + lead.phone, class_name="link")
                ),
            ),
            rx.cond(
                lead.email != "",
                _fact(t("leads.email"), rx.el.a(lead.email, href="mailto:" + lead.email, class_name="link")),
            ),
            _fact(t("leads.source"), _from_where(lead)),
            _fact(t("leads.since"), full(lead.created_at)),
            _fact(t("leads.last"), full(lead.last_message_at)),
            class_name="facts",
        ),
        rx.el.div(
            rx.cond(
                lead.phone != "",
                out_button(t("leads.whatsapp"), href=_whatsapp(lead), icon="message-circle", variant="soft"),
            ),
            rx.cond(
                lead.conversation_id,
                link_button(
                    t("leads.conversation"),
                    href="/app/inbox/?c=" + lead.conversation_id.to_string(use_json=False),
                    icon="messages-square",
                    variant="plain",
                ),
            ),
            class_name="line-wrap",
        ),
        rx.el.div(rx.el.span(t("leads.stage"), class_name="label"), stage_picker(lead), class_name="field"),
        filled_forms(),
        _notes(),
        is_open=State.card_open,
        on_close=State.close,
    )


def _notes() -> rx.Component:
    return rx.el.form(
        problem(State.problem),
        text_area(
            t("leads.notes"),
            name="notes",
            hint=t("leads.notes_hint"),
            max_length=4000,
            default_value=State.lead.notes,
            key=State.lead.id.to_string(),
        ),
        button(t("leads.save_notes"), type="submit", variant="soft", busy=State.saving),
        on_submit=State.save_notes,
        class_name="stack",
    )


def _fact(name: rx.Var[str], value: object) -> rx.Component:
    return rx.fragment(rx.el.dt(name), rx.el.dd(value))


def _from_where(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Component:
    return rx.el.span(
        source_of(lead),
        rx.cond(lead.ad != "", rx.el.span(" · «", lead.ad, "»")),
        rx.cond(
            lead.ad_url != "",
            rx.fragment(" ", out(t("inbox.see_ad"), href=lead.ad_url, class_name="link small")),
        ),
    )


def _whatsapp(lead: rx.vars.ObjectVar[LeadRow]) -> rx.Var[str]:
    """https://faq.whatsapp.com/5913398998672934: the number alone, without its plus."""
    return "https://wa.me/" + lead.phone.to(str).replace("+", "")
