"""Realistic mistakes, put into a migrated database one at a time. Each says who has to notice it.

A mistake is SQL, or an edit of a function: (name, what is there, what a tired person would leave)."""

from dataclasses import dataclass
from typing import Literal

import psycopg

PEOPLE = "authenticated, vulkn_web"
READ = "org_id = any ((select app.read_orgs())::uuid[])"
WRITE = READ.replace("read_orgs", "write_orgs")
ADMIN = READ.replace("read_orgs", "admin_orgs")
ENGINE = "org_id = (select app.engine_org())"


@dataclass(frozen=True)
class Mutant:
    """`caught_by`: a rule of the inventory, an attack on `table`, or the name of a test of rights."""

    mistake: str
    layer: Literal["rule", "attack", "right"]
    caught_by: str
    sql: str = ""
    edit: tuple[str, str, str] | None = None
    # Roles belong to the whole server: what has to be put right again afterwards.
    undo: str = ""

    def inject(self, connection: psycopg.Connection) -> None:
        if self.edit:
            name, old, new = self.edit
            found = connection.execute(
                "select pg_get_functiondef(oid) from pg_proc"
                " where proname = %s and pronamespace = 'app'::regnamespace",
                (name,),
            ).fetchone()
            assert found, f"app.{name} is gone"
            assert old in found[0], f"{self.mistake}: app.{name} does not say {old!r} any more"
            connection.execute(found[0].replace(old, new).encode())
        if self.sql:
            connection.execute(self.sql.encode())

    def __str__(self) -> str:
        return self.mistake


def _policy(table: str, name: str, *, verb: str, to: str = PEOPLE, clause: str) -> str:
    return f'drop policy "{name}" on {table}; create policy "{name}" on {table} for {verb} to {to} {clause}'


def _rule(mistake: str, rule: str, sql: str, undo: str = "") -> Mutant:
    return Mutant(mistake, "rule", rule, sql, undo=undo)


def _attack(mistake: str, table: str, sql: str = "", edit: tuple[str, str, str] | None = None) -> Mutant:
    return Mutant(mistake, "attack", table, sql, edit)


def _right(mistake: str, test: str, sql: str = "", edit: tuple[str, str, str] | None = None) -> Mutant:
    return Mutant(mistake, "right", f"test_{test}", sql, edit)


