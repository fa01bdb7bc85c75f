-- Turns (a question, its answer and what became of it), what each model call cost, and the widget's funnel.
set local lock_timeout = '5s';

create table public.turns (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  conversation_id uuid not null,
  message_id uuid not null,
  answer_id uuid,
  state text not null default 'running' check (state in ('running', 'done')),
  -- how it ended: from knowledge, not known, small talk, left to a person
  outcome text check (outcome in ('answered', 'unknown', 'small_talk', 'handoff')),
  attempt int not null default 1,
  lease_until timestamptz not null,
  first_token_ms int,
  latency_ms int,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (org_id, id),
  unique (org_id, message_id),
  foreign key (org_id, conversation_id) references public.conversations (org_id, id) on delete cascade,
  foreign key (org_id, message_id) references public.messages (org_id, id) on delete cascade
);
create index turns_conversation on public.turns (org_id, conversation_id);
create index turns_recent on public.turns (org_id, created_at desc);
create index turns_stale on public.turns (lease_until) where state = 'running';

create table public.usage_events (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  -- null once its conversation is deleted: what was used stays counted
  turn_id uuid,
  -- attempt * 100 + the call's number: the same call can never be counted twice
  call int not null,
  provider text not null,
  model text not null default '',
  input_tokens int not null default 0,
  output_tokens int not null default 0,
  cache_read_tokens int not null default 0,
  cache_write_tokens int not null default 0,
  cost_micro_usd bigint not null default 0 check (cost_micro_usd >= 0),
  first_token_ms int,
  latency_ms int,
  failure text,
  created_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, turn_id, call),
  foreign key (org_id, turn_id) references public.turns (org_id, id) on delete set null (turn_id)
);
create index usage_recent on public.usage_events (org_id, created_at desc);

create table public.widget_events (
  org_id uuid not null references public.organizations (id) on delete cascade,
  id uuid not null,
  kind text not null check (kind in ('impression', 'open', 'conversation_started')),
  page text not null default '' check (length(page) <= 500),
  created_at timestamptz not null default now(),
  primary key (org_id, id)
);
create index widget_events_recent on public.widget_events (org_id, created_at desc);

select app.close_tables();

-- The agent's own act, in the owner's audit log: which conversation, by what, from how many entries.
create function app.audit_turn() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app.audit_append(new.org_id, 'answer', 'conversations', new.conversation_id::text,
    jsonb_build_object('turn', new.id, 'outcome', new.outcome, 'latency_ms', new.latency_ms));
  return null;
end $$;
create trigger audit after update of state on public.turns
  for each row when (new.state = 'done' and old.state <> 'done') execute function app.audit_turn();

select app.close_functions();
grant select on public.turns, public.usage_events, public.widget_events
  to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant insert (org_id, conversation_id, message_id, lease_until),
  update (state, outcome, attempt, lease_until, answer_id, first_token_ms, latency_ms, finished_at)
  on public.turns to vulkn_engine;
grant insert (org_id, turn_id, call, provider, model, input_tokens, output_tokens, cache_read_tokens,
  cache_write_tokens, cost_micro_usd, first_token_ms, latency_ms, failure) on public.usage_events to vulkn_engine;
grant insert (org_id, id, kind, page) on public.widget_events to vulkn_engine;

do $$
declare t text;
begin
  foreach t in array array['turns', 'usage_events', 'widget_events'] loop
    execute format($p$create policy "members see them" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.read_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "agents work in one organization" on public.%I for all to vulkn_engine
      using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
end $$;
