"""What a check of a configuration says, as the name of a sentence: pydantic's own words are for programmers."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vulkn_app.skills.base import Skill
from vulkn_app.skills.fields import Fault, Field, where

KINDS = {
    "missing": "missing",
    "string_too_short": "short",
    "string_too_long": "long",
    "string_pattern_mismatch": "shape",
    "int_parsing": "number",
    "int_type": "number",
    "int_from_float": "number",
    "float_parsing": "number",
    "float_type": "number",
    "greater_than_equal": "least",
    "less_than_equal": "most",
    "too_short": "few",
    "too_long": "many",
    "enum": "choice",
    "literal_error": "choice",
    "time_parsing": "time",
    "time_type": "time",
}
LIMITS = ("min_length", "max_length", "ge", "le")
# The checks of the skills themselves, by what they raise.
OURS = {
    "opens must be before closes": "hours_order",
    "a phrase has at least four letters": "phrase_short",
    "consent is asked in both languages": "consent_both",
    "choices must differ": "choices_differ",
    "a choice has at least two choices, other kinds have none": "choices_kind",
    "both languages have the same choices": "choices_both",
    "at_least is more than at_most": "range",
    "two questions have the same key": "same_name",
    "two forms have the same key": "same_name",
    "two actions have the same name": "same_name",
    "two arguments have the same name": "same_name",
    "only a text has choices": "choices_kind",
    "this header is not yours to set": "header",
    "{secret} stands in the value exactly when a secret is named": "secret_place",
    "a host is a name such as api.example.com, without address, port or asterisk": "host",
    "the address begins with https://": "https",
    "the address names one of the hosts, and no user": "host_listed",
    "the port is 443 or 8443": "port",
    "the path is written out, in ASCII": "path",
    "GET sends no body": "get_body",
    "what stands in the path is required": "path_required",
    "the body is a JSON object": "body_json",
    "placeholders stand in values, not in names": "placeholder",
    "a placeholder looks like {this}": "placeholder",
    "this is no address": "shape",
}
UNKNOWN = "wrong"
WHOLE = "form"  # of no field in particular


def faults(
    skill: Skill[Any], fields: Sequence[Field], config: Mapping[str, Any], ids: Mapping[str, Sequence[str]]
) -> dict[str, Fault]:
    """What is wrong, by the form's name of the place; nothing when it may be published."""
    try:
        skill.config.model_validate(config)
    except ValidationError as problem:
        errors = [error for error in problem.errors() if not _follows(error)]
        return {where(error["loc"], fields, ids) or WHOLE: _fault(error) for error in errors}
    return {}


def _follows(error: ErrorDetails) -> bool:
    """A list is short only because something in it is wrong, and that is said already."""
    held, least = error["input"], error.get("ctx", {}).get("min_length", 0)
    return error["type"] == "too_short" and isinstance(held, list) and len(held) >= least


def _fault(error: ErrorDetails) -> Fault:
    said = error["msg"].removeprefix("Value error, ")
    if said.startswith("no such argument"):
        return Fault(kind="placeholder")
    context = error.get("ctx", {})
    limit = next((context[name] for name in LIMITS if name in context), "")
    kind = OURS.get(said) or KINDS.get(error["type"], UNKNOWN)
    if kind == "short" and limit == 1:
        kind = "missing"
    return Fault(
        kind="missing" if error.get("input") in ("", None) and kind in ("short", "shape") else kind,
        n=str(limit),
    )
