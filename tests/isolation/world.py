"""Three organizations of the same shape, the people in and around them, and one row of everything."""

import hashlib
import itertools
import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

ORGS = ("A", "B", "C")
ROLES = ("owner", "admin", "member", "spare")
PLATFORM_ADMINS = ("helper", "writer", "sleeper")
LONERS = ("stranger", "invitee", *PLATFORM_ADMINS)

# `multi` belongs to two organizations.
PLACES: dict[str, dict[str, str]] = {
    **{f"{role} {org}": {org: "member" if role == "spare" else role} for org in ORGS for role in ROLES},
    "multi": {"A": "member", "B": "admin"},
}
# name -> whose, where, mode, minutes from now to its end, ended
SESSIONS = {
    "reading": ("helper", "A", "read", 50, False),
    "elsewhere": ("helper", "B", "read", -10, True),
    "writing": ("writer", "A", "write", 50, False),
    "expired": ("sleeper", "A", "write", -1, False),
    "ended": ("writer", "A", "write", 20, True),
}

_numbers = itertools.count(1)


@cache
def uid(name: str) -> UUID:
    """The id of a thing by its name: 'org A', 'owner A', 'agents A', 'agents A 2', 'session reading'."""
    return uuid5(NAMESPACE_URL, f"vulkn:{name}")


def support_key(session: str) -> str:
    """What our server sends to Supabase REST for a session of support, and nobody else knows."""
    return f"key of {session}"