IN_THE_SCHEMA = (
    _rule("row level security forgotten", "every table has row level security",
          "alter table leads disable row level security"),
    _rule("a new table with the platform's default grants", "anonymous visitors and the service key have no right on any table",
          "create table notes (org_id uuid not null); grant all on notes to anon, authenticated, service_role"),
    _rule("a new table without an organization", "every table says which organization a row belongs to",
          "create table notes (id uuid primary key)"),
    _rule("a table that outlives its organization", "an organization's rows go with it",
          "alter table leads drop constraint leads_org_id_fkey"),
    _rule("a policy for everybody", "a policy names its roles",
          "create policy more on knowledge_entries for select using (true)"),
    _rule("a policy for anonymous visitors", "no policy is for anonymous visitors or the service key",
          "create policy \"anybody sees names\" on organizations for select to anon using (true)"),
    _rule("an update that lets rows go anywhere", "an update's policy checks the new row too",
          _policy("agents", "admins change them", verb="update", clause=f"using ({ADMIN}) with check (true)")),
    _rule("a policy that is simply true", "no policy is simply true",
          f"create policy \"members see all of it\" on turns for select to {PEOPLE} using (true)"),
    _rule("a policy that forgets the organization", "a policy asks for the organization",
          f"create policy \"authors see their own\" on messages for select to {PEOPLE} using (author_id = (select auth.uid()))"),
    _rule("a helper called for every row", "a policy asks once a statement, not once a row",
          f"create policy \"members see them slowly\" on turns for select to {PEOPLE} using (org_id = any (app.read_orgs()))"),
    _rule("all columns granted", "people insert and update column by column",
          "grant all on messages to authenticated"),
    _rule("more granted to one door than to the other", "a person has the same rights through both doors",
          "grant update (model) on agents to authenticated; revoke update (model) on agents from vulkn_web"),
    _rule("the organization of a row may be changed", "nobody moves a row or chooses its id",
          f"grant update (org_id) on leads to {PEOPLE}"),
    _rule("a foreign key without org_id", "a foreign key between tenants' tables carries org_id",
          "alter table messages drop constraint messages_org_id_conversation_id_fkey;"
          " alter table messages add foreign key (conversation_id) references conversations (id) on delete cascade"),
    _rule("no foreign key at all", "a column named after a table points to it",
          "alter table turns drop constraint turns_org_id_message_id_fkey"),
    _rule("a foreign key that nulls org_id", "a foreign key that sets null keeps org_id",
          "alter table leads drop constraint leads_org_id_conversation_id_fkey; alter table leads add foreign key"
          " (org_id, conversation_id) references conversations (org_id, id) on delete set null"),
    _rule("a foreign key without an index", "a foreign key has an index that begins with its columns",
          "drop index conversations_contact"),
    _rule("a view with its owner's rights", "a view uses the rights of who asks",
          "alter view lead_cards set (security_invoker = false)"),
    _rule("a materialized view", "nothing but tables and views, and no function in public",
          "create materialized view numbers as select org_id, count(*) from messages group by 1"),
    _rule("a serial number that tells the volume", "nothing but tables and views, and no function in public",
          "alter table leads add column number bigserial"),
    _rule("a function in the API's schema", "nothing but tables and views, and no function in public",
          "create function public.lead_count(o uuid) returns bigint language sql security definer"
          " as 'select count(*) from public.leads where org_id = o'"),
    _rule("a search path left open", "a function pins its search path",
          "alter function app.orgs(text, text) reset search_path"),
    _rule("the purge for the web process", "a function is called only by whom it was made for",
          "grant execute on function app.purge_org(uuid, interval) to vulkn_web"),
    _rule("a new function that nobody closed", "a function is called only by whom it was made for",
          "create function app.peek() returns bigint language sql security definer set search_path = ''"
          " as 'select count(*) from public.leads'"),
    _rule("the service key may read", "anonymous visitors and the service key have no right on any table",
          "grant select on all tables in schema public to service_role"),
    _rule("truncate granted", "nobody may truncate, point to, or put triggers on a table",
          "grant truncate on widget_events to vulkn_engine"),
    _rule("sessions readable by the web process", "people and operators do not reach the private tables",
          "grant select on app.web_sessions to vulkn_web"),
    _rule("the engine moves a brain's version", "the engine reads three private tables, and writes none",
          "grant update (version) on app.brain_versions to vulkn_engine"),
    _rule("a phone number writable by people", "some columns are never people's",
          f"grant insert (external_id), update (external_id) on channels to {PEOPLE}"),
    _rule("the plan writable by its owner", "some columns are never people's",
          f"grant update (plan) on organizations to {PEOPLE}"),
    _rule("an audit row by hand", "the audit log is written by the database alone",
          "grant insert (action) on audit_log to vulkn_engine"),
    _rule("an audit trigger dropped", "what people change is audited", "drop trigger audit on agents"),
    _rule("an audit trigger switched off", "what people change is audited",
          "alter table knowledge_entries disable trigger audit"),
    _rule("visitors' details copied into the audit log", "the audit log keeps no value of a visitor's or of knowledge",
          "drop trigger audit on contacts; create trigger audit after update or delete on contacts"
          " for each row execute function app.audit_row('values')"),
    _rule("an address unique over all organizations", "a unique index counts within one organization",
          "alter table contacts add unique (email)"),
    _rule("a table that is broadcast", "no table is broadcast",
          "create publication supabase_realtime for table messages"),
    _rule("the private schema opened to the API", "the API cannot enter the private schema",
          "grant usage on schema app to authenticated"),
    _rule("somebody may build in public", "nobody builds anything", "grant create on schema public to vulkn_web"),
    _rule("new tables are born open", "a new table is born closed",
          "alter default privileges in schema public grant select on tables to authenticated"),
    _rule("the engine above the policies", "a login role has no power of its own",
          "alter role vulkn_engine bypassrls", "alter role vulkn_engine nobypassrls"),
    _rule("the web process in the operators' role", "a login role has no power of its own",
          "grant vulkn_maint to vulkn_web", "revoke vulkn_maint from vulkn_web"),
    _rule("no statement timeout", "a login role cannot hang the server",
          "alter role vulkn_web reset statement_timeout", "alter role vulkn_web set statement_timeout = '8s'"),
)  # fmt: skip

