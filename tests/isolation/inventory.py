"""Rules about the schema itself, read from the catalogue: they catch a mistake before anybody can call it.

Each query returns what breaks its rule. Exceptions are written here, few and with their reason."""

import psycopg

ROLES = ("anon", "authenticated", "service_role", "vulkn_web", "vulkn_engine", "vulkn_maint")
LOGINS = ("vulkn_web", "vulkn_engine", "vulkn_maint")
HELPERS = "read_orgs|write_orgs|admin_orgs|admin_read_orgs|owner_orgs|engine_org"

# People and platform matters belong to no organization.
WITHOUT_ORG = (
    "organizations", "profiles", "app.platform_admins", "app.web_sessions", "app.org_tombstones", "app.plans",
    "app.whatsapp_orphans", "app.whatsapp_rates", "app.whatsapp_markets", "app.admin_factors", "app.admin_log", "app.flags",
)  # fmt: skip
# Unique over all organizations, and out of reach for people: addresses, proved phone numbers, one open
# impersonation an administrator, Meta's rate card, the one plan that is given for a trial.
UNIQUE_EVERYWHERE = (
    "organizations_slug_key", "channels_kind_external_id_key", "impersonation_one_open", "app.whatsapp_rates_pkey",
    "app.plans_one_trial",
)  # fmt: skip
# Policies about a person, not about an organization.
PERSONAL_POLICIES = ("people see their colleagues", "people change their own profile")
AUDITED = (
    "organizations", "memberships", "invitations", "impersonation_sessions", "agents", "channels",
    "knowledge_entries", "knowledge_sources", "leads", "contacts", "conversations", "turns", "intake_answers",
    "knowledge_versions", "knowledge_dismissals", "knowledge_suggestions", "knowledge_corrections", "services", "resources", "service_resources", "resource_hours", "closures", "bookings",
    "whatsapp_numbers", "whatsapp_templates", "subscriptions", "onboardings", "exams", "shadow_drafts",
)  # fmt: skip

