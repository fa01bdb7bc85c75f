"""All that has to be known of one outbox row before it goes out, read in one look."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, cast
from uuid import UUID

from models.whatsapp import NumberMode, NumberState
from vulkn_app.channels.can_send import State, Wish
from vulkn_app.channels.outbox import Delivery, NotSent
from vulkn_app.channels.whatsapp import phones
from vulkn_app.db import as_agent
from vulkn_app.i18n import Language

# Whoever could not be reached twice in a row, since they last wrote, is not written to unasked.
UNREACHABLE_AFTER = 2
READ = """
    select c.channel_id, c.window_until, c.language, k.id as contact_id, coalesce(k.name, '') as name,
      k.opted_out_at is not null as opted_out,
      c.status = 'human' and c.handoff_at > x.created_at as human,
      n.state as number_state, n.mode, n.restricted_until, o.country, o.timezone, o.name as business,
      coalesce((select i.value from contact_identities i where i.org_id = k.org_id and i.contact_id = k.id
                and i.kind = 'phone' order by i.created_at desc limit 1), '') as phone,
      coalesce((select i.value from contact_identities i where i.org_id = k.org_id and i.contact_id = k.id
                and i.kind = 'bsuid' order by i.created_at desc limit 1), '') as user_id,
      concat_ws(E'\\n\\n', m.body, (
        select string_agg(w.body, E'\\n\\n' order by y.created_at, y.id) from outbox y
        join messages w on w.org_id = y.org_id and w.id = y.message_id
        where y.org_id = x.org_id and y.merged_into = x.id and y.state = 'ready')) as text,
      coalesce(m.sender, '') as sender, coalesce(m.language, c.language) as spoken,
      coalesce(m.external_id, '') as external_id,
      coalesce((select case q.sender when 'visitor' then q.external_id else
                  (select d.wamid from message_deliveries d where d.org_id = q.org_id and d.message_id = q.id
                   order by d.part limit 1) end
                from messages q
                where q.org_id = m.org_id and q.conversation_id = m.conversation_id and q.id = m.reply_to_id), '') as quoted,
      case when x.kind = 'reminder' then (
        select b.starts_at from reminders r join bookings b on b.org_id = r.org_id and b.id = r.booking_id
        where r.org_id = x.org_id and r.id::text = x.dedupe_key) end as deadline,
      (select count(*) from message_deliveries d join messages w on w.org_id = d.org_id and w.id = d.message_id
       where d.org_id = x.org_id and w.conversation_id = c.id and d.error_code = 131026 and d.created_at > coalesce((
         select max(v.created_at) from messages v
         where v.org_id = c.org_id and v.conversation_id = c.id and v.sender = 'visitor'), '-infinity')) as refused
    from outbox x
    join conversations c on c.org_id = x.org_id and c.id = x.conversation_id
    join contacts k on k.org_id = c.org_id and k.id = c.contact_id
    join organizations o on o.id = x.org_id
    join whatsapp_numbers n on n.org_id = c.org_id and n.channel_id = c.channel_id
    left join messages m on m.org_id = x.org_id and m.id = x.message_id
    where x.org_id = %s and x.id = %s
"""
WISHES: dict[str, Wish] = {
    "answer": "answer",
    "notice": "notice",
    "reminder": "reminder",
    "campaign": "campaign",
    "reply": "reply",
    "template": "reply",
    "media": "reply",
    "reaction": "reply",
}


@dataclass(frozen=True)
class Job:
    delivery: Delivery
    channel_id: UUID
    contact_id: UUID
    name: str
    business: str
    language: Language
    phone: str = field(repr=False)
    user_id: str = field(repr=False)
    text: str = field(repr=False)
    sender: str
    external_id: str
    quoted: str
    mode: NumberMode
    state: State

    @property
    def wish(self) -> Wish:
        return WISHES[self.delivery.kind]


async def read(delivery: Delivery) -> Job:
    """Raises NotSent where there is no such conversation on WhatsApp, or nobody it could go to."""
    async with as_agent(delivery.agent) as connection:
        cursor = await connection.execute(READ, (delivery.agent.org_id, delivery.id))
        found = await cursor.fetchone()
        columns = [column.name for column in cursor.description or ()]
    if found is None:
        raise NotSent("no_channel", again=False)
    row: dict[str, Any] = dict(zip(columns, found, strict=True))
    if not (row["phone"] or row["user_id"]):
        raise NotSent("no_address", again=False)
    return Job(
        delivery=delivery,
        language=_language(row["spoken"]),
        mode=NumberMode(row["mode"]),
        state=_state(row),
        **{name: row[name] for name in _COPIED},
    )


_COPIED = (
    *(
        "channel_id",
        "contact_id",
        "name",
        "business",
        "phone",
        "user_id",
        "text",
        "sender",
        "external_id",
        "quoted",
    ),
)


def _state(row: dict[str, Any]) -> State:
    return State(
        now=datetime.now(UTC),
        window_until=row["window_until"],
        opted_out=row["opted_out"],
        human=row["human"] or False,
        connected=row["number_state"] in (NumberState.ACTIVE, NumberState.RESTRICTED),
        restricted_until=row["restricted_until"],
        unreachable=row["refused"] >= UNREACHABLE_AFTER,
        deadline=row["deadline"],
        country=phones.country(row["phone"]) if row["phone"] else row["user_id"].partition(".")[0],
        business_country=row["country"],
        timezone=row["timezone"],
    )


def _language(spoken: str | None) -> Language:
    return cast(Literal["es", "en"], spoken) if spoken in ("es", "en") else "es"
