"""Our pack keeps Meta's rules, an account's templates are kept up to date, and a reminder goes out by one."""

import re
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.connected import Chat, Line, a_chat
from tests.factories import Business, a_business
from tests.fakes.graph import FakeGraph
from vulkn_app import i18n
from vulkn_app.channels import outbox
from vulkn_app.channels.whatsapp import template_admin, template_shapes, templates
from vulkn_app.channels.whatsapp.refusals import WhatsAppRefused
from vulkn_app.channels.whatsapp.template_pack import BUTTONS, LOCALES, PACK, Template
from vulkn_app.db import AgentKey
from vulkn_app.errors import NotAllowed, NotFound
from vulkn_app.skills.booking_dialogue import _BARE_CANCEL, _BARE_CHANGE
from vulkn_app.skills.reminders import _says_yes

SALES = re.compile(
    r"oferta|descuento|promoci|compra ya|gratis|offer|discount|sale\b|buy|free\b", re.IGNORECASE
)
BOTH = [(one, language) for one in PACK.values() for language in i18n.LANGUAGES]
NAMES = [f"{one.purpose}-{language}" for one, language in BOTH]


def sql(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as admin:
        cursor = admin.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def put(url: str, line: Line, purpose: str, language: i18n.Language = "es", **more: Any) -> None:
    template = PACK[purpose]
    row = {
        "org_id": line.agent.org_id,
        "channel_id": line.channel_id,
        "name": template.name,
        "language": LOCALES[language],
        "category": "utility",
        "status": "approved",
        "components": Jsonb(template.components(language)),
        "purpose": purpose,
        "external_id": uuid4().hex,
        **more,
    }
    marks = ", ".join(["%s"] * len(row))
    sql(url, f"insert into whatsapp_templates ({', '.join(row)}) values ({marks})", *row.values())


# ---- the pack ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("template", "language"), BOTH, ids=NAMES)
def test_the_pack_keeps_meta_s_rules(template: Template, language: i18n.Language) -> None:
    body, *rest = template.components(language)
    text = body["text"]

    assert len(text) <= 1024
    assert re.fullmatch(r"[a-z0-9_]{1,512}", template.name)
    assert not text.startswith("{{")
    assert not re.search(r"\}\}[\s.?!,]*$", text)
    assert not re.search(r"\}\}\s*\{\{", text)
    assert "{" not in re.sub(r"\{\{\d+\}\}", "", text)  # every value has its place
    assert len(text.split()) > 2 * len(template.values) + 1
    assert len(body["example"]["body_text"][0]) == len(template.values)
    assert template_shapes.places([body]) == [str(n) for n in range(1, len(template.values) + 1)]
    assert not SALES.search(text)
    for component in rest:
        assert 1 <= len(component["buttons"]) <= 3
        assert all(len(button["text"]) <= 25 for button in component["buttons"])


def test_the_buttons_are_words_that_the_engine_hears() -> None:
    for language in i18n.LANGUAGES:
        words = BUTTONS[language]
        assert _says_yes(words["confirm"]), language
        assert _BARE_CHANGE.match(words["change"].lower()), language
        assert _BARE_CANCEL.match(words["cancel"].lower()), language


def test_a_preview_is_what_the_customer_will_read() -> None:
    shown = template_shapes.preview(PACK["reminder_day"].components("es"))

    assert shown.body.startswith("Hola Lucía, te recordamos tu cita en Clínica Sonrisa: Limpieza dental")
    assert shown.buttons == ["Confirmar", "Cambiar", "Cancelar"]


def test_any_shape_has_a_preview() -> None:
    named = {
        "type": "body",
        "text": "Hola {{customer}}, {{ unknown }}",
        "example": {"body_text_named_params": [{"param_name": "customer", "example": "Ana"}]},
    }
    odd: list[dict[str, Any]] = [
        {"type": "HEADER", "format": "IMAGE"},
        named,
        {"type": "FOOTER", "text": "Gracias"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Ver"}, "x"]},
        {"type": "CAROUSEL"},
        {},
    ]

    shown = template_shapes.preview(odd)

    assert (shown.header, shown.body, shown.footer) == ("[image]", "Hola Ana, [unknown]", "Gracias")
    assert shown.buttons == ["Ver"]
    assert not template_shapes.simple(odd)
    sent = template_shapes.parameters([named], {"customer": "Lu\nis   Ana"})
    assert sent[0]["parameters"] == [
        {"type": "text", "parameter_name": "customer", "text": "Lu is Ana"},
        {"type": "text", "parameter_name": "unknown", "text": "-"},
    ]


# ---- an account's templates -----------------------------------------------------------------------------------------


async def test_all_pages_are_read_and_what_is_gone_is_marked(
    line: Line, business: Business, fake_graph: FakeGraph, database_url: str
) -> None:
    fake_graph.templates += [
        {
            "id": str(n),
            "name": f"t_{n}",
            "language": "es_MX",
            "category": "UTILITY",
            "status": "APPROVED",
            "components": [],
        }
        for n in range(230)
    ]
    assert await template_admin.sync(business.owner, line.channel_id) == 230
    del fake_graph.templates[100:]
    fake_graph.templates[0]["status"] = "PAUSED"

    assert await template_admin.sync(business.owner, line.channel_id) == 100

    states = "select status, count(*) from whatsapp_templates where channel_id = %s group by 1 order by 1"
    assert sql(database_url, states, line.channel_id) == [("approved", 99), ("deleted", 130), ("paused", 1)]


async def test_the_pack_goes_to_meta_once(
    line: Line, business: Business, fake_graph: FakeGraph, database_url: str
) -> None:
    made = await template_admin.create_pack(business.owner, line.channel_id)
    again = await template_admin.create_pack(business.owner, line.channel_id)

    assert (made.sent, made.problems, again.sent) == (2 * len(PACK), [], 0)
    rows = await template_admin.listed(business.owner, line.channel_id)
    assert {row.status for row in rows} == {"pending"}
    assert {row.purpose for row in rows} == set(PACK)
    assert all(template["category"] == "UTILITY" for template in fake_graph.templates)


async def test_a_template_that_meta_refuses_is_explained_and_stays_a_draft(
    line: Line, business: Business, fake_graph: FakeGraph, database_url: str
) -> None:
    fake_graph.will(on="templates", code=100, subcode=2388040)

    with pytest.raises(WhatsAppRefused, match="whatsapp_template_refused"):
        await template_admin.create(business.owner, line.channel_id, "order_ready", "es")

    assert sql(
        database_url, "select status from whatsapp_templates where channel_id = %s", line.channel_id
    ) == [("draft",)]


async def test_a_deleted_one_is_gone_in_all_languages(
    line: Line, business: Business, fake_graph: FakeGraph
) -> None:
    await template_admin.create(business.owner, line.channel_id, "order_ready", "es")
    await template_admin.create(business.owner, line.channel_id, "order_ready", "en")

    await template_admin.delete(business.owner, line.channel_id, PACK["order_ready"].name)
    await template_admin.delete(business.owner, line.channel_id, PACK["order_ready"].name)

    assert fake_graph.templates == []
    assert await template_admin.listed(business.owner, line.channel_id) == []


async def test_nobody_works_with_somebody_else_s_templates(
    line: Line, fake_graph: FakeGraph, database_url: str
) -> None:
    stranger = a_business(database_url).owner

    with pytest.raises(NotFound):
        await template_admin.sync(stranger, line.channel_id)
    with pytest.raises(NotAllowed):
        await template_admin.create_pack(type(stranger)(stranger.user_id, line.agent.org_id), line.channel_id)
    assert await template_admin.listed(stranger, line.channel_id) == []
    assert fake_graph.requests == []


@pytest.mark.parametrize(
    "more",
    [{"status": "pending"}, {"status": "paused"}, {"category": "marketing"}, {"components": Jsonb([])}],
)
async def test_what_is_not_approved_as_utility_is_not_ready(
    line: Line, database_url: str, more: dict[str, Any]
) -> None:
    put(database_url, line, "reminder_day", **more)

    assert await templates.ready(line.agent, line.channel_id, "reminder_day", "es") is None


async def test_a_title_and_a_link_that_the_owner_added_are_filled(line: Line, database_url: str) -> None:
    body, buttons = PACK["reminder_day"].components("es")
    link = {"type": "URL", "text": "Ver cita", "url": "https://sol.mx/c/{{1}}"}
    added = [
        {"type": "HEADER", "format": "TEXT", "text": "{{1}}"},
        body,
        {"type": "BUTTONS", "buttons": [*buttons["buttons"], link]},
    ]
    put(database_url, line, "reminder_day", components=Jsonb(added))

    use = await templates.ready(line.agent, line.channel_id, "reminder_day", "es")
    assert use
    sent = use.body({"name": "Lucía", "business": "Sol", "appointment": "martes", "code": "K7"})["template"]

    header, _, *taps = sent["components"]
    assert header == {"type": "header", "parameters": [{"type": "text", "text": "Sol"}]}
    assert (taps[-1]["index"], taps[-1]["sub_type"], taps[-1]["parameters"][0]["text"]) == ("3", "url", "K7")


async def test_the_customer_s_language_comes_first_and_another_before_none(
    line: Line, database_url: str
) -> None:
    put(database_url, line, "reminder_day", "en")
    other = await templates.ready(line.agent, line.channel_id, "reminder_day", "es")
    put(database_url, line, "reminder_day", "es")
    own = await templates.ready(line.agent, line.channel_id, "reminder_day", "es")

    assert (other and other.language, own and own.language) == ("en_US", "es_MX")
    assert await templates.ready(AgentKey(uuid4()), line.channel_id, "reminder_day", "es") is None
    assert own
    values = {"name": "Lucía", "business": "Sol", "appointment": "Corte, mañana", "code": "ABC123"}
    assert "Corte, mañana" in own.text(values)


@pytest.fixture
def reminded(database_url: str, line: Line) -> Chat:
    """Somebody who wrote two days ago. The appointment is so near that no quiet hour would hold the reminder back."""
    chat = a_chat(database_url, line, window=None)
    org = line.agent.org_id
    sql(database_url, "update conversations set language = 'es' where id = %s", chat.id)
    (service,) = sql(
        database_url,
        "insert into services (org_id, name_es, minutes) values (%s, 'Corte', 30) returning id",
        org,
    )[0]
    (resource,) = sql(
        database_url, "insert into resources (org_id, name) values (%s, 'Laura') returning id", org
    )[0]
    (booking,) = sql(
        database_url,
        "insert into bookings (org_id, code, conversation_id, contact_id, service_id, resource_id, starts_at, ends_at,"
        " occupied, name) select %s, 'K7MQ2X', %s, %s, %s, %s, t, t + interval '30 minutes',"
        " tstzrange(t, t + interval '30 minutes'), 'Lucía Hernández' from (values (now() + interval '20 minutes')) v (t)"
        " returning id",
        org, chat.id, chat.contact_id, service, resource,
    )[0]  # fmt: skip
    (reminder,) = sql(
        database_url,
        "insert into reminders (org_id, booking_id, hours_before, due_at, state, sent_at)"
        " values (%s, %s, 24, now(), 'sent', now()) returning id",
        org,
        booking,
    )[0]
    sql(
        database_url,
        "with m as (insert into messages (org_id, conversation_id, sender, body, external_id)"
        " values (%s, %s, 'agent', 'Te recordamos tu cita', 'reminder:' || %s) returning id)"
        " insert into outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)"
        " select %s, 'reminder', %s, %s, id, '{}' from m",
        org, chat.id, reminder, org, reminder, chat.id,
    )  # fmt: skip
    return chat


async def test_a_reminder_after_the_24_hours_goes_out_as_the_template_with_the_same_facts(
    reminded: Chat, fake_graph: FakeGraph, database_url: str
) -> None:
    put(database_url, reminded.line, "reminder_day")

    await outbox.deliver_due()

    (taken,) = fake_graph.taken
    template = taken.body["template"]
    assert (template["name"], template["language"]["code"]) == (PACK["reminder_day"].name, "es_MX")
    body, *buttons = template["components"]
    said = [parameter["text"] for parameter in body["parameters"]]
    assert said[0] == "Lucía"
    assert said[2].startswith("Corte, ")
    assert said[2].endswith("con Laura")
    assert said[3] == "K7MQ2X"
    assert [button["parameters"][0]["payload"] for button in buttons] == ["Confirmar", "Cambiar", "Cancelar"]


async def test_without_a_template_people_are_told_once_a_day_what_to_do(
    reminded: Chat, fake_graph: FakeGraph, database_url: str
) -> None:
    again = "update outbox set state = 'ready', finished_at = null where org_id = %s"
    for _ in range(2):
        await outbox.deliver_due()
        sql(database_url, again, reminded.line.agent.org_id)
    await outbox.deliver_due()

    assert fake_graph.taken == []
    org = reminded.line.agent.org_id
    assert sql(database_url, "select distinct state, error from outbox where org_id = %s", org) == [
        ("failed", "window")
    ]
    assert sql(database_url, "select kind, detail ->> 'what' from alerts where org_id = %s", org) == [
        ("template", "no_template")
    ]
    for language in i18n.LANGUAGES:
        assert i18n.catalogue(language)["problems.fix_no_template"]
