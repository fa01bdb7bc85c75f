"""The interface's words in the browser: both languages are there, the switch is instant."""

import re
from functools import reduce
from typing import Any, cast

import reflex as rx

from state.prefs import PrefsState
from vulkn_app.i18n import Language, catalogue

Words = str | rx.Var[str]
STRING = rx.vars.FunctionStringVar.create("String")
GAP = re.compile(r"\{(\w+)\}")


def t(key: str, **values: Any) -> rx.Var[str]:
    """The words for `key` in the language of this browser; `{name}` gaps take values or vars.

    An unknown key fails the build."""
    return rx.cond(PrefsState.lang == "en", _filled(key, "en", values), _filled(key, "es", values))


def plural(count: Any, key: str, **values: Any) -> rx.Var[str]:
    """`<key>_one` for exactly one, `<key>_many` with `{n}` otherwise."""
    return rx.cond(count == 1, t(f"{key}_one", **values), t(f"{key}_many", n=count, **values))


def choice(value: Words, prefix: str, *names: str, **values: Any) -> rx.Var[str]:
    """The words of a closed set: `choice(lead.stage, "leads.stage_", "new", "won")`."""
    *others, last = names
    known = [(name, t(prefix + name, **values)) for name in others]
    otherwise = t(prefix + last, **values)
    return cast("rx.Var[str]", rx.match(value, *known, otherwise)) if known else otherwise


def _filled(key: str, language: Language, values: dict[str, Any]) -> Any:
    text = catalogue(language)[key]
    if not values:
        return text
    parts = GAP.split(text)
    pieces = [_piece(values[part]) if index % 2 else rx.Var.create(part) for index, part in enumerate(parts)]
    return reduce(lambda left, right: left + right, pieces)


def _piece(value: Any) -> Any:
    var = rx.Var.create(value)
    return var if isinstance(var, rx.vars.StringVar) else STRING.call(var).to(str)