IN_A_POLICY = (
    _attack("everybody's messages", "messages",
            _policy("messages", "members see them", verb="select", clause="using (org_id is not null)")),
    _attack("knowledge added anywhere", "knowledge_entries",
            _policy("knowledge_entries", "members add to it", verb="insert", clause="with check (org_id is not null)")),
    _attack("members delete leads", "leads",
            _policy("leads", "admins remove them", verb="delete", clause=f"using ({WRITE})")),
    _attack("members change the agent", "agents",
            _policy("agents", "admins change them", verb="update", clause=f"using ({WRITE}) with check ({WRITE})")),
    _attack("members read the audit log", "audit_log",
            _policy("audit_log", "admins read the audit log", verb="select", clause=f"using ({READ})")),
    _attack("support reads the invitations", "invitations",
            _policy("invitations", "admins see invitations", verb="select", clause=f"using ({ADMIN.replace('admin_', 'admin_read_')})")),
    _attack("support withdraws invitations", "invitations",
            "alter policy \"admins withdraw invitations, support does not\" on invitations using ("
            f"{ADMIN})"),
    _attack("all profiles", "profiles",
            _policy("profiles", "people see their colleagues", verb="select", clause="using (email is not null)")),
    _attack("colleagues change each other's profile", "profiles",
            _policy("profiles", "people change their own profile", verb="update",
                    clause="using (user_id = any ((select app.colleagues())::uuid[]))")),
    _attack("admins add members by hand", "memberships",
            f"grant insert (org_id, user_id, role) on memberships to {PEOPLE};"
            f" create policy \"admins add members\" on memberships for insert to {PEOPLE} with check ({ADMIN})"),
    _attack("an agent without an organization sees all", "messages",
            _policy("messages", "agents work in one organization", verb="all", to="vulkn_engine",
                    clause=f"using ({ENGINE} or (select app.engine_org()) is null)")),
    _attack("an agent counts usage for anybody", "usage_events",
            _policy("usage_events", "agents work in one organization", verb="all", to="vulkn_engine",
                    clause=f"using ({ENGINE}) with check (org_id is not null)")),
    _attack("what entries were can be read anywhere", "knowledge_versions",
            _policy("knowledge_versions", "members see what entries were", verb="select", clause="using (org_id is not null)")),
    _attack("a member wipes the history", "knowledge_versions",
            _policy("knowledge_versions", "admins delete it for good", verb="delete", clause=f"using ({WRITE})")),
    _attack("a contradiction settled in another's house", "knowledge_dismissals",
            _policy("knowledge_dismissals", "members settle a contradiction", verb="insert",
                    clause="with check (org_id is not null)")),
    _attack("an operator edits everybody's knowledge", "knowledge_entries",
            _policy("knowledge_entries", "operators work on one organization's", verb="all", to="vulkn_maint",
                    clause="using (org_id is not null)")),
    _attack("a policy lost", "channels", "drop policy \"members see them\" on channels"),
    _attack("a child under a foreign parent", "messages",
            "alter table messages drop constraint messages_org_id_conversation_id_fkey;"
            " alter table messages add foreign key (conversation_id) references conversations (id);"
            " drop trigger number_message on messages; alter table messages alter column seq set default 99"),
    _attack("a definer view", "lead_cards", "alter view lead_cards set (security_invoker = false)"),
)  # fmt: skip

