"""The file of a message that a person of the business sends: from the database to Meta."""

from vulkn_app.channels.outbox import NotSent
from vulkn_app.channels.whatsapp import messages
from vulkn_app.channels.whatsapp.graph import Graph
from vulkn_app.channels.whatsapp.job import Job
from vulkn_app.channels.whatsapp.messages import Body
from vulkn_app.db import as_agent

FILE = """
    select a.kind, a.mime, a.filename, f.content from message_attachments a
    join attachment_files f on f.org_id = a.org_id and f.attachment_id = a.id
    where a.org_id = %s and a.message_id = %s order by a.created_at limit 1
"""


async def uploaded(one: Job, graph: Graph) -> Body:
    """Raises what the client raises; NotSent where there is no file."""
    async with as_agent(one.delivery.agent) as connection:
        asked = (one.delivery.agent.org_id, one.delivery.message_id)
        row = await (await connection.execute(FILE, asked)).fetchone()
    if row is None:
        raise NotSent("no_file", again=False)
    kind, mime, filename, content = row
    media_id = await graph.upload(bytes(content), mime, filename)
    return messages.media(kind, id=media_id, caption=one.text, filename=filename)
