-- Shadow mode: for some hours the agent writes its answers and a person sends them. A draft is no message: it is kept
-- beside the conversation until somebody sends, changes or discards it, or the customer has gone on.
set local lock_timeout = '5s';

-- Both or neither. While they are there the agent sends nothing by itself, also past the hour: it ends when
-- app.shadow_over says so, and nobody is answered in between by a process that was slow.
alter table public.agents
  add column shadow_since timestamptz,
  add column shadow_until timestamptz,
  add check ((shadow_since is null) = (shadow_until is null) and shadow_until > shadow_since);

-- The customer is told once that the team has their message.
alter table public.conversations add column shadow_told_at timestamptz;
grant update (shadow_told_at) on public.conversations to vulkn_engine;

create table public.shadow_drafts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  conversation_id uuid not null,
  turn_id uuid not null,
  body text not null check (length(body) between 1 and 8000),
  language text not null check (language in ('es', 'en')),
  sources jsonb not null default '[]',
  figures jsonb not null default '[]',
  -- the last message of the customer that it answers
  after_seq bigint not null,
  -- superseded: the customer went on; replaced: a person wrote their own answer
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'edited', 'discarded', 'superseded', 'replaced')),
  message_id uuid,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by uuid,
  unique (org_id, id),
  unique (org_id, turn_id),
  foreign key (org_id, conversation_id) references public.conversations (org_id, id) on delete cascade,
  foreign key (org_id, turn_id) references public.turns (org_id, id) on delete cascade,
  foreign key (org_id, message_id) references public.messages (org_id, id) on delete set null (message_id)
);
create unique index shadow_drafts_one_waiting on public.shadow_drafts (org_id, conversation_id) where state = 'waiting';
create index shadow_drafts_conversation on public.shadow_drafts (org_id, conversation_id);
create index shadow_drafts_recent on public.shadow_drafts (org_id, created_at);
create index shadow_drafts_message on public.shadow_drafts (org_id, message_id);

alter table public.alerts drop constraint alerts_kind_check;
alter table public.alerts add constraint alerts_kind_check check (kind in
  ('limit', 'loop', 'provider', 'handoff', 'received', 'skill', 'delivery', 'channel', 'template', 'policy', 'shadow'));

select app.close_tables();

create trigger audit after update of state on public.shadow_drafts
  for each row when (new.decided_by is not null) execute function app.audit_row('keys');

