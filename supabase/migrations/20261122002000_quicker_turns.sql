-- The same turns with fewer statements: message and turn come in one, nothing is written twice that one write
-- says, and the policies' question costs no function call. Only turns that a model answered count as used.
set local lock_timeout = '5s';

-- Asked once a table and statement, so a call of its own adds up. A body of this form is parsed when it is made: no
-- search path changes what it means, and the planner may put it in place.
create or replace function app.engine_org() returns uuid language sql stable parallel safe
return nullif(pg_catalog.current_setting('app.org_id', true), '')::uuid;

-- Turns say themselves how many a conversation had today.
alter table public.conversations drop column day, drop column day_turns;
drop index public.turns_conversation;
create index turns_conversation on public.turns (org_id, conversation_id, created_at);
drop trigger first_of_burst on public.turns;
drop function app.first_of_burst();

-- ---- limits ----------------------------------------------------------------------------------------------

drop function app.allowance(uuid, date, bigint);
-- 'limited' when no more turn of this conversation today, or of the organization this month, may ask a model. Open
-- turns count as used until they close or their lease ends, so a crash gives its reservation back. p_reserve: what
-- one turn is taken to cost.
create function app.allowance(p_org uuid, p_conversation uuid, p_reserve bigint) returns text
language plpgsql set search_path = '' as $$
declare
  p app.plans := app.plan_of(p_org);
  v_month date;
  u public.usage_months;
  waiting int;
begin
  if p.daily_visitor_turns is not null and (
    select count(*) from (
      select from public.turns t
      where t.org_id = p_org and t.conversation_id = p_conversation and t.created_at >= current_date
      limit p.daily_visitor_turns) today) >= p.daily_visitor_turns then
    return 'limited';
  end if;
  if p.monthly_turns is null and p.monthly_micro_usd is null then return 'full'; end if;
  v_month := app.month_of(p_org);
  select * into u from public.usage_months where org_id = p_org and month = v_month for update;
  if not found then
    insert into public.usage_months (org_id, month) values (p_org, v_month) on conflict do nothing;
    select * into u from public.usage_months where org_id = p_org and month = v_month for update;
  end if;
  select count(*) into waiting from public.turns t
  where t.org_id = p_org and t.state in ('gathering', 'running') and t.mode = 'full'
    and t.lease_until > clock_timestamp();
  if u.turns + waiting >= p.monthly_turns
     or u.cost_micro_usd + (waiting + 1) * p_reserve > p.monthly_micro_usd then
    return 'limited';
  end if;
  return 'full';
end $$;

-- What a turn used, and the alert when it crosses half, four fifths or all of a limit.
create or replace function app.settle(p_org uuid, p_month date, p_turns int, p_cost bigint) returns void
language plpgsql set search_path = '' as $$
declare
  p app.plans;
  u public.usage_months;
  before numeric;
  after numeric;
begin
  if p_turns = 0 and p_cost = 0 then return; end if;
  loop
    update public.usage_months set turns = turns + p_turns, cost_micro_usd = cost_micro_usd + p_cost
    where org_id = p_org and month = p_month returning * into u;
    exit when found;
    insert into public.usage_months (org_id, month) values (p_org, p_month) on conflict do nothing;
  end loop;
  p := app.plan_of(p_org);
  after := greatest(u.turns::numeric / p.monthly_turns, u.cost_micro_usd::numeric / p.monthly_micro_usd);
  if after is null or after < 0.5 then return; end if;
  before := greatest((u.turns - p_turns)::numeric / p.monthly_turns,
                     (u.cost_micro_usd - p_cost)::numeric / p.monthly_micro_usd);
  insert into public.alerts (org_id, kind, key, detail)
  select p_org, 'limit', to_char(p_month, 'YYYY-MM') || ':' || bar, jsonb_build_object('percent', bar)
  from unnest(array[50, 80, 100]) bar where before * 100 < bar and after * 100 >= bar
  on conflict do nothing;
end $$;

