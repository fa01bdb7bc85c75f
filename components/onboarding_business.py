"""Step 1: the business."""

from typing import Any

import reflex as rx

from components.onboarding_parts import step_foot, step_head
from components.ui.button import button
from components.ui.feedback import notice, problem
from components.ui.field import field, select_field, text_field
from components.ui.moment import country, currency
from components.ui.surface import badge, card
from components.words import t
from state.onboarding import OnboardingState
from state.onboarding_business import BusinessState
from vulkn_app import places
from vulkn_app.onboarding.business import INDUSTRIES

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = BusinessState
Guide: Any = OnboardingState
SETTLED = 350  # milliseconds without a key: somebody stopped typing


def business_step() -> rx.Component:
    return rx.el.div(
        step_head(t("onboarding.business_title"), t("onboarding.business_text")),
        rx.cond(
            Guide.founded,
            _form(
                _name(),
                _fixed_address(),
                onward=button(t("onboarding.next"), type="submit", size="large", busy=State.saving),
                on_submit=State.save,
            ),
            _form(
                _name(on_change=State.name_typed.debounce(SETTLED)),
                _address(),
                onward=button(t("onboarding.found"), type="submit", size="large", busy=State.saving),
                on_submit=State.found,
            ),
        ),
        rx.cond(
            Guide.founded, rx.fragment(), notice(t("onboarding.invited", email=Guide.email), icon="mail")
        ),
        class_name="stack-wide",
    )


def _form(*first: rx.Component, onward: rx.Component, on_submit: Any) -> rx.Component:
    return rx.el.form(
        card(
            *first,
            _industry(),
            rx.el.div(_country(), _currency(), class_name="pair"),
            _zone(),
            class_name="stack",
        ),
        problem(State.problem),
        step_foot(onward),
        on_submit=on_submit,
        class_name="stack",
    )


def _name(**props: Any) -> rx.Component:
    return text_field(
        t("onboarding.name"),
        name="name",
        hint=t("onboarding.name_hint"),
        required=True,
        max_length=120,
        auto_complete="organization",
        default_value=State.name,
        key="name" + State.form_key.to_string(),
        **props,
    )


def _address() -> rx.Component:
    mark = rx.match(
        State.free,
        ("yes", badge(t("onboarding.address_free"), tone="accent", icon="check")),
        ("no", badge(t("onboarding.address_taken"), tone="danger", icon="x")),
        rx.fragment(),
    )
    # Two lines that are there before the name is: what comes while somebody types must not move what they press next.
    return rx.el.div(
        rx.el.p(
            rx.el.span(t("onboarding.address"), ": ", class_name="soft"),
            rx.el.span(
                State.host,
                "/c/",
                rx.el.strong(rx.cond(State.slug == "", "…", State.slug)),
                class_name="guide-address",
            ),
            class_name="small",
            aria_live="polite",
        ),
        rx.el.div(
            mark,
            rx.cond(
                State.own,
                rx.fragment(),
                rx.el.button(
                    t("onboarding.address_own"),
                    type="button",
                    class_name="plain link small",
                    on_click=State.type_own,
                ),
            ),
            class_name="line guide-address-mark",
        ),
        rx.cond(State.own, _own_address()),
        class_name="stack-tight",
    )


def _own_address() -> rx.Component:
    return text_field(
        t("onboarding.address"),
        name="slug",
        hint=t("onboarding.address_hint"),
        max_length=40,
        auto_complete="off",
        auto_capitalize="none",
        spell_check=False,
        default_value=State.slug,
        on_change=State.slug_typed.debounce(SETTLED),
    )


def _fixed_address() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(t("onboarding.address"), ": ", class_name="soft"),
            rx.el.span(State.host, "/c/", rx.el.strong(State.slug), class_name="guide-address"),
            class_name="small",
        ),
        rx.el.p(t("onboarding.address_fixed"), class_name="hint"),
        class_name="stack-tight",
    )


def _industry() -> rx.Component:
    options = [(key, t(f"onboarding.industry_{key}")) for key in INDUSTRIES]
    return select_field(
        t("onboarding.industry"),
        [("", t("onboarding.industry_none")), *options],
        name="industry",
        hint=t("onboarding.industry_hint"),
        default_value=State.industry,
        key="industry" + State.form_key.to_string(),
    )


def _country() -> rx.Component:
    return _select(
        "country",
        *[rx.el.option(country(rx.Var.create(code)), value=code) for code in places.COUNTRIES],
        value=State.country,
        on_change=State.pick_country,
    )


def _currency() -> rx.Component:
    return _select(
        "currency",
        *[rx.el.option(currency(rx.Var.create(code)), value=code) for code in places.CURRENCIES],
        value=State.currency,
        on_change=State.pick_currency,
    )


def _zone() -> rx.Component:
    """Most countries have one clock."""
    return rx.cond(
        State.zones.length() > 1,
        _select(
            "zone",
            rx.foreach(State.zones, lambda zone: rx.el.option(zone[1], value=zone[0])),
            value=State.zone,
            on_change=State.pick_zone,
            hint=t("onboarding.zone_hint"),
        ),
    )


def _select(name: str, *options: Any, hint: Any = None, **props: Any) -> rx.Component:
    control = rx.el.select(*options, id=name, name=name, class_name="input", **props)
    return field(t(f"onboarding.{name}"), control, name=name, hint=hint)
