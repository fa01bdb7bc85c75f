"""What people of the business send from the inbox: stored and queued together, refused with a reason, once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from tests.channels.whatsapp.sending.conftest import Rows, deliver
from tests.connected import Chat, Line, a_chat
from tests.factories import Business, a_business
from tests.fakes.graph import FakeGraph
from vulkn_app.channels.whatsapp import replying
from vulkn_app.channels.whatsapp.replying import FileForm, TemplateForm
from vulkn_app.conversations import inbox
from vulkn_app.conversations.inbox import ChannelAway, ReplyForm, WindowClosed
from vulkn_app.db import Member
from vulkn_app.errors import BadInput, NotFound, TooLarge

BODY = [{"type": "BODY", "text": "Hola {{1}}, tu pedido {{2}} está listo."}]
RICH = [
    {"type": "HEADER", "format": "TEXT", "text": "Pedido {{1}}"},
    {"type": "BODY", "text": "Hola {{name}}, ya está."},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Gracias"},
            {"type": "URL", "text": "Ver pedido", "url": "https://sol.mx/p/{{1}}"},
            {"type": "FLOW", "text": "Calificar", "flow_id": "77"},
        ],
    },
]
NAMED = [{"type": "BODY", "text": "Hola {{name}}, ya está."}]
COUNT = "select count(*) from messages where conversation_id = %s"


@pytest.fixture
def owner(business: Business) -> Member:
    return business.owner


@pytest.fixture
def closed(database_url: str, line: Line) -> Chat:
    return a_chat(database_url, line, window=timedelta(seconds=-1))


@pytest.fixture
def asked(chat: Chat, rows: Rows) -> object:
    [(message,)] = rows(
        "insert into messages (org_id, conversation_id, sender, body, external_id)"
        " values (%s, %s, 'visitor', '¿Ya?', 'wamid.IN9') returning id",
        chat.line.agent.org_id,
        chat.id,
    )
    return message


def a_template(rows: Rows, line: Line, components: list, status: str = "approved") -> object:
    [(template,)] = rows(
        "insert into whatsapp_templates (org_id, channel_id, name, language, category, status, components)"
        " values (%s, %s, %s, 'es_MX', 'utility', %s, %s) returning id",
        line.agent.org_id,
        line.channel_id,
        f"t_{uuid4().hex[:8]}",
        status,
        Jsonb(components),
    )
    return template


async def test_a_reply_is_stored_and_sent_once(
    owner: Member, chat: Chat, rows: Rows, fake_graph: FakeGraph
) -> None:
    for _ in range(3):
        await inbox.reply(owner, chat.id, ReplyForm(draft="draft-01", text="Ya casi, *hoy*."))
    await deliver()

    assert fake_graph.said == ["Ya casi, *hoy*."]
    assert rows(COUNT, chat.id) == [(1,)]
    assert rows("select status from conversations where id = %s", chat.id) == [("human",)]


async def test_a_reply_quotes_the_message_that_was_chosen_and_none_of_another_conversation(
    owner: Member, database_url: str, line: Line, chat: Chat, rows: Rows, fake_graph: FakeGraph, asked: object
) -> None:
    other = a_chat(database_url, line, phone="573001234567")
    for place, to in enumerate((chat, other)):
        form = {"draft": f"draft-0{place}", "text": "Sí.", "reply_to": str(asked)}
        await inbox.reply(owner, to.id, ReplyForm.model_validate(form))
    await deliver()

    quoted = {taken.to: taken.body.get("context") for taken in fake_graph.taken}
    assert quoted == {"5215512345678": {"message_id": "wamid.IN9"}, "573001234567": None}


async def test_after_a_day_a_reply_is_refused_and_leaves_nothing(
    owner: Member, closed: Chat, rows: Rows, fake_graph: FakeGraph
) -> None:
    with pytest.raises(WindowClosed):
        await inbox.reply(owner, closed.id, ReplyForm(draft="draft-01", text="Ya casi."))
    with pytest.raises(WindowClosed):
        await replying.reply_media(
            owner, closed.id, FileForm(draft="d2", content=b"x", mime="application/pdf")
        )

    assert rows(COUNT, closed.id) == [(0,)]
    assert rows("select status from conversations where id = %s", closed.id) == [("open",)]


async def test_a_number_that_is_away_says_so(owner: Member, chat: Chat, rows: Rows) -> None:
    rows("update whatsapp_numbers set state = 'reauth' where channel_id = %s", chat.line.channel_id)
    with pytest.raises(ChannelAway):
        await inbox.reply(owner, chat.id, ReplyForm(draft="draft-01", text="Hola"))


@pytest.mark.parametrize(
    ("components", "values", "said"),
    [
        (BODY, {"1": "Lucía", "2": "A-10"}, "Hola Lucía, tu pedido A-10 está listo."),
        (NAMED, {"name": "Lucía"}, "Hola Lucía, ya está."),
    ],
)
async def test_a_template_goes_when_the_window_is_closed(
    owner: Member,
    closed: Chat,
    rows: Rows,
    fake_graph: FakeGraph,
    components: list,
    values: dict,
    said: str,
) -> None:
    template = a_template(rows, closed.line, components)
    [(name,)] = rows("select name from whatsapp_templates where id = %s", template)
    fake_graph.templates.append(
        {"name": name, "language": "es_MX", "status": "APPROVED", "components": components}
    )
    form = TemplateForm.model_validate({"draft": "d1", "template": template, "values": values})
    await replying.reply_template(owner, closed.id, form)
    await replying.reply_template(owner, closed.id, form)
    await deliver()

    assert fake_graph.said == [name]
    assert rows("select body, kind from messages where conversation_id = %s", closed.id) == [
        (said, "template")
    ]


async def test_a_template_s_title_and_the_end_of_its_link_are_filled_too(
    owner: Member, closed: Chat, rows: Rows, fake_graph: FakeGraph
) -> None:
    template = a_template(rows, closed.line, RICH)
    values = {"header.1": "A-10", "name": "Lucía", "button1.1": "A 10"}
    form = {"draft": "d1", "template": template, "values": values}
    with pytest.raises(BadInput):
        await replying.reply_template(
            owner, closed.id, TemplateForm.model_validate({**form, "values": {"name": "L"}})
        )
    await replying.reply_template(owner, closed.id, TemplateForm.model_validate(form))
    await deliver()

    assert fake_graph.taken[0].body["template"]["components"] == [
        {"type": "header", "parameters": [{"type": "text", "text": "A-10"}]},
        {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Lucía"}]},
        _button("quick_reply", 0, {"type": "payload", "payload": "Gracias"}),
        _button("url", 1, {"type": "text", "text": "A10"}),
        _button("flow", 2, {"type": "action", "action": {"flow_token": "unused"}}),
    ]
    assert rows("select body from messages where conversation_id = %s", closed.id) == [
        ("Pedido A-10\n\nHola Lucía, ya está.",)
    ]


def _button(kind: str, index: int, parameter: dict) -> dict:
    return {"type": "button", "sub_type": kind, "index": str(index), "parameters": [parameter]}


async def test_a_template_needs_its_values_and_metas_approval(
    owner: Member, closed: Chat, rows: Rows
) -> None:
    whole = {"1": "Lucía", "2": "A-10"}
    for template, values, problem in (
        (a_template(rows, closed.line, BODY), {"1": "Lucía"}, BadInput),
        (a_template(rows, closed.line, BODY, "paused"), whole, NotFound),
        (uuid4(), whole, NotFound),
    ):
        form = TemplateForm.model_validate({"draft": "d1", "template": template, "values": values})
        with pytest.raises(problem):
            await replying.reply_template(owner, closed.id, form)
    assert rows(COUNT, closed.id) == [(0,)]


async def test_a_file_goes_up_and_then_out_with_its_words(
    owner: Member, chat: Chat, rows: Rows, fake_graph: FakeGraph, asked: object
) -> None:
    form = FileForm.model_validate(
        {
            "draft": "d1",
            "content": b"%PDF-1.7",
            "mime": "application/pdf",
            "filename": "menú.pdf",
            "caption": "El menú",
            "reply_to": asked,
        }
    )
    await replying.reply_media(owner, chat.id, form)
    await replying.reply_media(owner, chat.id, form)
    await deliver()

    [taken] = fake_graph.taken
    document = taken.body["document"]
    assert (document["caption"], document["filename"]) == ("El menú", "menú.pdf")
    assert fake_graph.media[document["id"]] == ("application/pdf", b"%PDF-1.7")
    assert taken.body["context"] == {"message_id": "wamid.IN9"}


@pytest.mark.parametrize("fault", [{"code": 131053}, {"fault": "drop"}, {"code": 131000}])
async def test_an_upload_that_fails_is_tried_again(
    owner: Member, chat: Chat, rows: Rows, fake_graph: FakeGraph, now_due, fault: dict
) -> None:
    fake_graph.will(on="media", **fault)
    await replying.reply_media(owner, chat.id, FileForm(draft="d", content=b"x", mime="image/png"))
    await deliver()
    assert fake_graph.taken == []
    now_due()
    await deliver()

    assert [message.kind for message in fake_graph.taken] == ["image"]


@pytest.mark.parametrize(
    ("mime", "size", "problem"),
    [
        ("application/x-msdownload", 1, BadInput),
        ("image/png", 5 * 2**20 + 1, TooLarge),
        ("image/svg+xml", 1, BadInput),
    ],
)
async def test_a_file_that_whatsapp_does_not_take_is_refused_here(
    owner: Member, chat: Chat, mime: str, size: int, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        await replying.reply_media(owner, chat.id, FileForm(draft="d", content=b"x" * size, mime=mime))


async def test_an_emoji_is_set_changed_and_taken_back(
    owner: Member, chat: Chat, rows: Rows, fake_graph: FakeGraph, asked
) -> None:
    for emoji in ("👍", "❤️", ""):
        await replying.react(owner, asked, emoji)
        await deliver()

    told = [message.body["reaction"] for message in fake_graph.taken]
    assert told == [{"message_id": "wamid.IN9", "emoji": emoji} for emoji in ("👍", "❤️", "")]
    assert rows("select count(*) from message_reactions where message_id = %s", asked) == [(0,)]
    with pytest.raises(BadInput):
        await replying.react(owner, asked, "no soy un emoji")


async def test_nobody_of_another_business_reaches_it(
    database_url: str, chat: Chat, rows: Rows, fake_graph: FakeGraph, asked
) -> None:
    stranger = a_business(database_url).owner
    for member in (stranger, Member(stranger.user_id, chat.line.agent.org_id)):
        with pytest.raises(NotFound):
            await inbox.reply(member, chat.id, ReplyForm(draft="draft-01", text="Hola"))
        with pytest.raises(NotFound):
            await replying.react(member, asked, "👍")
        with pytest.raises(NotFound):
            await replying.reply_media(member, chat.id, FileForm(draft="d", content=b"x", mime="image/png"))
        form = TemplateForm.model_validate({"draft": "d", "template": a_template(rows, chat.line, [])})
        with pytest.raises(NotFound):
            await replying.reply_template(member, chat.id, form)

    assert rows("select count(*) from outbox where conversation_id = %s", chat.id) == [(0,)]
