"""The form of a skill, drawn from its configuration's schema: a new field needs no line here."""

from typing import Any

import reflex as rx

from components.ui.button import button, icon_button
from components.ui.icon import glyph
from components.words import Words, choice, t
from state.skills import FORMS, SkillsState, option_key
from vulkn_app.skills.faults import KINDS, OURS, UNKNOWN, WHOLE
from vulkn_app.skills.fields import Field

# In a component a state's attribute is a var; the type checker takes it for the plain value.
State: Any = SkillsState
FAULTS = sorted({*KINDS.values(), *OURS.values()} - {UNKNOWN})


def skill_form(key: str, read_only: Any) -> rx.Component:
    """All fields of one skill. `WHOLE` is what is wrong with no field in particular."""
    return rx.el.fieldset(
        _wrong(WHOLE),
        *[_drawn(field, field.name, State.cells) for field in FORMS[key]],
        disabled=read_only,
        class_name="stack",
    )


def _drawn(field: Field, name: Words, cells: Any) -> rx.Component:
    """`cells` hold the values by the field's own name; `name` is what the form calls it."""
    if field.kind == "rows":
        return _rows(field, name)
    if field.kind == "some":
        return _some(field, name, cells)
    if field.kind == "yes_no":
        return _yes_no(field, name, cells)
    return rx.el.div(
        rx.el.label(
            rx.el.span(t(field.title), class_name="label"), _control(field, name, cells), class_name="field"
        ),
        _hint(field),
        _wrong(name),
        class_name="stack-tight",
    )


def _control(field: Field, name: Words, cells: Any) -> rx.Component:
    given: dict[str, Any] = {
        "name": name,
        "default_value": cells[field.name],
        "key": _key(name),
        "class_name": "input",
    }
    given["aria_invalid"] = State.wrong.contains(name)
    match field.kind:
        case "choice":
            return rx.el.select(
                *[rx.el.option(option_words(option), value=option) for option in field.options], **given
            )
        case "whole" | "number":
            limits = {"min": field.least, "max": field.most}
            known: dict[str, Any] = {limit: value for limit, value in limits.items() if value is not None}
            step = "1" if field.kind == "whole" else "any"
            return rx.el.input(type="number", input_mode="numeric", step=step, **known, **given)
        case "time":
            return rx.el.input(type="time", **given)
        case "text" | "lines":
            size = "area-short" if field.kind == "text" else "area-normal"
            given["class_name"] = f"input {size}"
            return rx.el.textarea(**given)
    return rx.el.input(type="text", max_length=field.longest or 500, **given)


def _yes_no(field: Field, name: Words, cells: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.span(t(field.title), class_name="label grow"),
            rx.el.input(
                type="checkbox",
                role="switch",
                name=name,
                default_checked=cells[field.name] == "on",
                key=_key(name),
                class_name="switch",
            ),
            class_name="line between",
        ),
        _hint(field),
        _wrong(name),
        class_name="stack-tight",
    )


def _some(field: Field, name: Words, cells: Any) -> rx.Component:
    """Any of a few, each a box to tick."""
    boxes = [
        rx.el.label(
            rx.el.input(
                type="checkbox",
                name=_under(name, option),
                default_checked=cells[f"{field.name}.{option}"] == "on",
                key=_key(_under(name, option)),
                class_name="tick",
            ),
            option_words(option),
            class_name="chip",
        )
        for option in field.options
    ]
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend(t(field.title), class_name="label"),
            rx.el.div(*boxes, class_name="line-wrap snug"),
            class_name="ticks",
        ),
        _hint(field),
        _wrong(name),
        class_name="stack-tight",
    )


def _rows(field: Field, path: Words) -> rx.Component:
    """A list of things with fields of their own, lists among them. What has a name is folded under it."""
    held = State.rows[path]
    named = next((each.name for each in field.fields if each.kind in ("line", "text")), "")
    row = _folded if named else _boxed

    # In the browser a row is called by the parameter's name: one in a row needs a name of its own.
    def drawn(outer: Any) -> rx.Component:
        return row(field, path, outer, named)

    def drawn_inside(inner: Any) -> rx.Component:
        return row(field, path, inner, named)

    return rx.el.div(
        rx.el.h3(t(field.title), class_name="label"),
        _hint(field),
        rx.foreach(held, drawn if isinstance(path, str) else drawn_inside),
        _wrong(path),
        rx.cond(
            held.length() < int(field.most or 50),
            rx.el.div(
                button(
                    t("common.add"), icon="plus", variant="soft", size="small", on_click=State.add_row(path)
                )
            ),
        ),
        class_name="field",
    )


def _folded(field: Field, path: Words, row: Any, named: str) -> rx.Component:
    """Open while it is new, or something in it is wrong: what is hidden is not missed."""
    under = _under(path, row["id"])
    return rx.el.details(
        rx.el.summary(
            rx.cond(row[named] != "", row[named], t("skills.new_row")), class_name="fold-head clip"
        ),
        rx.el.div(
            _wrong(under),
            *_inside(field, under, row),
            rx.el.div(
                button(
                    t("common.delete"),
                    icon="trash-2",
                    variant="ghost",
                    size="small",
                    on_click=State.drop_row(path, row["id"]),
                )
            ),
            class_name="stack",
        ),
        open=row["id"].to(str).startswith("n") | State.wrong_rows.contains(under),
        key=row["id"],
        class_name="fold",
    )


def _boxed(field: Field, path: Words, row: Any, _: str) -> rx.Component:
    under = _under(path, row["id"])
    return rx.el.div(
        rx.el.div(
            _wrong(under),
            icon_button(
                "trash-2", t("common.delete"), size="small", on_click=State.drop_row(path, row["id"])
            ),
            class_name="line between box-head",
        ),
        *_inside(field, under, row),
        key=row["id"],
        class_name="box stack",
    )


def _inside(field: Field, under: Words, row: Any) -> list[rx.Component]:
    return [_drawn(each, _under(under, each.name), row) for each in field.fields]


def _hint(field: Field) -> rx.Component:
    if field.kind == "lines":
        words = t(field.help) if field.help else None
        return rx.el.p(
            *([words, " "] if words is not None else []), t("skills.one_a_line"), class_name="hint"
        )
    return rx.el.p(t(field.help), class_name="hint") if field.help else rx.fragment()


def _wrong(name: Words) -> rx.Component:
    """What is wrong at this place; nothing while nothing is."""
    fault = State.wrong[name]
    words = choice(fault.kind, "skills.fault_", *FAULTS, UNKNOWN, n=fault.n)
    return rx.cond(
        State.wrong.contains(name),
        rx.el.p(glyph("triangle-alert", "tiny"), words, class_name="wrong", role="alert"),
    )


def option_words(option: str) -> Words:
    """An option that speaks for itself has no words of its own: 30, GET."""
    key = option_key(option)
    return t(key) if key else option


def _under(name: Words, part: Any) -> Words:
    return rx.Var.create(name).to(str) + "." + rx.Var.create(part).to(str)


def _key(name: Words) -> Words:
    return rx.Var.create(name).to(str) + State.form_key.to_string()