-- What the calls of a turn cost, once each, and the organization's month. What we say without a model costs the
-- owner nothing, in turns neither.
create or replace function app.count_calls(p_org uuid, t public.turns, p_calls jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v_channel text;
  v_cost bigint;
  v_answered boolean;
begin
  select h.kind into v_channel from public.conversations c
  join public.channels h on h.org_id = p_org and h.id = c.channel_id
  where c.org_id = p_org and c.id = t.conversation_id;
  with counted as (
    insert into public.usage_events (org_id, turn_id, call, provider, model, input_tokens, output_tokens,
      cache_read_tokens, cache_write_tokens, cost_micro_usd, first_token_ms, latency_ms, failure, price_version, channel)
    select p_org, t.id, t.attempt * 100 + u.call, u.provider, u.model, u.input_tokens, u.output_tokens,
           u.cache_read_tokens, u.cache_write_tokens, u.cost_micro_usd, u.first_token_ms, u.latency_ms, u.failure,
           coalesce(u.price_version, ''), v_channel
    from jsonb_to_recordset(p_calls) as u(call int, provider text, model text, input_tokens int, output_tokens int,
      cache_read_tokens int, cache_write_tokens int, cost_micro_usd bigint, first_token_ms int, latency_ms int,
      failure text, price_version text)
    on conflict do nothing returning cost_micro_usd, provider, failure)
  select coalesce(sum(cost_micro_usd), 0),
         coalesce(bool_or(provider not in ('rehearsal', 'curated') and (failure is null or cost_micro_usd > 0)), false)
  into v_cost, v_answered from counted;
  if t.mode = 'full' and v_answered then
    perform app.settle(p_org, app.month_of(p_org), 1, v_cost);
  end if;
end $$;

-- ---- opening ---------------------------------------------------------------------------------------------

-- A message and the turn that it begins. Each names the other, so only in one statement may either come first, and
-- ids are not the engine's to choose: this runs with more rights, in the organization that the session acts for.
create function app.first_message(p_conversation uuid, p_external text, p_text text, p_sent_at timestamptz,
  p_lease interval, p_state text, p_mode text) returns public.turns
language plpgsql security definer set search_path = '' as $$
declare
  v_org uuid := app.engine_org();
  t public.turns;
begin
  with said as (
    insert into public.messages (org_id, conversation_id, sender, body, external_id, sent_at, turn_id)
    values (v_org, p_conversation, 'visitor', p_text, p_external, p_sent_at, gen_random_uuid()) returning id, turn_id)
  insert into public.turns (id, org_id, conversation_id, message_id, lease_until, state, mode)
  select said.turn_id, v_org, p_conversation, said.id, clock_timestamp() + p_lease, p_state, p_mode
  from said returning * into t;
  return t;
end $$;

create or replace function app.turn_open(p_org uuid, p_visitor bytea, p_external text, p_text text, p_lease interval,
  p_quiet interval, p_cap interval, p_sent_at timestamptz, p_loop int, p_reserve bigint)
returns jsonb language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  t public.turns;
  q public.messages;
  v_busy boolean := false;  -- an earlier turn is still being answered
  v_joined boolean := false;
  v_mode text;  -- of a turn that begins with this message
begin
  perform set_config('app.org_id', p_org::text, true);
  -- The lock puts this conversation's writers in a line, so the same id twice is seen here.
  select v.* into c
  from public.conversations v
  join public.organizations o on o.id = v.org_id and o.status = 'active' and o.deleted_at is null
  where v.org_id = p_org and v.visitor_hash = p_visitor for update of v;
  if not found then return '{"state": "refused"}'; end if;
  select m.* into q from public.messages m
  where m.org_id = p_org and m.conversation_id = c.id and m.external_id = p_external and m.sender = 'visitor';
  if found then
    return app.turn_again(p_org, c, q, p_lease);
  end if;
  if c.status <> 'human' and (c.paused_until is null or c.paused_until < clock_timestamp())
     and coalesce(p_sent_at, now()) > now() - interval '24 hours' then
    select * into t from public.turns
    where org_id = p_org and conversation_id = c.id and state in ('gathering', 'running') and lease_until > clock_timestamp()
    order by state = 'gathering' desc, created_at desc limit 1 for update;
    v_busy := found;
    v_joined := found and t.state = 'gathering';
    if not v_joined then
      if app.loops(p_org, c, p_loop) then
        update public.conversations set paused_until = clock_timestamp() + interval '60 seconds'
        where org_id = p_org and id = c.id returning * into c;
        insert into public.alerts (org_id, kind, key, conversation_id)
        values (p_org, 'loop', c.id || to_char(now(), ':YYYY-MM-DD'), c.id) on conflict do nothing;
      else
        v_mode := app.allowance(p_org, c.id, p_reserve);
      end if;
    end if;
  end if;
  -- Most are there; what a turn finds out about its lead is noted when it closes.
  if not exists (select from public.leads l where l.org_id = p_org and l.contact_id = c.contact_id) then
    insert into public.leads (org_id, contact_id, conversation_id) values (p_org, c.contact_id, c.id)
    on conflict (org_id, contact_id) do nothing;
  end if;
  if v_mode is null then
    insert into public.messages (org_id, conversation_id, sender, body, external_id, sent_at, turn_id)
    values (p_org, c.id, 'visitor', p_text, p_external, p_sent_at, case when v_joined then t.id end) returning * into q;
    return jsonb_build_object('message_id', q.id, 'conversation_id', c.id,
      'country', (select o.country from public.organizations o where o.id = p_org)) || case
      when v_joined then jsonb_build_object('state', 'wait', 'turn_id', t.id)
      when c.status = 'human' then jsonb_build_object('state', 'handoff')
      else jsonb_build_object('state', 'kept',
        'why', case when c.paused_until > clock_timestamp() then 'paused' else 'old' end) end;
  end if;
  t := app.first_message(c.id, p_external, p_text, p_sent_at, p_lease,
    case when p_quiet > interval '0' then 'gathering' else 'running' end, v_mode);
  if c.status = 'closed' then
    update public.conversations set status = 'open' where org_id = p_org and id = c.id;
  end if;
  if v_busy or p_quiet > interval '0' then
    return app.turn_now(p_org, t, p_quiet, p_cap) || jsonb_build_object('message_id', t.message_id);
  end if;
  return app.turn_context(p_org, t.id);
end $$;

-- ---- closing ---------------------------------------------------------------------------------------------

-- What a visitor's message told about them. A detail that is known is not overwritten by a later one.
create or replace function app.note_lead(p_org uuid, p_conversation uuid, p_lead jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  k uuid := (select contact_id from public.conversations where org_id = p_org and id = p_conversation);
  v_reasons text[] := array(select jsonb_array_elements_text(coalesce(p_lead -> 'reasons', '[]')));
begin
  if p_lead ?| array['name', 'email', 'phone'] then
    update public.contacts
    set name = coalesce(name, p_lead ->> 'name'), email = coalesce(email, p_lead ->> 'email'),
        phone = coalesce(phone, p_lead ->> 'phone')
    where org_id = p_org and id = k;
  end if;
  update public.leads l
  set score = greatest(l.score, least(100, coalesce((p_lead ->> 'score')::int, 0))),
      reasons = case when l.reasons @> v_reasons then l.reasons
                else array(select distinct r from unnest(l.reasons || v_reasons) r order by r) end,
      last_message_at = now()
  where l.org_id = p_org and l.contact_id = k;
end $$;

-- As before, with less asked twice.
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

create or replace function app.audit_append(p_org uuid, p_action text, p_entity text, p_id text, p_detail jsonb)
returns void language plpgsql security definer set search_path = '' as $$
declare
  head app.audit_heads;
  r public.audit_log;
begin
  -- The organization is being purged: its chain goes with it.
  if not exists (select from public.organizations where id = p_org) then return; end if;
  select * into head from app.audit_heads where org_id = p_org for update;
  if not found then
    insert into app.audit_heads values (p_org, 0, '\x00') on conflict do nothing;
    select * into head from app.audit_heads where org_id = p_org for update;
  end if;
  r.org_id := p_org;
  r.seq := head.seq + 1;
  r.at := clock_timestamp();
  r.actor_id := auth.uid();
  r.imp_session := app.imp_session();
  r.actor_kind := case
    when r.imp_session is not null then 'impersonation'
    when r.actor_id is not null then 'user'
    when app.engine_org() is not null and session_user = 'vulkn_engine' then 'engine'
    else 'system' end;
  r.action := p_action;
  r.entity := p_entity;
  r.entity_id := p_id;
  r.detail := coalesce(p_detail, '{}');
  r.prev_hash := head.hash;
  r.hash := app.audit_hash(head.hash, r);
  insert into public.audit_log values (r.*);
  update app.audit_heads set seq = r.seq, hash = r.hash where org_id = p_org;
end $$;

-- As before; a reminder is a word that nobody asked for too, so an open chat is told of it.
create or replace function app.visible_messages(p_org uuid, p_conversation uuid, p_after uuid, p_limit int)
returns jsonb language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(m) order by m.seq), '[]')
  from (
    select m.id, m.seq, m.sender, m.body as text, m.language, m.sources, m.rating, m.created_at,
           coalesce(m.sender = 'human' and m.external_id like 'notice:%'
                    or m.sender = 'agent' and m.external_id like 'reminder:%', false) as notice
    from public.messages m
    where m.org_id = p_org and m.conversation_id = p_conversation
      and m.seq > coalesce((select a.seq from public.messages a
                            where a.org_id = p_org and a.conversation_id = p_conversation and a.id = p_after), 0)
    order by m.seq desc limit p_limit
  ) m
$$;

select app.close_functions();
grant execute on function
  app.allowance(uuid, uuid, bigint),
  app.first_message(uuid, text, text, timestamptz, interval, text, text) to vulkn_engine;