IN_A_HELPER = (
    _attack("nobody signed in is everybody", "leads",
            edit=("orgs", "m.user_id = (select auth.uid())", "m.user_id is not distinct from coalesce((select auth.uid()), m.user_id)")),
    _attack("places are not ranked", "agents", edit=("orgs", "app.rank(m.role) >= app.rank(min_role)", "true")),
    _attack("a helper with the asker's rights", "leads",
            "alter function app.orgs(text, text) security invoker; alter function app.read_orgs() security invoker"),
    _attack("a support session never expires", "leads", edit=("imp_live", "and statement_timestamp() < s.expires_at", "")),
    _attack("anybody's support session will do", "leads", edit=("imp_live", "and s.admin_id = p_admin", "")),
    _attack("an ended support session goes on", "leads", edit=("imp_live", "and s.ended_at is null", "")),
    _attack("reading support may write", "leads", edit=("imp_org", "where (want = 'read' or s.mode = 'write')", "")),
    _attack("an invalid support session falls back to own rights", "leads",
            edit=("orgs", "when app.in_impersonation() then", "when app.imp_org('read') is not null then")),
    _attack("policies cannot ask whether this is support", "profiles",
            edit=("in_impersonation", "nullif(current_setting('app.imp_session', true), '')", "app.imp_session()")),
    _right("expiry by the transaction's clock", "the_end_is_felt_inside_an_open_transaction",
           edit=("imp_live", "statement_timestamp()", "now()")),
    _right("a revoked administrator goes on", "a_stopped_or_revoked_session_is_over_at_once",
           edit=("imp_live", "and a.revoked_at is null", "")),
    _right("a leaving organization stays readable", "an_organization_leaves_only_by_its_owner_and_its_name",
           edit=("orgs", "and o.deleted_at is null", "")),
    _right("an admin counts as an owner", "only_owners_change_roles",
           edit=("owner_orgs", "'owner', null", "'admin', null")),
    _right("support may do what owners do", "standing_in_never_founds_invites_promotes_or_deletes",
           edit=("owner_orgs", "'owner', null", "'owner', 'write'")),
    _right("an empty setting is not none", "nothing_stays_on_a_pooled_connection",
           edit=("engine_org", "NULLIF(current_setting('app.org_id'::text, true), ''::text)",
                 "current_setting('app.org_id'::text, true)")),
)  # fmt: skip

