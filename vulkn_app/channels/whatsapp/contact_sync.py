"""Coexistence: the address book of the owner's phone. It names people whom we know without a name, and that is all:
nobody is made a contact because they stand in a phone, and who is taken out of it stays what they are here."""

from vulkn_app import live
from vulkn_app.channels.whatsapp import people
from vulkn_app.channels.whatsapp.events import Happened


async def handle(happened: Happened) -> None:
    entry = happened.item.get("contact")
    if happened.channel_id is None or not isinstance(entry, dict) or happened.item.get("action") == "remove":
        return
    name = str(entry.get("full_name") or entry.get("first_name") or "")
    known = await people.person(
        happened.agent,
        happened.channel_id,
        user_id=str(entry.get("user_id") or ""),
        parent_user_id=str(entry.get("parent_user_id") or ""),
        phone=str(entry.get("phone_number") or ""),
        username=str(entry.get("username") or ""),
        name=name,
        create=False,
        conversation=False,
    )
    if known and name:
        live.publish(live.Ring(happened.agent.org_id, "lead"))
