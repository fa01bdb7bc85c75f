"""The demo's appointments: what can be booked, with whom, when. As its knowledge says."""

from sqlalchemy import text

from vulkn_app.db import Member, as_member
from vulkn_app.skills import governance

# name, English name, minutes, price
SERVICES = (
    ("Limpieza dental", "Dental cleaning", 45, 850),
    ("Primera visita y valoración", "First visit and check-up", 40, 450),
    ("Blanqueamiento", "Whitening", 60, 3200),
)
DENTISTS = ("Dra. Mariana Solís", "Dr. Jorge Ibarra")
# weekday from Monday on, minutes after midnight
HOURS = (*((day, 9 * 60, 20 * 60) for day in range(5)), (5, 9 * 60, 14 * 60))

SERVICE = text("""
    insert into services (org_id, name_es, name_en, minutes, buffer_after, price)
    select :org_id, :name_es, :name_en, :minutes, 10, cast(:price as numeric)
    where not exists (select from services where org_id = :org_id and name_es = :name_es)
""")
DENTIST = text("""
    insert into resources (org_id, name) select :org_id, :name
    where not exists (select from resources where org_id = :org_id and name = :name)
""")
OPEN = text("""
    insert into resource_hours (org_id, resource_id, weekday, opens, closes)
    select :org_id, r.id, :weekday, :opens, :closes from resources r
    where r.org_id = :org_id and not exists (
      select from resource_hours h where h.org_id = :org_id and h.resource_id = r.id and h.weekday = :weekday)
""")


async def make(owner: Member) -> None:
    """Can be taken again: nothing stands twice."""
    async with as_member(owner) as session:
        for name_es, name_en, minutes, price in SERVICES:
            service = {"name_es": name_es, "name_en": name_en, "minutes": minutes, "price": price}
            await session.execute(SERVICE, {"org_id": owner.org_id, **service})
        for name in DENTISTS:
            await session.execute(DENTIST, {"org_id": owner.org_id, "name": name})
        for weekday, opens, closes in HOURS:
            hours = {"weekday": weekday, "opens": opens, "closes": closes}
            await session.execute(OPEN, {"org_id": owner.org_id, **hours})
    for skill in ("booking", "reminders"):
        await governance.publish(owner, skill, {})