AT_A_DOOR = (
    _right("people speak as the agent", "people_do_not_speak_as_the_agent_or_as_each_other",
           _policy("messages", "members answer as themselves", verb="insert", clause=f"with check ({WRITE})")),
    _right("people speak as each other", "people_do_not_speak_as_the_agent_or_as_each_other",
           _policy("messages", "members answer as themselves", verb="insert",
                   clause=f"with check (sender = 'human' and {WRITE})")),
    _right("admins remove anybody", "admins_remove_members_but_no_admin_and_no_owner",
           "alter policy \"owners remove anyone, admins members, people themselves\" on memberships"
           f" using ({ADMIN})"),
    _right("the last owner may go", "anybody_may_leave_except_the_last_owner", "drop trigger keep_owner on memberships"),
    _right("two owners demote each other", "two_owners_who_demote_each_other_at_once_leave_one",
           "drop trigger audit on memberships", ("keep_owner", "for update", "")),
    _right("an invitation's token is readable", "nobody_reads_the_token_of_an_invitation",
           f"grant select on invitations to {PEOPLE}"),
    _right("owners are invited", "nobody_is_invited_as_an_owner_or_twice",
           edit=("invite", "p_role not in ('admin', 'member')", "false")),
    _right("members invite", "only_admins_of_this_organization_invite",
           edit=("invite", "app.admin_orgs()", "app.write_orgs()")),
    _right("support invites", "only_admins_of_this_organization_invite",
           edit=("invite", "or app.in_impersonation()", "")),
    _right("an invitation for anybody who has the link", "an_invitation_opens_once_for_the_person_it_names",
           edit=("accept_invitation", "and lower(u.email) = v.email", "")),
    _right("an invitation works again", "an_accepted_invitation_does_not_bring_a_removed_person_back",
           edit=("accept_invitation", "and v.accepted_at is null", "")),
    _right("an invitation never ends", "an_old_invitation_is_closed",
           edit=("accept_invitation", "and v.expires_at > statement_timestamp()", "")),
    _right("standing in without a second factor", "only_platform_admins_with_a_second_factor_stand_in",
           edit=("impersonation_start", "or coalesce(auth.jwt() ->> 'aal', '') <> 'aal2'", "")),
    _right("standing in within standing in", "standing_in_never_founds_invites_promotes_or_deletes",
           edit=("impersonation_start", "or app.in_impersonation()", "")),
    _right("standing in a business that refused", "the_owner_s_switch_ends_it_at_the_next_statement_and_keeps_the_next_one_out",
           edit=("imp_live", "and o.support_allowed", "")),
    _right("support begins where it is refused", "the_owner_s_switch_ends_it_at_the_next_statement_and_keeps_the_next_one_out",
           edit=("impersonation_start", "and o.support_allowed", "")),
    _right("a switch for everybody", "only_an_owner_turns_the_switch",
           edit=("support_allow", "app.owner_orgs()", "app.admin_orgs()")),
    _right("a session for any cookie", "a_session_belongs_to_the_cookie_in_which_the_factor_was_shown",
           edit=("session_stands_in", "and app.proof_holds(w.proved_at)", "")),
    _right("a session's cookie falls back to its own", "an_ended_session_leaves_its_cookie_nowhere",
           edit=("session_read", "and s.imp_session is null", "")),
    _right("writing extends", "writing_is_another_session_with_the_same_end",
           edit=("impersonation_write", "'write', s.expires_at)", "'write', now() + interval '30 minutes')")),
    _right("writing without its second factor", "writing_is_another_session_with_the_same_end",
           edit=("impersonation_write", "or coalesce(auth.jwt() ->> 'aal', '') <> 'aal2'", "")),
    _right("the id in the header is enough", "a_key_in_the_header_counts_for_its_person_and_no_longer_than_its_session",
           edit=("imp_session", "k.key_hash = sha256(convert_to(h.key, 'UTF8'))", "k.session::text = h.key")),
    _attack("a header that opens nothing falls back to own rights", "leads",
            edit=("in_impersonation", "'x-vulkn-support'", "'x-vulkn-supporting'")),
    _right("administrators without their factor", "support_sees_no_other_door_of_the_platform_from_inside",
           edit=("is_administering", "and coalesce(auth.jwt() ->> 'aal', '') = 'aal2'", "")),
    _right("administrators from inside a session", "support_sees_no_other_door_of_the_platform_from_inside",
           edit=("is_administering", "not app.in_impersonation() and", "")),
    _right("a session that never ends", "a_cookie_opens_its_own_session_until_it_ends",
           edit=("session_read", "and s.expires_at > statement_timestamp()", "")),
    _right("a session looks anywhere", "a_session_looks_only_at_an_organization_of_its_person",
           edit=("session_look_at", "and m.user_id = s.user_id", "")),
    _right("a session is believed about its organization", "a_session_looks_only_at_an_organization_of_its_person",
           edit=("session_read", "where m.user_id = s.user_id", "where m.user_id = s.user_id or m.org_id = s.org_id")),
    _right("admins ask for the end", "an_organization_leaves_only_by_its_owner_and_its_name",
           edit=("request_org_deletion", "app.owner_orgs()", "app.admin_orgs()")),
    _right("a purge without its grace", "a_purge_leaves_nothing_and_touches_nobody_else",
           edit=("purge_org", "and deleted_at is not null and deleted_at <= now() - p_grace", "")),
    _right("a paused business goes on", "a_pause_of_a_business_or_channel_closes_its_widget",
           edit=("resolve_widget", "and o.status = 'active'", "")),
    _right("the chain does not cover the actor", "the_log_is_whole_and_every_tampering_is_found",
           edit=("audit_hash", "r.actor_id,", "")),
    _right("a chain that was cut looks whole", "the_log_is_whole_and_every_tampering_is_found",
           edit=("audit_verify", "if found and (head.seq <> n or head.hash <> prev) then return n + 1; end if;", "")),
    _right("knowledge in the audit log", "every_change_by_people_is_in_the_log",
           "drop trigger audit on knowledge_entries; create trigger audit after update on knowledge_entries"
           " for each row execute function app.audit_row('values')"),
)  # fmt: skip