# Who may call what. Trigger functions and inner helpers are in no list.
FUNCTIONS = {
    "authenticated": (
        "read_orgs", "write_orgs", "admin_orgs", "admin_read_orgs", "owner_orgs", "in_impersonation", "colleagues",
        "uuid_range", "next_look", "has_blank",
    ),
    "vulkn_web": (
        "read_orgs", "write_orgs", "admin_orgs", "admin_read_orgs", "owner_orgs", "in_impersonation", "colleagues",
        "session_start", "session_read", "session_tokens", "session_look_at", "session_end", "sessions_end_all",
        "create_organization", "create_first_organization", "slug_free", "invite", "invitation_preview", "accept_invitation",
        "impersonation_start", "impersonation_stop", "impersonation_note", "request_org_deletion",
        "skill_secret_set", "skill_secret_remove", "skill_secret_names",
        "uuid_range", "next_look", "has_blank", "exam_begin", "exam_override", "shadow_send", "shadow_discard", "shadow_score", "skill_publish", "plan_of_mine", "send_to_customer",
        "send_reply", "say_on_channel", "react",
        "import_begin", "import_decide", "import_twins", "logo_keep", "knowledge_bring_back",
        "room_of_mine", "plans_offered", "import_adds_of_mine", "set_plan", "payment_begin", "trial_of_mine",
        "whatsapp_may", "whatsapp_claim", "channel_secret_set", "whatsapp_disconnect", "whatsapp_act",
        "factor_enrol", "factor_try", "factor_of", "factor_shown", "session_stands_in", "session_leaves",
        "impersonation_write", "impersonation_open", "support_allow", "audit_people", "audit_check",
        "admin_organizations", "admin_provision", "admin_set_status", "admin_set_plan", "admin_log_page",
        "admin_providers", "admin_queues", "admin_dead", "admin_replay", "admin_flags", "admin_org_flags", "admin_set_flag",
    ),
    "vulkn_engine": (
        "engine_org", "sessions_expire", "resolve_widget", "widget_paused", "flags_of", "widget_session", "visible_messages", "visitor_messages", "turn_context",
        "turn_open", "first_message", "turn_close", "turn_kept", "plenty", "note_lead", "lead_heard", "claim_stale_turns", "turn_begin", "turn_answer", "rate_answer",
        "allowance", "settle", "month_of", "turn_pause", "turn_now", "loops", "turn_again", "count_calls", "count_lost", "hand_over", "plan_of", "claim_outbox", "note_delivery",
        "surely_unsent", "delivery_begin", "delivery_end", "delivery_hold", "delivery_rank", "delivery_news", "delivery_settle", "delivery_failed", "only_words", "delivery_merge", "ask_for_number",
        "uuid_range", "claim_reminder", "deliver_reminder",
        "human_since", "hand_back_after", "handover_is_over", "handovers_over", "give_back", "note_skill_failure",
        "claim_import", "import_progress", "import_planned", "import_apply", "imports_forget", "widget_events_forget",
        "claim_look", "look_done", "next_look", "has_blank", "shadow_keep", "shadow_over", "claim_exam", "exam_answered", "exam_over",
        "knowledge_forget", "price_list", "payment_event", "plans_by_the_clock", "doubles_due", "double_ended",
        "whatsapp_rate", "conversation_of", "note_cost", "count_whatsapp",
        "change_opt", "opt_silently", "opt", "echo_heard", "continue_begin", "continue_take",
        "whatsapp_routes", "whatsapp_orphaned", "claim_whatsapp_events", "whatsapp_forget", "whatsapp_store",
        "note_whatsapp_event", "whatsapp_person", "whatsapp_joined", "whatsapp_unwell", "whatsapp_link", "whatsapp_moved", "whatsapp_heard",
        "whatsapp_message", "whatsapp_said", "whatsapp_file", "whatsapp_kept", "whatsapp_say", "whatsapp_reacted",
        "whatsapp_changed",
        "whatsapp_rate", "conversation_of", "note_cost", "count_whatsapp",
        "change_opt", "opt_silently", "opt", "echo_heard", "continue_begin", "continue_take",
    ),
    "vulkn_maint": (
        "engine_org", "audit_verify", "purge_org", "provision_organization", "find_org", "slug_free", "list_orgs",
        "retire_org", "grant_admin", "revoke_admin", "reset_factor", "list_admins", "import_twins", "room_here", "set_plan", "onboarding_over", "has_blank",
    ),
}  # fmt: skip

# What nobody who is a person may do with these columns, whatever the policy says.
FORBIDDEN_TO_PEOPLE = (
    ("invitations", "token_hash", "select"), ("invitations", "role", "insert"), ("invitations", "role", "update"),
    ("channels", "external_id", "insert"), ("channels", "external_id", "update"),
    ("memberships", "user_id", "insert"), ("memberships", "user_id", "update"),
    ("organizations", "plan", "update"), ("organizations", "slug", "update"),
    ("organizations", "status", "update"), ("organizations", "deleted_at", "update"),
    ("organizations", "support_allowed", "update"),
    ("profiles", "email", "update"), ("audit_log", "hash", "insert"), ("audit_log", "hash", "update"),
    ("impersonation_sessions", "reason", "insert"), ("impersonation_sessions", "expires_at", "update"),
    ("messages", "seq", "insert"), ("messages", "body", "update"), ("messages", "sources", "insert"),
    ("conversations", "last_seq", "update"), ("leads", "score", "update"), ("usage_events", "call", "insert"),
    ("knowledge_entries", "updated_by", "insert"), ("knowledge_entries", "updated_by", "update"),
    ("knowledge_versions", "entry", "insert"), ("knowledge_versions", "entry", "update"),
    ("knowledge_suggestions", "draft", "update"), ("knowledge_suggestions", "decided_by", "update"),
    ("leads", "need", "update"), ("consents", "granted", "insert"), ("consents", "granted", "update"),
    ("intake_answers", "answers", "update"),
)  # fmt: skip


