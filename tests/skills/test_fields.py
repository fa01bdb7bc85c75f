"""A configuration becomes a form and the form the configuration again, whatever the skill."""

from typing import Any

import pytest

from vulkn_app.skills.catalogue import ALL
from vulkn_app.skills.faults import WHOLE, faults
from vulkn_app.skills.fields import Field, fields_of, list_at, read, written

QUESTION = {"key": "age", "prompt_es": "¿Edad?"}
LISTS = ("hours", "forms", "forms.r0.questions", "actions", "actions.r0.headers")
CONFIGS: dict[str, dict[str, Any]] = {
    "handoff": {
        "hours": [
            {"days": ["mon", "fri"], "opens": "09:00", "closes": "19:00"},
            {"days": ["sat"], "opens": "09:00", "closes": "14:00"},
        ],
        "emergency_phone": "911",
        "urgent_es": ["es una emergencia"],
    },
    "booking": {"lead_minutes": 30, "grid_minutes": 15, "needs_phone": False, "note_es": "Llega antes."},
    "reminders": {"first_hours": 48, "second_hours": 0},
    "intake": {
        "forms": [
            {
                "key": "first",
                "title_es": "Primera cita",
                "start_words": ["quiero registrarme", "primera vez"],
                "questions": [
                    {"key": "age", "kind": "number", "prompt_es": "¿Edad?", "at_least": 1, "at_most": 120},
                    {
                        "key": "how",
                        "kind": "choice",
                        "prompt_es": "¿Cómo?",
                        "choices_es": ["A", "B"],
                        "required": False,
                    },
                ],
            },
            {"key": "quote", "title_es": "Cotizar", "questions": [{"key": "what", "prompt_es": "¿Qué?"}]},
        ]
    },
    "lead_capture": {"details": ["phone", "email"], "ask_consent": True},
    "faq": {"entries": 6},
    "http_action": {
        "actions": [
            {
                "name": "order_status",
                "description": "The state of an order of the shop.",
                "url": "https://api.shop.mx/orders/{order}",
                "hosts": ["api.shop.mx"],
                "arguments": [{"name": "order"}],
                "pick": [{"label": "Estado", "path": "order.status"}],
            }
        ]
    },
}


def form_of(key: str) -> tuple[Field, ...]:
    return fields_of(ALL[key].config.model_json_schema())


