"""Coexistence: what the owner writes on their own phone."""

from tests.channels.whatsapp.meta import Line, give_token
from tests.channels.whatsapp.telling import an_echo, echo, status, write
from tests.fakes.graph import FakeGraph


async def test_an_echo_takes_the_conversation_over_and_is_the_owner_s_word(line: Line) -> None:
    await write(line, "¿A qué hora abren?")
    await echo(line, an_echo())
    await write(line, "¿Y los sábados?")

    assert status(line)[0][:2] == ("human", "took_over")
    senders = [sender for sender, _ in line.said()]
    assert senders[-2:] == ["human", "visitor"]
    assert line.rows(
        "select from_phone, author_id from messages where org_id = :org and sender = 'human'"
    ) == [(True, None)]
    assert line.rows("select count(*) from turns where org_id = :org") == [(1,)]


async def test_an_echo_to_a_stranger_opens_no_window_and_makes_no_lead(line: Line) -> None:
    await echo(line, an_echo())

    assert status(line) == [("human", "took_over", 0)]
    assert line.rows("select window_until from conversations where org_id = :org") == [(None,)]
    assert line.rows("select count(*) from leads where org_id = :org") == [(0,)]


async def test_an_echo_told_again_is_one_message(line: Line) -> None:
    one = an_echo(id="wamid.E1")
    await echo(line, one)
    await echo(line, {**one, "extra": 1})

    assert len(line.said()) == 1


async def test_what_vulkn_sent_itself_pauses_nothing(line: Line) -> None:
    await write(line, "¿A qué hora abren?")
    line.run(
        "insert into message_deliveries (org_id, message_id, wamid, state)"
        " select org_id, id, 'wamid.OURS', 'accepted' from messages where org_id = :org and sender = 'agent'"
    )
    ((outbox,),) = line.rows("select id from outbox where org_id = :org")
    before = line.said()

    await echo(line, an_echo(id="wamid.OURS"))
    await echo(line, an_echo(biz_opaque_callback_data=f"{outbox}:0"))
    line.run(
        "update outbox set state = 'sending', lease_until = now() + interval '1 minute' where org_id = :org"
    )
    await echo(line, an_echo(before[-1][1]))

    assert line.said() == before
    assert status(line)[0][0] == "open"


async def test_an_echo_of_days_ago_is_kept_and_pauses_nothing(line: Line) -> None:
    await write(line, "hola")
    await echo(line, an_echo(ago=3 * 86400))

    assert status(line)[0][0] == "open"
    assert ("human", "Claro, te espero a las 4") in line.said()


async def test_the_owner_edits_and_takes_back(line: Line) -> None:
    await echo(line, an_echo(id="wamid.E"))
    edited = {"original_message_id": "wamid.E", "message": {"type": "text", "text": {"body": "A las 5"}}}
    await echo(line, an_echo(type="edit", edit=edited))
    assert line.said() == [("human", "A las 5")]

    await echo(line, an_echo(type="revoke", revoke={"original_message_id": "wamid.E"}))

    assert line.said() == [("human", "[mensaje eliminado]")]


async def test_an_echo_with_a_picture_keeps_what_it_shows(line: Line) -> None:
    picture = {"id": "77", "mime_type": "image/jpeg", "caption": "Así queda"}
    await echo(line, an_echo(type="image", image=picture))

    assert line.said() == [("human", "[foto] Así queda")]
    assert line.rows("select kind, media from message_attachments where org_id = :org") == [("image", "77")]


async def test_a_picture_of_the_owner_s_is_fetched_as_a_customer_s_is(
    line: Line, fake_graph: FakeGraph
) -> None:
    give_token(line)
    media = fake_graph.holds(b"\xff\xd8\xff photo", "image/jpeg")
    picture = {"id": media, "mime_type": "image/jpeg", "caption": "Así queda"}
    one = an_echo("", id="wamid.echo", type="image", image=picture)

    for told in (one, {**one, "id": "wamid.gone", "image": {"id": "404", "mime_type": "image/jpeg"}}):
        await echo(line, told)

    found = line.rows(
        "select m.external_id, a.state, a.problem, f.content from messages m join message_attachments a"
        " on a.message_id = m.id left join attachment_files f on f.attachment_id = a.id where m.org_id = :org order by 1"
    )
    assert found == [
        ("wamid.echo", "stored", None, b"\xff\xd8\xff photo"),
        ("wamid.gone", "failed", "gone", None),
    ]