def _values(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


OURS = "n.nspname in ('public', 'app')"
TABLES = f"pg_class c join pg_namespace n on n.oid = c.relnamespace and {OURS} and c.relkind in ('r', 'p')"
POLICIES = "(select *, coalesce(qual, '') || ' ' || coalesce(with_check, '') as body from pg_policies where schemaname in ('public', 'app')) p"
POLICY = "tablename || ': ' || policyname"
GRANTED = " or ".join(
    f"(r.rolname = '{role}' and p.proname in ({_values(names)}))" for role, names in FUNCTIONS.items()
)
FORBIDDEN = ", ".join(str(rule) for rule in FORBIDDEN_TO_PEOPLE)

RULES: dict[str, str] = {
    "every table has row level security": f"select c.oid::regclass from {TABLES} where not c.relrowsecurity",
    "every table says which organization a row belongs to": f"""
        select c.oid::regclass from {TABLES}
        where c.oid::regclass::text not in ({_values(WITHOUT_ORG)}) and not exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and a.attnotnull)""",
    "an organization's rows go with it": f"""
        select c.oid::regclass from {TABLES} join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
        where not exists (
          select from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.conkey = array[a.attnum]
            and f.confrelid = 'public.organizations'::regclass
            and f.confdeltype = case when a.attnotnull then 'c' else 'n' end)""",
    "a foreign key between tenants' tables carries org_id": """
        select f.conrelid::regclass || '.' || f.conname from pg_constraint f
        where f.contype = 'f' and f.connamespace in ('public'::regnamespace, 'app'::regnamespace)
          and f.confrelid <> 'public.organizations'::regclass and f.confrelid::regclass::text not like 'auth.%'
          and not exists (
            select from unnest(f.conkey, f.confkey) as k (mine, theirs)
            join pg_attribute x on x.attrelid = f.conrelid and x.attnum = k.mine
            join pg_attribute y on y.attrelid = f.confrelid and y.attnum = k.theirs
            where x.attname = 'org_id' and y.attname = 'org_id')""",
    "a column named after a table points to it": f"""
        select c.oid::regclass || '.' || a.attname from {TABLES}
        join pg_attribute a on a.attrelid = c.oid and a.attname ~ '^[a-z]+_id$' and not a.attisdropped
        where to_regclass('public.' || left(a.attname, -3) || 's') is not null and not exists (
          select from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and a.attnum = any (f.conkey))""",
    "a foreign key that sets null keeps org_id": """
        select f.conrelid::regclass || '.' || f.conname from pg_constraint f
        where f.contype = 'f' and f.confdeltype in ('n', 'd') and cardinality(f.conkey) > 1
          and f.connamespace in ('public'::regnamespace, 'app'::regnamespace)
          and (f.confdelsetcols is null or exists (
            select from pg_attribute a
            where a.attrelid = f.conrelid and a.attname = 'org_id' and a.attnum = any (f.confdelsetcols)))""",
    "a foreign key has an index that begins with its columns": """
        select f.conrelid::regclass || '.' || f.conname from pg_constraint f
        where f.contype = 'f' and f.connamespace in ('public'::regnamespace, 'app'::regnamespace) and not exists (
          select from pg_index i where i.indrelid = f.conrelid and i.indpred is null
            and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey)""",
    "a unique index counts within one organization": f"""
        select i.indexrelid::regclass from pg_index i join {TABLES} on c.oid = i.indrelid
        where i.indisunique and i.indexrelid::regclass::text not in ({_values(UNIQUE_EVERYWHERE)})
          and not (i.indisprimary and i.indnkeyatts = 1) and not exists (
            select from pg_attribute a
            where a.attrelid = c.oid and a.attname = 'org_id' and a.attnum = any (i.indkey::int2[]))""",
    "a policy names its roles": "select polrelid::regclass || ': ' || polname from pg_policy where 0 = any (polroles)",
    "no policy is for anonymous visitors or the service key": f"""
        select {POLICY} from {POLICIES} where roles && array['anon', 'service_role']::name[]""",
    "a policy is a sentence": f"select {POLICY} from {POLICIES} where policyname !~ '^[a-z]+( [^ ]+){{2,}}$'",
    "a policy asks for the organization": f"""
        select {POLICY} from {POLICIES} where policyname not in ({_values(PERSONAL_POLICIES)}) and (
          (qual is not null and qual !~ '({HELPERS})\\(\\)')
          or (with_check is not null and with_check !~ '({HELPERS})\\(\\)'))""",
    "a policy asks once a statement, not once a row": f"""
        select {POLICY} from {POLICIES}
        where body ~ '(app|auth)\\.\\w+\\(' and body ~ '(?<!SELECT )(app|auth)\\.\\w+\\('""",
    "no policy is simply true": f"select {POLICY} from {POLICIES} where 'true' in (qual, with_check)",
    "an update's policy checks the new row too": f"""
        select {POLICY} from {POLICIES} where cmd in ('UPDATE', 'ALL') and with_check is distinct from qual""",
    "a view uses the rights of who asks": f"""
        select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace and {OURS}
        where c.relkind = 'v' and not coalesce(c.reloptions, '{{}}') @> '{{security_invoker=true}}'""",
    "nothing but tables and views, and no function in public": f"""
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace and {OURS}
        where c.relkind in ('m', 'f', 'S')
        union all select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace""",
    "a function pins its search path": """
        select oid::regprocedure from pg_proc
        where pronamespace = 'app'::regnamespace and not coalesce(proconfig, '{}') @> array['search_path=""']
          -- or was read when it was made, and has nobody's rights but the caller's
          and not (prosqlbody is not null and not prosecdef)""",
    "a function is called only by whom it was made for": f"""
        select r.rolname || ' ' || p.oid::regprocedure from pg_proc p, pg_roles r
        where p.pronamespace in ('app'::regnamespace, 'public'::regnamespace) and r.rolname in ({_values(ROLES)})
          and has_function_privilege(r.rolname, p.oid, 'execute') and not ({GRANTED})""",
    "anonymous visitors and the service key have no right on any table": f"""
        select r.rolname || ' ' || c.oid::regclass
        from pg_class c join pg_namespace n on n.oid = c.relnamespace and {OURS} and c.relkind in ('r', 'p', 'v'), pg_roles r
        where r.rolname in ('anon', 'service_role') and (
          has_table_privilege(r.rolname, c.oid, 'select,insert,update,delete')
          or has_any_column_privilege(r.rolname, c.oid, 'select,insert,update'))""",
    "nobody may truncate, point to, or put triggers on a table": f"""
        select r.rolname || ' ' || c.oid::regclass from {TABLES}, pg_roles r
        where r.rolname in ({_values(ROLES)}) and has_table_privilege(r.rolname, c.oid, 'truncate,references,trigger')""",
    "people insert and update column by column": f"""
        select r.rolname || ' ' || c.oid::regclass from {TABLES}, pg_roles r
        where r.rolname in ('authenticated', 'vulkn_web', 'vulkn_engine', 'vulkn_maint')
          and has_table_privilege(r.rolname, c.oid, 'insert,update')""",
    "people and operators do not reach the private tables": f"""
        select r.rolname || ' ' || c.oid::regclass from {TABLES}, pg_roles r
        where n.nspname = 'app' and r.rolname in ({_values(ROLES)}) and r.rolname <> 'vulkn_engine'
          and has_any_column_privilege(r.rolname, c.oid, 'select,insert,update')""",
    "the engine reads three private tables, and writes none": f"""
        select c.oid::regclass || ' ' || what from {TABLES}, unnest(array['select', 'insert', 'update']) what
        where n.nspname = 'app' and has_any_column_privilege('vulkn_engine', c.oid, what)
          and (c.relname, what) not in (('brain_versions', 'select'), ('skill_secrets', 'select'),
            ('channel_secrets', 'select'))""",
    "some columns are never people's": f"""
        select r.rolname || ' ' || x.what || ' ' || x.tab || '.' || x.col
        from pg_roles r, (values {FORBIDDEN}) as x (tab, col, what)
        where r.rolname in ('authenticated', 'vulkn_web')
          and has_column_privilege(r.rolname, 'public.' || x.tab, x.col, x.what)""",
    "nobody moves a row or chooses its id": f"""
        select r.rolname || ' ' || c.oid::regclass || '.' || a.attname
        from {TABLES} join pg_attribute a on a.attrelid = c.oid and a.attname in ('org_id', 'id'), pg_roles r
        where r.rolname in ({_values(ROLES)}) and c.relname <> 'widget_events' and (
          has_column_privilege(r.rolname, c.oid, a.attname, 'update')
          or (a.attname = 'id' and has_column_privilege(r.rolname, c.oid, a.attname, 'insert')))""",
    "a person has the same rights through both doors": f"""
        select c.oid::regclass || '.' || a.attname || ' ' || what
        from {TABLES} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
             unnest(array['select', 'insert', 'update']) what
        where has_column_privilege('authenticated', c.oid, a.attnum, what)
           <> has_column_privilege('vulkn_web', c.oid, a.attnum, what)""",
    "the audit log is written by the database alone": f"""
        select r.rolname from pg_roles r where r.rolname in ({_values(ROLES)}) and (
          has_table_privilege(r.rolname, 'public.audit_log', 'insert,update,delete,truncate')
          or has_any_column_privilege(r.rolname, 'public.audit_log', 'insert,update'))""",
    "what people change is audited": f"""
        select x from unnest(array[{_values(AUDITED)}]) x where not exists (
          select from pg_trigger where tgrelid = ('public.' || x)::regclass and tgname = 'audit' and tgenabled = 'O')""",
    "the audit log keeps no value of a visitor's or of knowledge": """
        select tgrelid::regclass from pg_trigger
        where tgfoid = 'app.audit_row'::regproc and encode(tgargs, 'escape') not like 'keys%'
          and tgrelid::regclass::text in ('leads', 'contacts', 'conversations', 'messages', 'knowledge_entries', 'knowledge_versions', 'bookings')""",
    "a login role has no power of its own": f"""
        select rolname::text from pg_roles where rolname in ({_values(LOGINS)})
          and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit)
        union all select r.rolname || ' owns ' || c.oid::regclass from pg_class c join pg_roles r on r.oid = c.relowner
          where r.rolname in ({_values(LOGINS)})
        union all select member::regrole || ' is in ' || roleid::regrole from pg_auth_members
          where member::regrole::text in ({_values(LOGINS)})""",
    "a login role cannot hang the server": f"""
        select r.rolname || ' ' || x from pg_roles r,
          unnest(array['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) x
        where r.rolname in ({_values(LOGINS)}) and not exists (
          select from unnest(r.rolconfig) set where set ~ ('^' || x || '=[1-9]'))""",
    "no table is broadcast": "select tablename from pg_publication_tables where schemaname in ('public', 'app')",
    "the API cannot enter the private schema": """
        select rolname from pg_roles
        where rolname in ('anon', 'authenticated', 'service_role') and has_schema_privilege(rolname, 'app', 'usage')""",
    "nobody builds anything": f"""
        select r.rolname || ' ' || n.nspname from pg_roles r, pg_namespace n
        where r.rolname in ({_values(ROLES)}) and n.nspname in ('public', 'app', 'auth')
          and has_schema_privilege(r.rolname, n.oid, 'create')""",
    "a new table is born closed": """
        select defaclrole::regrole || ' ' || defaclacl::text from pg_default_acl
        where defaclnamespace = 'public'::regnamespace
          and defaclrole = (select relowner from pg_class where oid = 'public.organizations'::regclass)
          and defaclacl::text ~ '(anon|authenticated|service_role|vulkn_\\w+)='""",
}


def broken(connection: psycopg.Connection, rule: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(RULES[rule].encode()).fetchall()]