def through_the_form(key: str, config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Shown, and sent back as a browser does: what is empty as empty text, boxes only when ticked."""
    cells, rows = written(form_of(key), config)
    typed = {name: value for name, value in cells.items() if value}
    for name, held in rows.items():
        for row in held:
            typed |= {f"{name}.{row['id']}.{cell}": value for cell, value in row.items() if value}
    ids = {name: [row["id"] for row in held] for name, held in rows.items()}
    return read(form_of(key), typed, ids), ids


@pytest.mark.parametrize("key", ALL)
def test_every_skill_can_be_set_up_in_its_form(key: str) -> None:
    config = ALL[key].config.model_validate(CONFIGS[key])

    typed, _ = through_the_form(key, config.model_dump(mode="json"))

    assert ALL[key].config.model_validate(typed) == config


@pytest.mark.parametrize(
    ("key", "change", "at", "kind"),
    [
        ("handoff", {"emergency_phone": "llama ya"}, "emergency_phone", "shape"),
        ("handoff", {"hours": [{"days": ["mon"], "opens": "19:00", "closes": "9:00"}]}, "hours.r0.closes", "time"),
        ("handoff", {"hours": [{"days": ["mon"], "opens": "19:00", "closes": "09:00"}]}, "hours.r0", "hours_order"),
        ("handoff", {"hours": [{"days": [], "opens": "09:00", "closes": "10:00"}]}, "hours.r0.days", "few"),
        ("handoff", {"urgent_es": ["ay"]}, "urgent_es", "phrase_short"),
        ("booking", {"lead_minutes": -1}, "lead_minutes", "least"),
        ("booking", {"lead_minutes": "pronto"}, "lead_minutes", "number"),
        ("booking", {"note_es": "x" * 301}, "note_es", "long"),
        ("faq", {"entries": 9}, "entries", "most"),
        ("intake", {"forms": []}, "forms", "few"),
        ("intake", {"forms": [{"title_es": "", "questions": [QUESTION]}]}, "forms.r0.title_es", "missing"),
        ("intake", {"forms": [{"title_es": "Uno", "questions": []}]}, "forms.r0.questions", "few"),
        ("intake", {"forms": [{"title_es": "Uno", "questions": [QUESTION, {"prompt_es": ""}]}]}, "forms.r0.questions.r1.prompt_es", "missing"),
        ("intake", {"forms": [{"title_es": "Uno", "questions": [{**QUESTION, "kind": "choice"}]}]}, "forms.r0.questions.r0", "choices_kind"),
        ("intake", {"forms": [{"title_es": "Uno", "questions": [QUESTION]}] * 2}, "forms", "same_name"),
        ("lead_capture", {"ask_consent": True, "consent_en": ""}, WHOLE, "consent_both"),
        ("http_action", {"actions": [{**CONFIGS["http_action"]["actions"][0], "hosts": ["10.0.0.1"]}]}, "actions.r0.hosts", "host"),
        ("http_action", {"actions": [{**CONFIGS["http_action"]["actions"][0], "headers": [{"name": "Host", "value": "x"}]}]}, "actions.r0.headers.r0", "header"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(key: str, change: dict[str, Any], at: str, kind: str) -> None:
    config = ALL[key].config.model_validate(CONFIGS[key]).model_dump(mode="json") | change
    ids = {name: ["r0", "r1"] for name in LISTS}

    found = faults(ALL[key], form_of(key), config, ids)

    assert found[at].kind == kind


def test_a_list_is_not_called_short_for_what_is_wrong_in_it() -> None:
    config = {"forms": [{"title_es": "Uno", "questions": [{"prompt_es": ""}]}]}
    ids = {"forms": ["r0"], "forms.r0.questions": ["r0"]}

    assert list(faults(ALL["intake"], form_of("intake"), config, ids)) == ["forms.r0.questions.r0.prompt_es"]


@pytest.mark.parametrize("key", ALL)
def test_lists_stand_in_rows_and_no_deeper(key: str) -> None:
    """components/skill_form.py has a name for a row, and one for a row in it."""
    inner = [each for field in form_of(key) for each in field.fields if each.kind == "rows"]

    assert [each.name for field in inner for each in field.fields if each.kind == "rows"] == []


def test_rows_keep_their_own_fields_when_one_between_them_goes() -> None:
    form = form_of("handoff")
    typed = {
        "hours.a.opens": "08:00", "hours.a.closes": "09:00", "hours.a.days.mon": "on",
        "hours.c.opens": "10:00", "hours.c.closes": "11:00", "hours.c.days.tue": "on",
    }  # fmt: skip

    config = read(form, typed, {"hours": ["a", "c"]})

    assert [(row["opens"], row["days"]) for row in config["hours"]] == [
        ("08:00", ["mon"]),
        ("10:00", ["tue"]),
    ]


def test_a_list_in_a_row_keeps_its_own_rows() -> None:
    form = form_of("intake")
    typed = {
        "forms.b.title_es": "Dos",
        "forms.b.questions.z.prompt_es": "¿Y?",
        "forms.a.questions.z.prompt_es": "¿No?",
    }

    config = read(form, typed, {"forms": ["b"], "forms.b.questions": ["z"], "forms.a.questions": ["z"]})

    assert [one["title_es"] for one in config["forms"]] == ["Dos"]
    assert [one["prompt_es"] for one in config["forms"][0]["questions"]] == ["¿Y?"]


@pytest.mark.parametrize(
    ("path", "found"),
    [("forms", "forms"), ("forms.r0.questions", "questions"), ("forms.r0", ""), ("forms.r0.title_es", ""),
     ("forms.r0.questions.r1", ""), ("questions", ""), ("", ""), ("forms.r0.questions.r1.choices_es", ""), ("..", "")],
)  # fmt: skip
def test_a_path_leads_to_a_list_or_nowhere(path: str, found: str) -> None:
    field = list_at(form_of("intake"), path)

    assert (field.name if field else "") == found
