-- What a plan includes, which skills an agent has, what a skill remembers, what people must look at, and what
-- is to be sent.
set local lock_timeout = '5s';

-- Limits are for what costs: turns answered by a model. null: no limit.
create table app.plans (
  key text primary key check (key in ('free', 'starter', 'pro', 'business')),
  monthly_turns int check (monthly_turns > 0),
  monthly_micro_usd bigint check (monthly_micro_usd > 0),
  -- of one visitor in 24 hours
  daily_visitor_turns int check (daily_visitor_turns > 0)
);
insert into app.plans values
  ('free', 200, 2000000, 40), ('starter', 1500, 15000000, 60), ('pro', 6000, 60000000, 100),
  ('business', 25000, 250000000, 200);

-- What an organization used in a month of its own clock. One row, so that parallel turns are counted in a line.
create table public.usage_months (
  org_id uuid not null references public.organizations (id) on delete cascade,
  month date not null,
  turns int not null default 0,
  cost_micro_usd bigint not null default 0,
  primary key (org_id, month)
);

create table public.agent_skills (
  org_id uuid not null references public.organizations (id) on delete cascade,
  key text not null check (key ~ '^[a-z_]{2,40}$'),
  enabled boolean not null default false,
  draft jsonb not null default '{}' check (pg_column_size(draft) < 65536),
  -- written by app.skill_publish alone; null: never published
  published jsonb,
  version int not null default 0,
  updated_at timestamptz not null default now(),
  primary key (org_id, key)
);

create table public.skill_versions (
  org_id uuid not null references public.organizations (id) on delete cascade,
  key text not null,
  version int not null,
  config jsonb not null,
  published_by uuid,
  published_at timestamptz not null default now(),
  primary key (org_id, key, version),
  foreign key (org_id, key) references public.agent_skills (org_id, key) on delete cascade
);

-- A form half filled in, the slots offered last: of a contact, so that it goes on in another channel.
create table public.skill_states (
  org_id uuid not null references public.organizations (id) on delete cascade,
  contact_id uuid not null,
  skill text not null check (length(skill) <= 40),
  state jsonb not null check (pg_column_size(state) < 65536),
  expires_at timestamptz not null,
  primary key (org_id, contact_id, skill),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
create index skill_states_expired on public.skill_states (expires_at);

-- What a person should look at. `key` makes it once: the month of a limit, the conversation of a hand-over.
create table public.alerts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  kind text not null check (kind in ('limit', 'loop', 'provider', 'handoff', 'received', 'skill', 'delivery')),
  key text not null check (length(key) <= 200),
  conversation_id uuid,
  detail jsonb not null default '{}' check (pg_column_size(detail) < 8192),
  created_at timestamptz not null default now(),
  seen_at timestamptz,
  unique (org_id, id),
  unique (org_id, kind, key),
  foreign key (org_id, conversation_id) references public.conversations (org_id, id) on delete cascade
);
create index alerts_open on public.alerts (org_id, created_at desc) where seen_at is null;
create index alerts_conversation on public.alerts (org_id, conversation_id);