IN_A_TURN = (
    _right("a turn without its conversation's lock", "the_same_message_meanwhile_waits_for_the_first",
           edit=("turn_open", "and v.visitor_hash = p_visitor for update of v", "and v.visitor_hash = p_visitor")),
    _right("the same message is asked again", "twenty_times_the_same_message_at_once_is_one_turn",
           "alter table messages drop constraint messages_org_id_conversation_id_external_id_key",
           ("turn_open", "and m.external_id = p_external", "and false")),
    _right("locks in two orders", "opening_and_closing_a_turn_lock_in_one_order",
           edit=("turn_close", "and w.id = p_turn) for update", "and w.id = p_turn)")),
    _right("an answer is stored again", "twenty_closings_and_retries_at_once_store_one_answer",
           edit=("turn_close", "t.state in ('done', 'superseded') or", "")),
    _right("a lost attempt still stores", "an_attempt_that_lost_its_lease_stores_nothing",
           edit=("turn_close", "or t.attempt <> p_attempt", "")),
    _right("an answer to nobody", "an_answer_to_a_conversation_that_is_gone_is_dropped_quietly",
           edit=("turn_close", "not found or", "")),
    _right("a dropped message keeps its number", "many_messages_at_once_are_numbered_without_gaps",
           edit=("number_message", "new.external_id is not null and", "false and")),
    _right("a missing score counts as the best", "a_turn_that_learns_nothing_leaves_the_score",
           edit=("note_lead", "coalesce((p_lead ->> 'score')::int, 0)", "(p_lead ->> 'score')::int")),
    _right("anybody rates an answer", "a_visitor_of_one_business_is_nobody_at_another",
           edit=("rate_answer", "and c.visitor_hash = p_visitor", "")),
    _right("two panels, two conversations", "a_panel_opened_meanwhile_finds_the_first_ones_conversation",
           "alter table conversations drop constraint conversations_org_id_visitor_hash_key"),
    _right("the agent talks into a person's conversation", "a_person_who_took_over_is_not_interrupted",
           edit=("turn_open", "if c.status <> 'human' and", "if")),
    _right("a deleted conversation was free", "a_deleted_conversation_stays_counted",
           "alter table usage_events drop constraint usage_events_org_id_turn_id_fkey; alter table usage_events"
           " add foreign key (org_id, turn_id) references turns (org_id, id) on delete cascade"),
    _right("a dead turn claimed twice", "a_dead_turn_is_claimed_by_one_of_many",
           edit=("claim_stale_turns", "and s.lease_until < clock_timestamp()", "")),
)  # fmt: skip

MUTANTS = (*IN_THE_SCHEMA, *IN_A_POLICY, *IN_A_HELPER, *AT_A_DOOR, *IN_A_TURN)

# Mistakes that nothing notices, because something else holds: kept here so that nobody counts on one alone.
SURVIVORS = (
    Mutant("the last owner's check without its row lock", "right",
           "test_two_owners_who_demote_each_other_at_once_leave_one",
           edit=("keep_owner", "for update", "")),  # app.audit_append locks the organization's head for both
)  # fmt: skip