def token(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def code() -> str:
    """Another booking code each time."""
    number, letters = next(_numbers), "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "".join(letters[number >> shift & 31] for shift in (25, 20, 15, 10, 5, 0))


# Tables whose rows are parents have a second one, so that a new child does not meet the first one's child.
TWICE = (
    "agents",
    "channels",
    "contacts",
    "conversations",
    "messages",
    "services",
    "resources",
    "bookings",
    "knowledge_entries",
    "knowledge_imports",
    "whatsapp_envelopes",
    "message_attachments",
)
# Tables whose rows belong to no organization.
STRAY = (
    "organizations",
    "profiles",
    "app.platform_admins",
    "app.web_sessions",
    "app.org_tombstones",
    "app.plans",
    "app.whatsapp_rates",
    "app.whatsapp_markets",
    "app.whatsapp_orphans",
    "app.admin_factors",
    "app.flags",
)
SKILL = "skill_of_the_world"  # the one that every organization has, for what belongs to a skill
# Known by what they are of, without an id of their own.
NAMELESS = (
    "exam_questions",
    "pack_entries",
    "knowledge_vectors",
    "knowledge_import_rows",
    "knowledge_looks",
    "usage_months",
    "agent_skills",
    "skill_versions",
    "skill_states",
    "whatsapp_numbers",
    "attachment_files",
    "onboardings",
    "widget_sightings",
)
TENANT_TABLES = (
    *TWICE,
    "exams",
    "leads",
    "knowledge_versions",
    "knowledge_dismissals",
    "knowledge_suggestions",
    "knowledge_corrections",
    "knowledge_sources",
    "turns",
    "shadow_drafts",
    "usage_events",
    "widget_events",
    "invitations",
    "logos",
    "service_resources",
    "resource_hours",
    "closures",
    "reminders",
    *NAMELESS,
    "alerts",
    "outbox",
    "consents",
    "intake_answers",
    "whatsapp_templates",
    "whatsapp_events",
    "contact_identities",
    "message_reactions",
    "message_deliveries",
    "message_costs",
    "history_messages",
    "invoices",
)


def row(table: str, org: str, copy: str = "") -> dict[str, object]:
    """A legal row of `table` for `org`, as the one who writes such rows would put it; `copy` picks its parents."""

    def parent(name: str) -> UUID:
        return uid(f"{name} {org}{copy}")

    fresh = f"{org.lower()}{next(_numbers)}"
    day = date(2099, 1, 1) + timedelta(days=next(_numbers))
    rows: Mapping[str, dict[str, object]] = {
        "agents": {"name": f"Sofía {fresh}", "instructions": f"SECRET-{org}"},
        "channels": {"agent_id": parent("agents"), "kind": "web", "name": fresh},
        "contacts": {"name": f"Visitor {fresh}", "email": f"{fresh}@visitor.test"},
        "conversations": {
            "channel_id": parent("channels"),
            "contact_id": parent("contacts"),
            "visitor_hash": token(fresh),
        },
        "messages": {
            "conversation_id": parent("conversations"),
            "sender": "visitor",
            "body": f"hola {fresh}",
            "external_id": fresh,
        },
        "leads": {"contact_id": parent("contacts"), "conversation_id": parent("conversations")},
        "knowledge_entries": {"title": fresh, "body": f"SECRET-{org}"},
        "knowledge_versions": {
            "entry_id": uid(f"knowledge_entries {org}"),
            "change": uid(f"change {fresh}"),
            "verb": "update",
            "entry": f'{{"body": "SECRET-{org}"}}',
        },
        "knowledge_dismissals": {
            "one_id": uid(f"knowledge_entries {org}"),
            "other_id": uid(f"knowledge_entries {org}"),
            "figures": fresh,
            "reason": f"SECRET-{org}",
        },
        "knowledge_suggestions": {
            "key": fresh,
            "question": f"¿Tienen {fresh}?",
            "language": "es",
            "people": 2,
            "first_at": "2026-01-01",
            "last_at": "2026-01-02",
            "draft": f"SECRET-{org}",
        },
        "knowledge_vectors": {
            "entry_id": uid(f"knowledge_entries {org}{copy}"),
            "digest": fresh,
            "vector": [1.0, 0.0],
        },
        "shadow_drafts": {
            "conversation_id": parent("conversations"),
            "turn_id": uid(f"turns {org}{copy}"),
            "body": f"SECRET-{org}",
            "language": "es",
            "after_seq": next(_numbers),
        },
        "exams": {"seed": next(_numbers), "total": 1, "state": "done"},
        "exam_questions": {
            "exam_id": uid(f"exams {org}"),
            "number": next(_numbers) % 40 + 1,
            "kind": "own",
            "rule": "answer",
            "language": "es",
            "question": f"SECRET-{org}",
        },
        "pack_entries": {
            "pack": "dentist",
            "key": "".join(chr(97 + int(digit)) for digit in f"{next(_numbers):05}"),
            "language": "es",
            "entry_id": uid(f"knowledge_entries {org}{copy}"),
        },
        "knowledge_looks": {"due_at": "2099-01-01"},
        "knowledge_corrections": {"message_id": parent("messages")},
        "knowledge_sources": {"kind": "file", "name": fresh},
        "knowledge_imports": {"kind": "file", "name": fresh},
        "knowledge_import_rows": {
            "import_id": parent("knowledge_imports"),
            "place": next(_numbers),
            "line": 1,
            "state": "ok",
            "title": f"SECRET-{org}",
        },
        "app.import_files": {"import_id": parent("knowledge_imports"), "content": b"SECRET"},
        "turns": {
            "conversation_id": parent("conversations"),
            "message_id": parent("messages"),
            "lease_until": "2099-01-01",
        },
        "usage_events": {"turn_id": uid(f"turns {org}"), "call": next(_numbers), "provider": "rehearsal"},
        "widget_events": {"id": uid(f"widget_events {fresh}"), "kind": "open"},
        "usage_months": {"month": str(date(2001, 1, 1) + timedelta(days=next(_numbers)))},
        "agent_skills": {"key": "".join(chr(97 + int(digit)) for digit in f"{next(_numbers):04}")},
        "skill_versions": {
            "key": SKILL,
            "version": next(_numbers),
            "config": "{}",
        },
        "skill_states": {
            "contact_id": parent("contacts"),
            "skill": fresh,
            "state": "{}",
            "expires_at": "2099-01-01",
        },
        "alerts": {"kind": "loop", "key": fresh},
        "outbox": {"kind": "answer", "dedupe_key": fresh},
        "app.plans": {"key": "pro"},
        "subscriptions": {},
        "invoices": {
            "provider": "fake",
            "key": fresh,
            "plan": "pro",
            "cents": 144900,
            "currency": "MXN",
            "state": "paid",
            "at": "2026-01-01",
            "heard_at": "2026-01-01",
        },
        "app.doubled_subscriptions": {
            "provider": "fake",
            "reference": f"SECRET-{fresh}",
            "customer": "",
            "plan": "pro",
            "until": "2099-01-01",
        },
        "app.payment_events": {
            "provider": "fake",
            "key": fresh,
            "body": f'{{"secret": "SECRET-{org}"}}',
            "outcome": "active",
            "at": "2026-01-01",
        },
        "services": {"name_es": fresh, "minutes": 30},
        "resources": {"name": fresh},
        "service_resources": {"service_id": parent("services"), "resource_id": parent("resources")},
        "resource_hours": {"resource_id": parent("resources"), "weekday": 1, "opens": 540, "closes": 600},
        "closures": {
            "resource_id": parent("resources"),
            "starts": "2099-01-01",
            "ends": "2099-01-02",
            "reason": f"SECRET-{org}",
        },
        "bookings": {
            "code": code(),
            "conversation_id": parent("conversations"),
            "contact_id": parent("contacts"),
            "service_id": parent("services"),
            "resource_id": parent("resources"),
            "starts_at": f"{day} 10:00+00",
            "ends_at": f"{day} 10:30+00",
            "occupied": f"[{day} 10:00+00,{day} 10:40+00)",
            "name": f"SECRET-{org}",
        },
        "reminders": {
            "booking_id": parent("bookings"),
            "hours_before": next(_numbers) % 168 + 1,
            "due_at": "2099-01-01",
        },
        "invitations": {"email": f"{fresh}@x.test", "role": "member", "token_hash": token(fresh)},
        "logos": {"digest": token(fresh).hex(), "content": b"SECRET"},
        "memberships": {"user_id": uid("stranger"), "role": "owner"},
        "impersonation_sessions": {
            "admin_id": uid("helper"),
            "reason": "a reason of length",
            "expires_at": "2099-01-01",
        },
        "audit_log": {
            "seq": next(_numbers) + 1000,
            "at": "2026-01-01",
            "actor_kind": "user",
            "action": "update",
            "entity": "leads",
            "prev_hash": b"",
            "hash": b"",
        },
        "consents": {
            "contact_id": parent("contacts"),
            "conversation_id": parent("conversations"),
            "granted": True,
            "wording": f"¿Aceptas? {fresh}",
            "language": "es",
        },
        "intake_answers": {
            "contact_id": parent("contacts"),
            "conversation_id": parent("conversations"),
            "filling": uid(f"filling {fresh}"),
            "form": "Registro",
            "answers": f'[{{"key": "name", "answer": "SECRET-{org}"}}]',
        },
        "whatsapp_numbers": {"channel_id": parent("channels"), "waba": "100000000000001"},
        "whatsapp_templates": {
            "channel_id": parent("channels"),
            "name": fresh,
            "language": "es_MX",
            "category": "utility",
        },
        "contact_identities": {
            "contact_id": parent("contacts"),
            "kind": "bsuid",
            "key": f"MX.{fresh}",
            "value": f"MX.{fresh}",
        },
        "whatsapp_envelopes": {"digest": token(fresh), "body": f"SECRET-{org}"},
        "whatsapp_events": {
            "envelope_id": parent("whatsapp_envelopes"),
            "channel_id": parent("channels"),
            "key": fresh,
            "kind": "message",
            "at": "2026-01-01",
            "payload": f'{{"text": "SECRET-{org}"}}',
        },
        "message_attachments": {"message_id": parent("messages"), "kind": "image", "media": fresh},
        "message_reactions": {"message_id": parent("messages"), "side": "customer", "emoji": "👍"},
        "message_deliveries": {"message_id": parent("messages"), "wamid": fresh},
        "message_costs": {"wamid": fresh, "category": "utility", "billable": True, "at": "2026-01-01"},
        "history_messages": {
            "contact_id": parent("contacts"),
            "external_id": fresh,
            "from_business": False,
            "body": f"SECRET-{org}",
            "sent_at": "2026-01-01",
        },
        "attachment_files": {"attachment_id": parent("message_attachments"), "content": b"SECRET"},
        "onboardings": {"answers": f'{{"what": "SECRET-{org}"}}'},
        "widget_sightings": {"origin": f"https://{fresh}.test"},
        "app.channel_secrets": {
            "channel_id": parent("channels"),
            "name": "access_token",
            "sealed": token(fresh),
        },
        "app.continue_links": {
            "code_hash": token(fresh),
            "conversation_id": parent("conversations"),
            "expires_at": "2099-01-01",
        },
        "app.whatsapp_rates": {
            "market": "MX",
            "category": fresh,
            "valid_from": "2099-01-01",
            "source": "nobody",
        },
        "app.whatsapp_orphans": {"name": fresh},
        "app.whatsapp_markets": {"country": "ZZ", "market": "nowhere", "source": "nobody"},
        "app.skill_secrets": {"name": f"secret_{fresh}", "sealed": token(fresh)},
        "app.skill_failures": {"skill": fresh, "what": "action"},
        "app.audit_heads": {"seq": 1, "hash": b""},
        "app.brain_versions": {"version": 9},
        "organizations": {"slug": f"new-{fresh}", "name": "New"},
        "profiles": {"user_id": uid(f"owner {org}"), "email": "new@x.test"},
        "app.platform_admins": {"user_id": uid(f"owner {org}")},
        "app.web_sessions": {
            "id_hash": token(fresh),
            "user_id": uid(f"owner {org}"),
            "tokens": b"",
            "expires_at": "2099-01-01",
        },
        "app.org_tombstones": {"org_ref": token(fresh), "counts": "{}"},
        "app.admin_factors": {"user_id": uid(f"owner {org}"), "sealed": token(fresh)},
        "app.admin_log": {"action": "organization.plan", "detail": f'{{"why": "SECRET-{org}"}}'},
        "app.impersonation_keys": {"key_hash": token(fresh), "session": uid("session reading")},
        "app.flags": {
            "key": "".join(chr(97 + int(digit)) for digit in f"{next(_numbers):04}"),
            "is_on": True,
        },
        "app.org_flags": {
            "key": "".join(chr(97 + int(digit)) for digit in f"{next(_numbers):04}"),
            "is_on": True,
        },
    }
    return rows[table] if table in STRAY else {"org_id": uid(f"org {org}"), **rows[table]}


def populate(connection: Connection) -> None:
    """Fills a migrated, empty database; everything here is committed by the caller."""
    for person in (*PLACES, *LONERS):
        email = person.replace(" ", ".").lower() + "@x.test"
        _insert(connection, "auth.users", {"id": uid(person), "email": email})
        _insert(connection, "public.profiles", {"user_id": uid(person), "email": email, "name": person})
    for org in ORGS:
        here = {
            "id": uid(f"org {org}"),
            "slug": f"org-{org.lower()}",
            "name": f"Org {org}",
            "plan": "business",
        }
        _insert(connection, "public.organizations", here)
    for person, places in PLACES.items():
        for org, role in places.items():
            place = {"org_id": uid(f"org {org}"), "user_id": uid(person), "role": role}
            _insert(connection, "public.memberships", place)
    for org in ORGS:
        _insert(connection, "public.agent_skills", {"org_id": uid(f"org {org}"), "key": SKILL})
    for org, table in itertools.product(ORGS, TENANT_TABLES):
        for copy in ("", " 2") if table in TWICE else ("",):
            named = {} if table in NAMELESS else {"id": uid(f"{table} {org}{copy}")}
            _insert(connection, f"public.{table}", named | row(table, org, copy))
    for org in ORGS:
        # A turn that has no draft of shadow mode yet; of its own message, as every turn is.
        asked = uid(f"messages {org} spare")
        _insert(connection, "public.messages", {"id": asked} | row("messages", org))
        _insert(
            connection,
            "public.turns",
            row("turns", org) | {"id": uid(f"turns {org} 2"), "message_id": asked, "state": "done"},
        )
        _insert(connection, "app.skill_secrets", row("app.skill_secrets", org))
        _insert(connection, "app.skill_failures", row("app.skill_failures", org))
        _insert(connection, "app.import_files", row("app.import_files", org))
        _insert(connection, "app.channel_secrets", row("app.channel_secrets", org))
        _insert(connection, "app.continue_links", row("app.continue_links", org))
        _insert(connection, "app.payment_events", row("app.payment_events", org))
        _insert(connection, "app.doubled_subscriptions", row("app.doubled_subscriptions", org))
        _insert(connection, "app.admin_log", row("app.admin_log", org))
        _insert(connection, "app.org_flags", row("app.org_flags", org))
    _stand_in(connection)
    for person in ("owner A", "owner B"):
        session = {"id_hash": token(f"cookie of {person}"), "user_id": uid(person), "tokens": b"SECRET"}
        _insert(connection, "app.web_sessions", session | {"expires_at": "2099-01-01"})


def _stand_in(connection: Connection) -> None:
    for admin in PLATFORM_ADMINS:
        _insert(connection, "app.platform_admins", {"user_id": uid(admin)})
    for name, (admin, org, mode, minutes, ended) in SESSIONS.items():
        connection.execute(
            "insert into public.impersonation_sessions"
            " (id, org_id, admin_id, reason, mode, started_at, expires_at, ended_at) values (%s, %s, %s,"
            " 'ticket 4711, the hours', %s, now() + make_interval(mins => %s) - interval '50 minutes',"
            " now() + make_interval(mins => %s), case when %s then now() end)",
            (uid(f"session {name}"), uid(f"org {org}"), uid(admin), mode, minutes, minutes, ended),
        )
        key = {"key_hash": token(support_key(name)), "org_id": uid(f"org {org}")}
        _insert(connection, "app.impersonation_keys", key | {"session": uid(f"session {name}")})


def _insert(connection: Connection, table: str, values: Mapping[str, object]) -> None:
    connection.execute(insert(table, values).encode())


def insert(table: str, values: Mapping[str, object], ending: str = "") -> str:
    """The statement as text, because an attack sends several in one round trip."""
    schema, _, name = table.rpartition(".")
    statement = SQL("insert into {}.{} ({}) values ({}) ").format(
        Identifier(schema or "public"),
        Identifier(name),
        SQL(", ").join(map(Identifier, values)),
        SQL(", ").join(Literal(value) for value in values.values()),
    )
    return statement.as_string() + ending


def claims(person: str | None, role: str, *, aal: str = "aal2") -> str:
    """What Supabase puts into request.jwt.claims; nothing for somebody without a token."""
    return json.dumps({"sub": str(uid(person)), "role": role, "aal": aal}) if person else ""
