"""Who may do what: the one place to extend when a migration adds a table.

`people` name the least place in the organization that is enough; the agent and the operator at the
shell have the same right in whichever one organization their transaction names. What is not written
here must be refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal
from uuid import UUID

from tests.isolation.actors import PEOPLE_ROLES, Actor
from tests.isolation.world import PLACES, SESSIONS, uid

Verb = Literal["select", "insert", "update", "delete"]
VERBS: tuple[Verb, ...] = ("select", "insert", "update", "delete")


class Place(IntEnum):
    MEMBER = 1
    ADMIN = 2
    OWNER = 3


MEMBER, ADMIN, OWNER = Place.MEMBER, Place.ADMIN, Place.OWNER


@dataclass(frozen=True)
class Rights:
    people: Mapping[Verb, Place] = field(default_factory=dict)
    agent: tuple[Verb, ...] = ()
    operator: tuple[Verb, ...] = ()
    # Verbs that support staff never has, not even in a session that may write.
    never_standing_in: tuple[Verb, ...] = ()
    # Support staff reads these only in a session that may write.
    hidden_from_reading: bool = False


def _work(**people: Place) -> Mapping[Verb, Place]:
    return {"select": MEMBER, **people}  # pyright: ignore[reportReturnType]


MATRIX: Mapping[str, Rights] = {
    "organizations": Rights(_work(update=ADMIN), agent=("select",), operator=("select",)),
    "logos": Rights(_work(), agent=("select",), operator=("select",)),
    "memberships": Rights(
        _work(update=OWNER, delete=ADMIN), operator=("select",), never_standing_in=("update", "delete")
    ),
    "invitations": Rights(
        {"select": ADMIN, "delete": ADMIN}, hidden_from_reading=True, never_standing_in=("delete",)
    ),
    "impersonation_sessions": Rights({"select": ADMIN}),
    "audit_log": Rights({"select": ADMIN}, operator=("select",)),
    "agents": Rights(
        _work(insert=ADMIN, update=ADMIN, delete=ADMIN), agent=("select",), operator=("select",)
    ),
    "channels": Rights(
        _work(insert=ADMIN, update=ADMIN, delete=ADMIN), agent=("select", "update"), operator=("select",)
    ),
    "contacts": Rights(
        _work(update=MEMBER, delete=ADMIN), agent=("select", "insert", "update"), operator=("select",)
    ),
    "conversations": Rights(
        _work(update=MEMBER, delete=ADMIN), agent=("select", "insert", "update"), operator=("select",)
    ),
    "messages": Rights(_work(insert=MEMBER), agent=("select", "insert", "update"), operator=("select",)),
    "leads": Rights(
        _work(update=MEMBER, delete=ADMIN), agent=("select", "insert", "update"), operator=("select",)
    ),
    "lead_cards": Rights(_work(), operator=("select",)),
    "knowledge_entries": Rights(
        _work(insert=MEMBER, update=MEMBER, delete=ADMIN), agent=("select",), operator=VERBS
    ),
    "knowledge_versions": Rights(_work(delete=ADMIN), operator=("select",)),
    "knowledge_dismissals": Rights(_work(insert=MEMBER, delete=MEMBER), operator=("select",)),
    "knowledge_suggestions": Rights(_work(update=MEMBER), agent=VERBS, operator=("select",)),
    "knowledge_looks": Rights(_work(), agent=("select",), operator=("select",)),
    "shadow_drafts": Rights(_work(), agent=("select", "insert", "update"), operator=("select",)),
    "exams": Rights(_work(), agent=("select", "update"), operator=("select",)),
    "exam_questions": Rights(_work(), agent=("select", "update"), operator=("select",)),
    "pack_entries": Rights(_work(insert=ADMIN, delete=ADMIN), operator=("select",)),
    "knowledge_corrections": Rights(
        _work(insert=MEMBER, update=MEMBER), agent=("select",), operator=("select",)
    ),
    "knowledge_vectors": Rights(agent=("select", "insert", "update"), operator=("select",)),
    "knowledge_sources": Rights(_work(delete=ADMIN), operator=("select",)),
    "knowledge_imports": Rights(_work(), operator=("select",)),
    "knowledge_import_rows": Rights(_work(update=MEMBER), operator=("select",)),
    "turns": Rights(_work(), agent=("select", "insert", "update"), operator=("select",)),
    "usage_events": Rights(_work(), agent=("select", "insert"), operator=("select",)),
    "widget_events": Rights(_work(), agent=("select", "insert"), operator=("select",)),
    "services": Rights(_work(insert=ADMIN, update=ADMIN), agent=("select",), operator=("select",)),
    "resources": Rights(_work(insert=ADMIN, update=ADMIN), agent=("select",), operator=("select",)),
    "service_resources": Rights(_work(insert=ADMIN, delete=ADMIN), agent=("select",), operator=("select",)),
    "resource_hours": Rights(
        _work(insert=ADMIN, update=ADMIN, delete=ADMIN), agent=("select",), operator=("select",)
    ),
    "closures": Rights(
        _work(insert=ADMIN, update=ADMIN, delete=ADMIN), agent=("select",), operator=("select",)
    ),
    "bookings": Rights(
        _work(insert=MEMBER, update=MEMBER), agent=("select", "insert", "update"), operator=("select",)
    ),
    "reminders": Rights(_work(), agent=("select",), operator=("select",)),
    "usage_months": Rights(_work(), agent=("select", "insert", "update"), operator=("select",)),
    "agent_skills": Rights(_work(insert=ADMIN, update=ADMIN), agent=("select",), operator=("select",)),
    "skill_versions": Rights(_work(), agent=("select",), operator=("select",)),
    "skill_states": Rights(_work(), agent=VERBS, operator=("select",)),
    "alerts": Rights(_work(update=MEMBER), agent=("select", "insert", "update"), operator=("select",)),
    "outbox": Rights(_work(), agent=("select", "insert", "update"), operator=("select",)),
    "consents": Rights(_work(), agent=("select", "insert"), operator=("select",)),
    "intake_answers": Rights(_work(delete=ADMIN), agent=("select", "insert", "update"), operator=("select",)),
    "whatsapp_numbers": Rights(_work(), agent=("select", "update"), operator=("select",)),
    "whatsapp_templates": Rights(_work(), agent=VERBS, operator=("select",)),
    "contact_identities": Rights(_work(), agent=("select", "insert", "update"), operator=("select",)),
    "message_attachments": Rights(_work(), agent=VERBS, operator=("select",)),
    "message_reactions": Rights(_work(), agent=VERBS, operator=("select",)),
    "message_deliveries": Rights(_work(), agent=("select", "insert", "update"), operator=("select",)),
    "message_costs": Rights(_work(), agent=("select", "insert", "update"), operator=("select",)),
    "history_messages": Rights(_work(), agent=("select", "insert"), operator=("select",)),
    "whatsapp_envelopes": Rights(agent=("select", "insert"), operator=("select",)),
    "whatsapp_events": Rights(agent=("select", "insert", "update"), operator=("select",)),
    "attachment_files": Rights(_work(), agent=("select", "insert"), operator=("select",)),
    "subscriptions": Rights({"select": ADMIN}, operator=("select",)),
    "invoices": Rights({"select": ADMIN}, operator=("select",)),
    "onboardings": Rights(_work(update=ADMIN), operator=("select",)),
    "widget_sightings": Rights(_work(), agent=VERBS, operator=("select",)),
    "app.channel_secrets": Rights(agent=("select",)),
    "app.skill_secrets": Rights(agent=("select",)),
    "app.brain_versions": Rights(agent=("select",)),
}

# People, not tenants: colleagues see each other, everybody changes themselves.
PERSONAL = ("profiles",)

# No grant and no policy: nobody reaches these but through the functions named.
CLOSED = {
    "app.platform_admins": "app.grant_admin; asked by app.imp_org",
    "app.plans": "app.plan_of, plan_of_mine, price_list, plans_offered, plan_most",
    "app.web_sessions": "app.session_start, session_read, session_tokens, session_look_at, session_end",
    "app.audit_heads": "app.audit_append",
    "app.skill_failures": "app.note_skill_failure",
    "app.import_files": "app.import_begin, import_decide, claim_import, import_planned",
    "app.org_tombstones": "app.purge_org",
    "app.whatsapp_orphans": "app.whatsapp_orphaned",
    "app.whatsapp_rates": "app.whatsapp_rate",
    "app.whatsapp_markets": "app.whatsapp_rate",
    "app.payment_events": "app.payment_event",
    "app.doubled_subscriptions": "app.payment_event, doubles_due, double_ended",
    "app.continue_links": "app.continue_begin, continue_take",
    "app.admin_factors": "app.factor_enrol, factor_try, factor_of, factor_shown, reset_factor",
    "app.admin_log": "app.admin_note, admin_log_page",
    "app.impersonation_keys": "app.session_stands_in; asked by app.imp_session",
    "app.flags": "app.admin_set_flag, flags_of",
    "app.org_flags": "app.admin_set_flag, admin_org_flags, flags_of",
}

KNOWN = {*MATRIX, *PERSONAL, *CLOSED}


def allowed(actor: Actor, table: str, verb: Verb) -> frozenset[UUID]:
    """The organizations (for `profiles`: the people) whose rows of `table` this actor may touch."""
    if table in PERSONAL:
        return _people(actor, verb)
    rights = MATRIX.get(table, Rights())
    if actor.role == "vulkn_engine":
        return _org_ids(actor.works_in if verb in rights.agent else None)
    if actor.role == "vulkn_maint":
        return _org_ids(actor.works_in if verb in rights.operator else None)
    if actor.role not in PEOPLE_ROLES or not actor.person:
        return frozenset()
    orgs = _orgs(actor, rights, verb)
    if table == "impersonation_sessions" and verb == "select":
        orgs |= {org for admin, org, *_ in SESSIONS.values() if admin == actor.person}
        orgs &= {org for _, org, *_ in SESSIONS.values()}
    return _org_ids(*orgs)


def may_change(actor: Actor, *tables: str) -> frozenset[UUID]:
    """Whose rows may look different after any statement of this actor on `tables`."""
    changing: set[UUID] = set()
    for table in tables:
        for verb in VERBS[1:]:
            changing |= allowed(actor, table, verb)
        if table == "memberships" and actor.role in PEOPLE_ROLES and not actor.session:
            changing |= _org_ids(*PLACES.get(actor.person or "", {}))  # anybody may leave
    return frozenset(changing)


def _orgs(actor: Actor, rights: Rights, verb: Verb) -> set[str]:
    least = rights.people.get(verb)
    if least is None:
        return set()
    if actor.session:
        if actor.stands_in is None or verb in rights.never_standing_in:
            return set()
        org, mode = actor.stands_in
        reading = verb == "select" and not rights.hidden_from_reading
        return {org} if reading or mode == "write" else set()
    places = PLACES.get(actor.person or "", {})
    return {org for org, place in places.items() if Place[place.upper()] >= least}


def _people(actor: Actor, verb: Verb) -> frozenset[UUID]:
    if actor.role not in PEOPLE_ROLES or not actor.person or verb in ("insert", "delete"):
        return frozenset()
    if verb == "update":
        return frozenset() if actor.session else frozenset({uid(actor.person)})
    orgs = _orgs(actor, Rights({"select": MEMBER}), "select")
    seen = {person for person, places in PLACES.items() if orgs & places.keys()}
    return frozenset(uid(person) for person in (seen if actor.session else seen | {actor.person}))


def _org_ids(*orgs: str | None) -> frozenset[UUID]:
    return frozenset(uid(f"org {org}") for org in orgs if org)
