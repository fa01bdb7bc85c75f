"""Plan and payments: what is used of each limit, how it is paid, and the way to another plan."""

from typing import Any

import reflex as rx

from components.billing_offers import choosing, offers
from components.shell import shell
from components.ui.amount import money, number
from components.ui.button import button, go, out
from components.ui.feedback import empty, notice, problem, skeleton_rows
from components.ui.moment import day
from components.ui.surface import badge, card, card_head, page_head, section_head
from components.usage import usage
from components.usage_whatsapp import usage_whatsapp
from components.words import choice, plural, t
from models.plans import InvoiceState
from state.billing import BillingState
from vulkn_app.payments.billing import InvoiceRow
from vulkn_app.skills.base import TIERS
from vulkn_app.skills.catalogue import ALL

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = BillingState

LIMITS = ("members", "entries", "numbers")
WAYS = {"members": "/app/team/", "entries": "/app/knowledge/", "numbers": "/app/channels/"}


def billing() -> rx.Component:
    return shell("billing", _content)


def _content() -> rx.Component:
    return rx.fragment(
        page_head(t("billing.title"), text=t("billing.text")),
        rx.cond(
            State.loaded,
            rx.el.div(
                rx.el.div(
                    rx.el.div(_plan(), _limits(), class_name="stack"),
                    rx.el.div(usage(), usage_whatsapp(), class_name="stack"),
                    class_name="columns",
                ),
                rx.cond(State.leads, rx.fragment(offers(), _invoices())),
                class_name="stack-wide",
            ),
            card(skeleton_rows(5), flush=True),
        ),
        rx.cond(State.leads, choosing()),
    )


def _plan() -> rx.Component:
    name = choice(State.plan, "skills.tier_", *TIERS)
    return card(
        section_head(
            t("billing.your_plan", plan=name),
            text=rx.cond(State.trial_days >= 0, _trial(), rx.cond(State.leads, _how_paid(), "")),
        ),
        problem(State.problem),
        rx.cond(
            State.status == "late",
            notice(t("billing.late", day=day(State.until)), tone="danger", icon="credit-card"),
        ),
        rx.cond(
            State.paused.length() > 0,
            notice(
                rx.fragment(
                    t("billing.paused"),
                    " ",
                    rx.foreach(State.paused, lambda key: badge(_skill(key), tone="line")),
                ),
                icon="pause",
            ),
        ),
        rx.cond(State.leads, _acts()),
        class_name="stack",
    )


def _trial() -> rx.Var[str]:
    return rx.cond(
        State.trial_days == 0, t("billing.trial_today"), plural(State.trial_days, "billing.trial_days")
    )


def _how_paid() -> rx.Var[str]:
    price, until = money(State.cents), day(State.until)
    paid = rx.cond(
        State.next_plan == "",
        t("billing.renews", day=until, price=price),
        rx.cond(
            State.next_plan == "free",
            t("billing.cancelled", day=until),
            t("billing.smaller", day=until, plan=choice(State.next_plan, "skills.tier_", *TIERS)),
        ),
    )
    given = rx.cond(State.plan == "free", t("billing.free"), t("billing.given"))
    return rx.match(State.status, ("paid", paid), ("late", t("billing.late_short")), given)  # pyright: ignore


def _acts() -> rx.Component:
    """Of who pays; who does not finds the plans below."""
    paying = (State.status == "paid") | (State.status == "late")
    return rx.cond(
        paying & State.payable,
        rx.el.div(
            rx.cond(
                State.next_plan != "",
                button(t("billing.stay"), icon="undo-2", busy=State.busy, on_click=State.stay),
            ),
            rx.cond(
                State.status == "late",
                button(t("billing.pay_now"), icon="credit-card", on_click=State.portal),
                button(t("billing.portal"), icon="credit-card", variant="plain", on_click=State.portal),
            ),
            class_name="line-wrap",
        ),
    )


def _limits() -> rx.Component:
    return card(
        section_head(t("billing.limits"), text=t("billing.limits_text")),
        rx.el.ul(rx.foreach(State.limits, _limit), class_name="stack"),
        class_name="stack",
    )


def _limit(limit: Any) -> rx.Component:
    name = choice(limit.what, "billing.limit_", *LIMITS)
    most = rx.cond(
        limit.most,
        t("billing.of", used=number(limit.used), most=number(limit.most)),
        t("billing.of_any", used=number(limit.used)),
    )
    ways = [(what, go(name, href=href, class_name="link strong small")) for what, href in WAYS.items()]
    return rx.el.li(
        rx.el.div(
            rx.match(limit.what, *ways, rx.fragment()),
            rx.el.span(most, class_name="number small"),
            class_name="line between",
        ),
        rx.el.div(
            rx.el.div(
                class_name=rx.cond(limit.percent >= 100, "meter-fill meter-near", "meter-fill"),
                width=limit.percent.to_string() + "%",
            ),
            role="progressbar",
            aria_valuenow=limit.percent,
            aria_valuemin=0,
            aria_valuemax=100,
            aria_label=name,
            class_name="meter",
        ),
        rx.cond(
            limit.over > 0,
            rx.el.p(plural(limit.over, "billing.over"), class_name="small"),
        ),
        class_name="stack-snug",
    )


def _skill(key: Any) -> Any:
    return rx.match(key, *[(name, t(f"skills.{name}.title")) for name in ALL], "")


def _invoices() -> rx.Component:
    return card(
        card_head(t("billing.invoices"), text=t("billing.invoices_text")),
        rx.cond(
            State.invoices.length() > 0,
            rx.el.ul(rx.foreach(State.invoices, _invoice), class_name="rows"),
            empty("receipt", t("billing.no_invoices"), t("billing.no_invoices_text")),
        ),
        flush=True,
    )


def _invoice(invoice: rx.vars.ObjectVar[InvoiceRow]) -> rx.Component:
    state = choice(invoice.state, "billing.invoice_", *[each.value for each in InvoiceState])
    return rx.el.li(
        rx.el.div(
            rx.el.div(choice(invoice.plan, "skills.tier_", *TIERS), class_name="strong"),
            rx.el.div(day(invoice.at), class_name="soft small"),
            class_name="grow",
        ),
        rx.el.div(
            rx.el.span(money(invoice.cents, invoice.currency), class_name="number strong"),
            rx.cond(invoice.state == "failed", badge(state, tone="danger"), badge(state)),
            class_name="sum",
        ),
        rx.cond(
            invoice.link,
            out(t("billing.document"), href=invoice.link.to(str), class_name="link small"),
        ),
        class_name="row row-still row-wrap",
    )
