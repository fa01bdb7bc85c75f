"""The plans side by side, and what choosing one means before it is chosen."""

from typing import Any

import reflex as rx

from components.ui.amount import money, number
from components.ui.button import button
from components.ui.feedback import notice, problem
from components.ui.icon import glyph
from components.ui.moment import day
from components.ui.overlay import sheet
from components.ui.surface import badge, card, section_head
from components.words import Words, choice, plural, t
from state.billing import BillingState, OfferRow
from vulkn_app.i18n import catalogue
from vulkn_app.skills.base import TIERS

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = BillingState

INCLUDED = tuple(
    key.removeprefix("landing.includes_") for key in catalogue("es") if key.startswith("landing.includes_")
)
LIMITS = ("members", "entries", "numbers")


def offers() -> rx.Component:
    return rx.el.section(
        section_head(t("billing.plans"), text=t("billing.plans_text")),
        rx.cond(
            State.payable,
            rx.cond(State.status == "late", notice(t("errors.pay_first"), icon="credit-card")),
            notice(t("billing.closed"), icon="mail"),
        ),
        rx.el.div(rx.foreach(State.offers, _offer), class_name="tiles offers"),
        class_name="stack",
    )


def _offer(offer: rx.vars.ObjectVar[OfferRow]) -> rx.Component:
    return card(
        rx.el.div(
            rx.el.h3(_name(offer.key), class_name="subtitle grow"),
            rx.cond(offer.key == State.plan, badge(t("billing.yours"), tone="accent", icon="check")),
            class_name="line",
        ),
        rx.el.p(
            rx.el.span(money(offer.cents), class_name="figure-value number"),
            rx.el.span(" ", t("landing.month"), class_name="soft small"),
        ),
        rx.el.ul(
            _point(_many("turns", offer.turns)),
            _point(_many("members", offer.members)),
            _point(_many("entries", offer.known)),
            _point(_many("numbers", offer.numbers)),
            rx.foreach(offer.more, lambda key: _point(choice(key, "landing.includes_", *INCLUDED))),
            class_name="stack-tight small",
        ),
        rx.el.div(_way(offer), class_name="tile-foot"),
        class_name="tile",
    )


def _point(words: Words) -> rx.Component:
    return rx.el.li(glyph("check", "small"), rx.el.span(words), class_name="line line-top")


def _many(what: str, most: Any) -> rx.Var[str]:
    """ "3 personas en el equipo"; any number of them."""
    few = rx.cond(most == 1, t(f"billing.{what}_one"), t(f"billing.{what}_many", n=number(most)))
    return rx.cond(most, few, t(f"billing.{what}_any"))


def _way(offer: Any) -> rx.Component:
    def way(words: Words, variant: Any) -> rx.Component:
        return button(
            words,
            variant=variant,
            wide=True,
            disabled=~State.payable,
            aria_haspopup="dialog",
            on_click=State.ask(offer.key),
        )

    name = _name(offer.key)
    return rx.fragment(
        rx.match(
            offer.step,
            (
                "buy",
                way(
                    rx.cond(
                        offer.key == State.plan,
                        t("billing.keep_plan", plan=name),
                        t("billing.take", plan=name),
                    ),
                    "primary",
                ),
            ),
            ("up", way(t("billing.take", plan=name), "primary")),
            ("down", way(t("billing.go_down", plan=name), "plain")),
            ("cancel", way(t("billing.cancel"), "ghost")),
            ("next", rx.el.span(t("billing.comes", day=day(State.until)), class_name="small soft")),
            rx.fragment(),
        )
    )


def choosing() -> rx.Component:
    """One sentence on when and what it costs, and what would exceed the smaller plan."""
    chosen = State.choosing
    name, price, until = _name(chosen.key), money(chosen.cents), day(State.until)
    means = rx.match(
        chosen.step,
        ("buy", t("billing.means_buy", price=price)),
        ("up", t("billing.means_up", price=price)),
        ("down", t("billing.means_down", price=price, day=until)),
        t("billing.means_cancel", day=until),
    )
    same = rx.cond(chosen.key == State.plan, t("billing.keep_plan", plan=name), t("billing.take", plan=name))
    title: Any = rx.match(
        chosen.step, ("cancel", t("billing.cancel")), ("down", t("billing.go_down", plan=name)), same
    )
    return sheet(
        title.to(str),
        rx.el.p(means),
        rx.cond(
            (chosen.exceeds.length() > 0) | (chosen.pauses.length() > 0),
            notice(
                rx.el.div(
                    rx.el.p(t("billing.keeps"), class_name="strong"),
                    rx.el.ul(
                        rx.foreach(chosen.exceeds, _exceeds),
                        rx.foreach(
                            chosen.pauses,
                            lambda key: rx.el.li(
                                t("billing.pauses", skill=choice(key, "landing.includes_", *INCLUDED))
                            ),
                        ),
                        class_name="stack-tight",
                    ),
                    class_name="stack-tight",
                ),
                icon="archive",
            ),
            rx.cond(
                (chosen.step == "down") | (chosen.step == "cancel"),
                rx.el.p(t("billing.nothing_lost"), class_name="soft small"),
            ),
        ),
        problem(State.problem),
        is_open=State.choosing.is_not_none(),
        on_close=State.keep,
        foot=rx.el.div(
            button(t("common.cancel"), variant="ghost", on_click=State.keep),
            button(
                rx.match(
                    chosen.step,
                    ("buy", t("billing.to_payment")),
                    ("cancel", t("billing.cancel_yes")),
                    t("billing.yes", plan=name),
                ),
                busy=State.busy,
                on_click=State.choose,
            ),
            class_name="sheet-foot",
        ),
    )


def _exceeds(limit: Any) -> rx.Component:
    return rx.el.li(
        choice(limit.what, "billing.limit_", *LIMITS),
        ": ",
        plural(limit.over, "billing.exceeds"),
    )


def _name(plan: Any) -> rx.Var[str]:
    return choice(plan, "skills.tier_", *TIERS)