-- One row an effect on the world outside, written in the transaction that decided it. `sending` past its lease
-- is unknown: whoever sends asks the other side before sending again, or leaves it to a person.
create table public.outbox (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  kind text not null check (kind ~ '^[a-z_]{2,40}$'),
  dedupe_key text not null check (length(dedupe_key) <= 200),
  conversation_id uuid,
  message_id uuid,
  payload jsonb not null default '{}' check (pg_column_size(payload) < 65536),
  state text not null default 'ready' check (state in ('ready', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),
  attempt int not null default 0,
  available_at timestamptz not null default now(),
  lease_until timestamptz,
  provider_id text check (length(provider_id) <= 200),
  error text check (length(error) <= 500),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (org_id, id),
  unique (org_id, kind, dedupe_key),
  foreign key (org_id, conversation_id) references public.conversations (org_id, id) on delete cascade,
  foreign key (org_id, message_id) references public.messages (org_id, id) on delete cascade
);
create index outbox_due on public.outbox (available_at) where state in ('ready', 'sending');
create index outbox_conversation on public.outbox (org_id, conversation_id);
create index outbox_message on public.outbox (org_id, message_id);

alter table public.conversations
  add column handoff_reason text check (handoff_reason in
    ('asked', 'unknown', 'complaint', 'urgent', 'sensitive', 'failure', 'limit', 'took_over')),
  add column handoff_summary text check (length(handoff_summary) <= 2000),
  add column handoff_at timestamptz,
  -- a contact that writes like a machine is left alone until then
  add column paused_until timestamptz,
  add column day date,
  add column day_turns int not null default 0;

select app.close_tables();

create function app.plan_of(p_org uuid) returns app.plans
language sql stable security definer set search_path = '' as $$
  select l.* from app.plans l join public.organizations o on o.plan = l.key
  where o.id = p_org and o.id = app.engine_org()
$$;

create function app.skill_publish(p_org uuid, p_key text, p_config jsonb) returns int
language plpgsql security definer set search_path = '' as $$
declare v int;
begin
  if not (p_org = any (app.admin_orgs())) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  insert into public.agent_skills as s (org_id, key, enabled, draft, published, version)
  values (p_org, p_key, true, p_config, p_config, 1)
  on conflict (org_id, key) do update
  set enabled = true, draft = p_config, published = p_config, version = s.version + 1
  returning version into v;
  insert into public.skill_versions (org_id, key, version, config, published_by)
  values (p_org, p_key, v, p_config, auth.uid());
  return v;
end $$;

-- A person who took a conversation over is a hand-over too; giving it back ends it.
create function app.note_handoff() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.status = 'human' and old.status <> 'human' then
    new.handoff_at := now();
    new.handoff_reason := coalesce(new.handoff_reason, 'took_over');
  elsif new.status <> 'human' and old.status = 'human' then
    new.handoff_at := null;
    new.handoff_reason := null;
    new.handoff_summary := null;
  end if;
  return new;
end $$;
create trigger note_handoff before update of status on public.conversations
  for each row execute function app.note_handoff();

create trigger stamp before update on public.agent_skills for each row execute function app.stamp();
create trigger brain_insert after insert on public.agent_skills referencing new table as changed
  for each statement execute function app.brain_changed();
create trigger brain_update after update on public.agent_skills referencing new table as changed
  for each statement execute function app.brain_changed();
create trigger brain_delete after delete on public.agent_skills referencing old table as changed
  for each statement execute function app.brain_changed();
create trigger audit after insert or update or delete on public.agent_skills
  for each row execute function app.audit_row('keys');
-- A plan decides which skills are offered.
create trigger brain_plan after update of plan on public.organizations
  for each row execute function app.business_changed();

select app.close_functions();
grant execute on function app.skill_publish(uuid, text, jsonb) to vulkn_web;
grant execute on function app.plan_of(uuid) to vulkn_engine;

grant select on public.usage_months, public.agent_skills, public.skill_versions, public.skill_states, public.alerts,
  public.outbox to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant insert (org_id, month), update (turns, cost_micro_usd) on public.usage_months to vulkn_engine;
grant insert (org_id, key, enabled, draft), update (enabled, draft) on public.agent_skills to authenticated, vulkn_web;
grant insert (org_id, contact_id, skill, state, expires_at), update (state, expires_at), delete
  on public.skill_states to vulkn_engine;
grant insert (org_id, kind, key, conversation_id, detail) on public.alerts to vulkn_engine;
grant update (seen_at) on public.alerts to authenticated, vulkn_web;
grant insert (org_id, kind, dedupe_key, conversation_id, message_id, payload, available_at),
  update (state, attempt, available_at, lease_until, provider_id, error, finished_at) on public.outbox to vulkn_engine;
grant update (handoff_reason, handoff_summary, paused_until, day, day_turns) on public.conversations to vulkn_engine;

do $$
declare t text;
begin
  foreach t in array array['usage_months', 'agent_skills', 'skill_versions', 'skill_states', 'alerts', 'outbox'] loop
    execute format($p$create policy "members see them" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.read_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "agents work in one organization" on public.%I for all to vulkn_engine
      using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
end $$;
create policy "admins set skills up" on public.agent_skills for insert to authenticated, vulkn_web
  with check (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "admins change skills" on public.agent_skills for update to authenticated, vulkn_web
  using (org_id = any ((select app.admin_orgs())::uuid[]))
  with check (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "members have seen them" on public.alerts for update to authenticated, vulkn_web
  using (org_id = any ((select app.write_orgs())::uuid[])) with check (org_id = any ((select app.write_orgs())::uuid[]));
