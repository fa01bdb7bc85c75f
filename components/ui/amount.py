"""Numbers and money in the person's language, worded by the browser; on the server it is vulkn_app/written.py."""

from typing import Any

import reflex as rx

from components.ui.moment import LOCALE
from vulkn_app.written import HOME

NUMBER = rx.vars.FunctionStringVar.create("""((value, locale, digits) => value === null || value === undefined ? ''
  : new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value))""")
# Whole pesos without cents.
MONEY = rx.vars.FunctionStringVar.create("""((amount, currency, locale, home) => '$' + new Intl.NumberFormat(locale,
  { minimumFractionDigits: Number(amount) % 1 ? 2 : 0, maximumFractionDigits: 2 }).format(Number(amount))
  + (currency === home ? '' : ' ' + currency))""")


def number(value: Any, *, digits: int = 0) -> rx.Var[str]:
    return NUMBER.call(value, LOCALE, digits).to(str)


def money(cents: Any, currency: Any = HOME) -> rx.Var[str]:
    """The house's own prices: "$1,449", "$20 USD"."""
    return MONEY.call(rx.Var.create(cents).to(int) / 100, currency, LOCALE, HOME).to(str)


def price(amount: Any, currency: Any) -> rx.Var[str]:
    """What a business asks, always with its currency's name: "$650 MXN"."""
    return MONEY.call(amount, currency, LOCALE, "").to(str)