-- In the place of an answer: the draft, the team's alert, and once a conversation a word to the customer.
create function app.shadow_keep(p_org uuid, c public.conversations, t public.turns, p_draft jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  a public.messages;
  v_seq bigint;
begin
  update public.shadow_drafts set state = 'superseded', decided_at = clock_timestamp()
  where org_id = p_org and conversation_id = c.id and state = 'waiting';
  select coalesce(max(m.seq), 0) into v_seq from public.messages m
  where m.org_id = p_org and m.conversation_id = c.id and m.sender = 'visitor' and (m.turn_id = t.id or m.id = t.message_id);
  insert into public.shadow_drafts (org_id, conversation_id, turn_id, body, language, sources, figures, after_seq)
  values (p_org, c.id, t.id, left(p_draft ->> 'text', 8000), p_draft ->> 'language', coalesce(p_draft -> 'sources', '[]'),
          coalesce(p_draft -> 'figures', '[]'), v_seq);
  if c.shadow_told_at is null then
    insert into public.messages (org_id, conversation_id, sender, body, language, turn_id)
    values (p_org, c.id, 'agent', p_draft ->> 'shadow', p_draft ->> 'language', t.id) returning * into a;
    if p_draft ? 'deliver' then
      insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
      values (p_org, 'answer', t.id::text, c.id, a.id, (p_draft -> 'deliver') - 'choices') on conflict do nothing;
    end if;
    update public.conversations set shadow_told_at = clock_timestamp() where org_id = p_org and id = c.id;
  end if;
  if c.language is distinct from p_draft ->> 'language' then
    update public.conversations set language = p_draft ->> 'language' where org_id = p_org and id = c.id;
  end if;
  perform app.note_lead(p_org, c.id, p_draft -> 'lead');
  if jsonb_typeof(p_draft -> 'handoff') = 'object' then
    perform app.hand_over(p_org, c.id, p_draft -> 'handoff' ->> 'reason', p_draft -> 'handoff' ->> 'summary');
  else
    insert into public.alerts (org_id, kind, key, conversation_id, detail)
    select p_org, 'handoff', c.id || ':shadow:' || t.id, c.id, '{"reason": "shadow"}'
    where not exists (
      select from public.alerts o where o.org_id = p_org and o.conversation_id = c.id and o.kind = 'handoff' and o.seen_at is null)
    on conflict do nothing;
  end if;
  update public.turns
  set state = 'done', outcome = p_draft ->> 'outcome', answer_id = a.id, trace = coalesce(p_draft -> 'trace', '[]'),
      first_token_ms = (p_draft ->> 'first_token_ms')::int, latency_ms = (p_draft ->> 'latency_ms')::int,
      finished_at = clock_timestamp()
  where org_id = p_org and id = t.id;
  if a.id is null then return '{"stored": true, "state": "handoff"}'; end if;
  return jsonb_build_object('stored', true, 'state', 'done', 'id', a.id, 'text', a.body, 'sources', a.sources,
    'figures', a.figures, 'language', a.language);
end $$;

-- As before, and: what is written in shadow mode is kept, not said.
create or replace function app.turn_close(p_org uuid, p_turn uuid, p_attempt int, p_draft jsonb)
returns jsonb language plpgsql set search_path = '' as $$
declare
  t public.turns;
  a public.messages;
  c public.conversations;
  v_next uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  select v.* into c from public.conversations v
  where v.org_id = p_org
    and v.id = (select w.conversation_id from public.turns w where w.org_id = p_org and w.id = p_turn) for update;
  select * into t from public.turns where org_id = p_org and id = p_turn for update;
  -- Not found: a person deleted the conversation while the model was talking.
  if not found or t.state in ('done', 'superseded') or t.attempt <> p_attempt then
    return coalesce(app.turn_answer(p_org, p_turn), '{"state": "lost"}') || '{"stored": false}';
  end if;
  perform app.count_calls(p_org, t, p_draft -> 'calls');
  if c.status = 'human' then
    update public.turns set state = 'done', outcome = 'handoff', finished_at = clock_timestamp()
    where org_id = p_org and id = t.id;
    perform app.note_lead(p_org, c.id, p_draft -> 'lead');
    return '{"stored": true, "state": "handoff"}';
  end if;
  if p_draft ? 'deliver' then
    select m.turn_id into v_next from public.messages m
    join public.turns n on n.org_id = p_org and n.id = m.turn_id and n.state = 'gathering'
    where m.org_id = p_org and m.conversation_id = c.id and m.turn_id <> t.id and n.created_at > t.created_at limit 1;
    if v_next is not null then
      update public.messages set turn_id = v_next where org_id = p_org and turn_id = t.id;
      update public.turns set state = 'superseded', finished_at = clock_timestamp() where org_id = p_org and id = t.id;
      return jsonb_build_object('stored', true, 'state', 'superseded', 'by', v_next);
    end if;
  end if;
  if p_draft ? 'shadow' then
    return app.shadow_keep(p_org, c, t, p_draft);
  end if;
  insert into public.messages (org_id, conversation_id, sender, body, language, sources, figures, turn_id)
  values (p_org, c.id, 'agent', p_draft ->> 'text', p_draft ->> 'language', coalesce(p_draft -> 'sources', '[]'),
          coalesce(p_draft -> 'figures', '[]'), t.id) returning * into a;
  if p_draft ? 'deliver' then
    insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
    values (p_org, 'answer', t.id::text, c.id, a.id, p_draft -> 'deliver') on conflict do nothing;
  end if;
  if c.language is distinct from p_draft ->> 'language' then
    update public.conversations set language = p_draft ->> 'language' where org_id = p_org and id = c.id;
  end if;
  perform app.note_lead(p_org, c.id, p_draft -> 'lead');
  if jsonb_typeof(p_draft -> 'handoff') = 'object' then
    perform app.hand_over(p_org, c.id, p_draft -> 'handoff' ->> 'reason', p_draft -> 'handoff' ->> 'summary');
  end if;
  if jsonb_typeof(p_draft -> 'alert') = 'object' then
    insert into public.alerts (org_id, kind, key, conversation_id, detail)
    values (p_org, p_draft -> 'alert' ->> 'kind', p_draft -> 'alert' ->> 'key', c.id,
            coalesce(p_draft -> 'alert' -> 'detail', '{}')) on conflict do nothing;
  end if;
  update public.turns
  set state = 'done', outcome = p_draft ->> 'outcome', answer_id = a.id, trace = coalesce(p_draft -> 'trace', '[]'),
      first_token_ms = (p_draft ->> 'first_token_ms')::int, latency_ms = (p_draft ->> 'latency_ms')::int,
      finished_at = clock_timestamp()
  where org_id = p_org and id = t.id;
  return jsonb_build_object('stored', true, 'state', 'done', 'id', a.id, 'text', a.body, 'sources', a.sources,
    'figures', a.figures, 'language', a.language);
end $$;

-- A person's own words take the draft's place.
create function app.shadow_replaced() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.shadow_drafts set state = 'replaced', decided_at = clock_timestamp(), decided_by = new.author_id
  where org_id = new.org_id and conversation_id = new.conversation_id and state = 'waiting';
  return null;
end $$;
create trigger shadow_replaced after insert on public.messages
  for each row when (new.sender = 'human') execute function app.shadow_replaced();

-- One tap, or two at once: the lock puts them in a line, and the second finds it decided. In the person's name, over
-- the channel that carries the conversation and under its rules. `sent` with where it goes; `gone`; `newer`: the
-- customer wrote again since; `closed` and `away` as app.send_reply has them, and nothing is kept then.
create function app.shadow_send(p_org uuid, p_draft uuid, p_text text) returns text
language plpgsql security definer set search_path = '' as $$
declare
  d public.shadow_drafts;
  m uuid;
  v_said text;
begin
  if auth.uid() is null or not p_org = any (app.write_orgs()) then return 'none'; end if;
  select * into d from public.shadow_drafts where org_id = p_org and id = p_draft;
  if not found then return 'none'; end if;
  perform 1 from public.conversations c where c.org_id = p_org and c.id = d.conversation_id for update;
  select * into d from public.shadow_drafts where org_id = p_org and id = p_draft for update;
  if not found or d.state <> 'waiting' then return 'gone'; end if;
  if exists (select from public.messages n where n.org_id = p_org and n.conversation_id = d.conversation_id
             and n.sender = 'visitor' and n.seq > d.after_seq) then
    return 'newer';
  end if;
  update public.shadow_drafts
  set state = case when p_text is null or p_text = d.body then 'sent' else 'edited' end, decided_at = clock_timestamp(),
      decided_by = auth.uid()
  where org_id = p_org and id = d.id;
  insert into public.messages (org_id, conversation_id, sender, body, language, sources, figures, external_id, author_id)
  values (p_org, d.conversation_id, 'human', coalesce(p_text, d.body), d.language, d.sources,
          case when p_text is null or p_text = d.body then d.figures else '[]' end, 'shadow:' || d.id, auth.uid())
  returning id into m;
  update public.shadow_drafts set message_id = m where org_id = p_org and id = d.id;
  update public.conversations set unread = 0 where org_id = p_org and id = d.conversation_id;
  v_said := app.send_reply(p_org, m, 'reply');
  if v_said not in ('web', 'queued') then
    raise exception 'not carried: %', v_said using errcode = 'VK004', detail = v_said;
  end if;
  return v_said;
end $$;

create function app.shadow_discard(p_org uuid, p_draft uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update public.shadow_drafts set state = 'discarded', decided_at = clock_timestamp(), decided_by = auth.uid()
  where org_id = p_org and id = p_draft and state = 'waiting' and p_org = any (app.write_orgs());
  return found;
end $$;

-- Of the drafts of a time: how many went out as they were, changed, or not at all.
create function app.shadow_score(p_org uuid, p_since timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'sent', count(*) filter (where state = 'sent'), 'edited', count(*) filter (where state = 'edited'),
    'discarded', count(*) filter (where state in ('discarded', 'replaced')),
    'waiting', count(*) filter (where state = 'waiting'))
  from public.shadow_drafts where org_id = p_org and created_at >= p_since
$$;

-- What is over ends: the agent is quiet until somebody puts it on air, and the team is told how good it was. The whole
-- platform's. Returns whose.
create function app.shadow_over() returns setof uuid
language plpgsql volatile security definer set search_path = '' as $$
declare a public.agents;
begin
  for a in select * from public.agents where shadow_until <= clock_timestamp() for update skip locked loop
    insert into public.alerts (org_id, kind, key, detail)
    values (a.org_id, 'shadow', a.id || to_char(a.shadow_since, ':YYYYMMDDHH24MISS'), app.shadow_score(a.org_id, a.shadow_since))
    on conflict do nothing;
    update public.agents set shadow_since = null, shadow_until = null, live = false where id = a.id;
    return next a.org_id;
  end loop;
end $$;

select app.close_functions();
grant execute on function app.shadow_send(uuid, uuid, text), app.shadow_discard(uuid, uuid),
  app.shadow_score(uuid, timestamptz) to vulkn_web;
grant execute on function app.shadow_keep(uuid, public.conversations, public.turns, jsonb), app.shadow_over() to vulkn_engine;

grant update (shadow_since, shadow_until) on public.agents to authenticated, vulkn_web;
grant select on public.shadow_drafts to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant insert (org_id, conversation_id, turn_id, body, language, sources, figures, after_seq), update (state, decided_at)
  on public.shadow_drafts to vulkn_engine;
create policy "members see what waits" on public.shadow_drafts for select to authenticated, vulkn_web
  using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "agents work in one organization" on public.shadow_drafts for all to vulkn_engine
  using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()));
create policy "operators see one organization's" on public.shadow_drafts for select to vulkn_maint
  using (org_id = (select app.engine_org()));
