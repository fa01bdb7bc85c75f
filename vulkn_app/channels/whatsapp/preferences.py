"""WhatsApp's own switch for a business's messages: what somebody tapped there is what they said to us."""

from vulkn_app.channels.whatsapp import opt_out, people
from vulkn_app.channels.whatsapp.events import Happened

# "signup": they asked for the messages of this business through a link of Meta's.
OUT = {"stop": True, "resume": False, "signup": False}


async def handle(happened: Happened) -> None:
    item = happened.item
    value = str(item.get("value") or "").lower()
    if happened.channel_id is None or value not in OUT:
        return
    contact = happened.payload.get("contact") or {}
    known = await people.person(
        happened.agent,
        happened.channel_id,
        user_id=str(item.get("user_id") or contact.get("user_id") or ""),
        parent_user_id=str(item.get("parent_user_id") or ""),
        phone=str(item.get("wa_id") or ""),
        username="",
        name="",
        conversation=False,
    )
    if known:
        wording = f"WhatsApp: {value} {item.get('category') or ''}".strip()
        await opt_out.silently(happened.agent, known.contact_id, out=OUT[value], wording=wording)
