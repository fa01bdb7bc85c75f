"""A configuration as a form: which fields its JSON schema asks for, what stands in them, what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

Kind = Literal["line", "text", "whole", "number", "yes_no", "choice", "some", "lines", "time", "rows"]
LONG = 150  # characters from which on a text has more than one line
# What was typed in a field of rows: one dict a row, its own id among the cells.
Row = dict[str, str]


@dataclass(frozen=True)
class Field:
    """`title` and `help` are keys of the locales; `fields` are a row's. `some`: any of `options`."""

    name: str
    kind: Kind
    title: str
    help: str = ""
    options: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    longest: int | None = None
    default: Any = None
    fields: tuple["Field", ...] = ()


class Fault(BaseModel):
    """What is wrong with one field: `kind` names the sentence, `n` is the limit that was passed."""

    kind: str
    n: str = ""


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a skill's configuration, in its own order."""
    known = schema.get("$defs", {})
    return tuple(_field(name, part, known) for name, part in schema["properties"].items())


def written(
    fields: Sequence[Field], config: Mapping[str, Any], *, under: str = ""
) -> tuple[Row, dict[str, list[Row]]]:
    """What stands in the form: the cells by name, and the rows of each list by the list's path, which for a list in
    a row is "forms.r0.questions". Options of a `some` field are cells of their own, `details.phone`."""
    cells: Row = {}
    rows: dict[str, list[Row]] = {}
    for field in fields:
        value = config.get(field.name, field.default)
        if field.kind != "rows":
            cells |= _cells(field, value)
            continue
        path = under + field.name
        held = rows[path] = []
        for number, row in enumerate(value or []):
            own, deeper = written(field.fields, row, under=f"{path}.r{number}.")
            held.append({"id": f"r{number}", **own})
            rows |= deeper
    return cells, rows


def read(
    fields: Sequence[Field], typed: Mapping[str, str], ids: Mapping[str, Sequence[str]], *, under: str = ""
) -> dict[str, Any]:
    """The configuration that was typed; `ids` are the rows of each list in their order. What is no number stays as
    it was written, for the check to refuse it."""
    config: dict[str, Any] = {}
    for field in fields:
        name = under + field.name
        if field.kind == "rows":
            config[field.name] = [
                read(field.fields, typed, ids, under=f"{name}.{row}.") for row in ids.get(name, ())
            ]
        elif (value := _value(field, name, typed)) is not None:
            config[field.name] = value
    return config


def where(
    location: Sequence[str | int],
    fields: Sequence[Field],
    ids: Mapping[str, Sequence[str]],
    *,
    under: str = "",
) -> str:
    """The form's name of the place that a check complains about."""
    if not location:
        return ""
    name = f"{under}{location[0]}"
    field = next((field for field in fields if field.name == location[0]), None)
    if field is None or field.kind != "rows" or len(location) < 2:
        return name
    row = f"{name}.{ids.get(name, ())[int(location[1])]}"
    return where(location[2:], field.fields, ids, under=f"{row}.") or row


def list_at(fields: Sequence[Field], path: str) -> Field | None:
    """The list that a path leads to, through whichever rows."""
    name, _, rest = path.partition(".")
    field = next((field for field in fields if field.name == name and field.kind == "rows"), None)
    return list_at(field.fields, rest.partition(".")[2]) if field and rest else field


def _field(name: str, part: Mapping[str, Any], known: Mapping[str, Any]) -> Field:
    kinds = [each for each in part.get("anyOf", [part]) if each.get("type") != "null"]
    core = {**part, **kinds[0]}
    kind, options, inner = _kind(core, known)
    return Field(
        name=name,
        kind=kind,
        title=part["title"],
        help=part.get("description", ""),
        options=options,
        least=core.get("minimum"),
        most=core.get("maxItems" if kind in ("rows", "lines", "some") else "maximum"),
        longest=core.get("maxLength"),
        default=core.get("default"),
        fields=inner,
    )


def _kind(
    core: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[Kind, tuple[str, ...], tuple[Field, ...]]:
    if "enum" in core:
        return "choice", tuple(map(str, core["enum"])), ()
    match core.get("type"):
        case "array":
            return _list_kind(core["items"], known)
        case "boolean":
            return "yes_no", (), ()
        case "integer":
            return "whole", (), ()
        case "number":
            return "number", (), ()
    if core.get("format") == "time":
        return "time", (), ()
    return "text" if core.get("maxLength", 0) > LONG else "line", (), ()


def _list_kind(
    items: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[Kind, tuple[str, ...], tuple[Field, ...]]:
    if "$ref" in items:
        part = known[items["$ref"].rpartition("/")[2]]
        return "rows", (), tuple(_field(name, each, known) for name, each in part["properties"].items())
    if "enum" in items:
        return "some", tuple(map(str, items["enum"])), ()
    return "lines", (), ()


def _cells(field: Field, value: Any) -> Row:
    if field.kind == "some":
        return {f"{field.name}.{option}": "on" if option in (value or ()) else "" for option in field.options}
    if field.kind == "yes_no":
        return {field.name: "on" if value else ""}
    if field.kind == "lines":
        return {field.name: "\n".join(value or ())}
    if field.kind == "time":
        return {field.name: str(value or "")[:5]}
    return {field.name: "" if value is None else str(value)}


def _value(field: Field, name: str, typed: Mapping[str, str]) -> Any:
    text = str(typed.get(name, ""))
    match field.kind:
        case "yes_no":
            return text == "on"
        case "some":
            return [option for option in field.options if typed.get(f"{name}.{option}") == "on"]
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "whole" | "number" | "choice" | "time":
            return _plain(text.strip(), field)
    return text


def _plain(text: str, field: Field) -> Any:
    """Nothing typed is nothing said: the default counts, or the check asks for it."""
    if not text:
        return None
    if field.kind == "whole" or (field.kind == "choice" and isinstance(field.default, int)):
        return int(text) if text.lstrip("-").isdigit() else text
    return text
