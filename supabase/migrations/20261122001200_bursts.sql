-- A turn answers a burst: the messages that came in a row. It gathers them, waits until the turn before it in
-- the conversation is over, and then runs; on a channel that does not stream, a message that comes while the
-- answer is made supersedes it. Limits are reserved when a turn opens and settled when it closes.
set local lock_timeout = '5s';

alter table public.turns drop constraint turns_state_check;
-- Under its conversation's lock, so later turns have later times; now() is when the transaction began.
alter table public.turns alter column created_at set default clock_timestamp();
alter table public.turns
  add constraint turns_state_check check (state in ('gathering', 'running', 'done', 'superseded')),
  -- limited: over a limit, so no model is asked
  add column mode text not null default 'full' check (mode in ('full', 'limited')),
  -- the tools that were called: name, milliseconds, how it ended
  add column trace jsonb not null default '[]';
drop index public.turns_stale;
create index turns_open on public.turns (lease_until) where state in ('gathering', 'running');
create index turns_open_here on public.turns (org_id, conversation_id, created_at) where state in ('gathering', 'running');

alter table public.messages
  add column turn_id uuid,
  -- when the sender's side says it was sent; webhooks can bring a message days late
  add column sent_at timestamptz,
  -- every price, date, hour, phone, address and link of an answer, with what it stands on
  add column figures jsonb not null default '[]',
  add foreign key (org_id, turn_id) references public.turns (org_id, id) on delete set null (turn_id);
create index messages_turn on public.messages (org_id, turn_id);
update public.messages m set turn_id = t.id from public.turns t where t.org_id = m.org_id and t.message_id = m.id;

-- The message that began a turn belongs to it.
create function app.first_of_burst() returns trigger
language plpgsql set search_path = '' as $$
begin
  update public.messages set turn_id = new.id where org_id = new.org_id and id = new.message_id;
  return null;
end $$;
create trigger first_of_burst after insert on public.turns for each row execute function app.first_of_burst();

alter table public.usage_events
  add column price_version text not null default '',
  add column channel text not null default 'web' check (channel in ('web', 'whatsapp', 'playground'));

grant insert (turn_id, sent_at, figures), update (turn_id) on public.messages to vulkn_engine;
grant insert (state, mode), update (mode, trace) on public.turns to vulkn_engine;
grant insert (price_version, channel) on public.usage_events to vulkn_engine;

-- ---- an agent may not talk where a person does ----------------------------------------------------------

-- As before, and: once a person has the conversation, no answer of the agent gets in, however early it began.
create or replace function app.number_message() returns trigger
language plpgsql security definer set search_path = '' as $$
declare v_status text;
begin
  update public.conversations c
  set last_seq = c.last_seq + 1,
      last_message_at = now(),
      last_text = left(new.body, 160),
      last_sender = new.sender,
      unread = case new.sender when 'visitor' then c.unread + 1 when 'human' then 0 else c.unread end
  where c.org_id = new.org_id and c.id = new.conversation_id
  returning c.last_seq, c.status into new.seq, v_status;
  if new.sender = 'agent' and v_status = 'human' then
    raise exception 'a person answers here' using errcode = 'VK001';
  end if;
  -- `on conflict do nothing` would keep the number and drop the message: the gap would never close.
  if new.external_id is not null and exists (
    select from public.messages m
    where m.org_id = new.org_id and m.conversation_id = new.conversation_id and m.external_id = new.external_id
  ) then
    raise exception 'this message is there already' using errcode = '23505';
  end if;
  return new;
end $$;

-- ---- limits ---------------------------------------------------------------------------------------------

-- Whether one more turn may ask a model. Turns that are open are counted as used until they close or their
-- lease ends, so a crash gives its reservation back. p_reserve: what one turn is taken to cost.
create function app.allowance(p_org uuid, p_month date, p_reserve bigint) returns text
language plpgsql set search_path = '' as $$
declare
  p app.plans;
  u public.usage_months;
  waiting int;
begin
  p := app.plan_of(p_org);
  if p.monthly_turns is null and p.monthly_micro_usd is null then return 'full'; end if;
  insert into public.usage_months (org_id, month) values (p_org, p_month) on conflict do nothing;
  select * into u from public.usage_months where org_id = p_org and month = p_month for update;
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
create function app.settle(p_org uuid, p_month date, p_turns int, p_cost bigint) returns void
language plpgsql set search_path = '' as $$
declare
  p app.plans;
  u public.usage_months;
  before numeric;
  after numeric;
begin
  insert into public.usage_months as m (org_id, month) values (p_org, p_month) on conflict do nothing;
  update public.usage_months set turns = turns + p_turns, cost_micro_usd = cost_micro_usd + p_cost
  where org_id = p_org and month = p_month returning * into u;
  p := app.plan_of(p_org);
  after := greatest(u.turns::numeric / p.monthly_turns, u.cost_micro_usd::numeric / p.monthly_micro_usd);
  before := greatest((u.turns - p_turns)::numeric / p.monthly_turns,
                     (u.cost_micro_usd - p_cost)::numeric / p.monthly_micro_usd);
  insert into public.alerts (org_id, kind, key, detail)
  select p_org, 'limit', to_char(p_month, 'YYYY-MM') || ':' || bar, jsonb_build_object('percent', bar)
  from unnest(array[50, 80, 100]) bar where before * 100 < bar and after * 100 >= bar
  on conflict do nothing;
end $$;

create function app.month_of(p_org uuid) returns date
language sql stable set search_path = '' as
$$ select date_trunc('month', now() at time zone o.timezone)::date from public.organizations o where o.id = p_org $$;

-- ---- opening ---------------------------------------------------------------------------------------------

drop function app.turn_open(uuid, bytea, text, text, interval);
drop function app.turn_resume(uuid, uuid, int, interval);
drop function app.turn_close(uuid, uuid, int, text, text, jsonb, text, int, int, jsonb, jsonb);
drop function app.turn_context(uuid, uuid);
drop function app.claim_stale_turns(int, interval, int);

-- What the engine needs to answer: the burst, the conversation before it and the brain's version.
create function app.turn_context(p_org uuid, p_turn uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'state', 'run', 'turn_id', t.id, 'attempt', t.attempt, 'message_id', t.message_id, 'mode', t.mode,
    'conversation_id', c.id, 'contact_id', c.contact_id, 'channel', h.kind, 'language', c.language,
    'burst', b.texts,
    'memory', coalesce((select jsonb_object_agg(k.skill, k.state) from public.skill_states k
      where k.org_id = p_org and k.contact_id = c.contact_id and k.expires_at > now()), '{}'),
    'brain', coalesce((select v.version from app.brain_versions v where v.org_id = p_org), 0),
    'history', coalesce((
      select jsonb_agg(jsonb_build_array(h.sender, h.body) order by h.seq)
      from (
        select m.sender, m.body, m.seq from public.messages m
        -- An answer that was being written when this burst began is newer than it and belongs to it all the same.
        where m.org_id = p_org and m.conversation_id = c.id and m.turn_id is distinct from t.id
          and (m.seq < b.first_seq or m.sender <> 'visitor')
        order by m.seq desc limit 20
      ) h), '[]'))
  from public.turns t
  join public.conversations c on c.org_id = p_org and c.id = t.conversation_id
  join public.channels h on h.org_id = p_org and h.id = c.channel_id
  cross join lateral (
    select jsonb_agg(m.body order by m.seq) as texts, min(m.seq) as first_seq
    from public.messages m where m.org_id = p_org and m.turn_id = t.id and m.sender = 'visitor'
  ) b
  where t.org_id = p_org and t.id = p_turn
$$;

-- Whether this turn may run now; otherwise how many milliseconds until it is worth asking again. It waits for a
-- burst to go on (p_quiet since its last message, p_cap since its first) and for the turn before it.
create function app.turn_pause(p_org uuid, t public.turns, p_quiet interval, p_cap interval) returns int
language sql stable set search_path = '' as $$
  select case
    when exists (select from public.turns e
      where e.org_id = p_org and e.conversation_id = t.conversation_id and e.id <> t.id
        and e.state in ('gathering', 'running') and e.created_at < t.created_at and e.lease_until > clock_timestamp()) then 100
    when t.state = 'running' then 0
    else greatest(0, ceil(1000 * extract(epoch from least(
      t.created_at + p_cap,
      (select max(m.created_at) from public.messages m where m.org_id = p_org and m.turn_id = t.id) + p_quiet
    ) - clock_timestamp())))::int
  end
$$;

-- state: 'refused' (no such visitor), 'done' (answered before: replay), 'wait' (another call answers it: its
-- turn), 'gather' (it may go on in `pause_ms`: ask turn_begin), 'handoff' (a person answers here), 'kept'
-- (stored and not answered: `why` is old or paused), 'run' (with everything turn_context says).
-- p_loop: so many messages in a minute are a machine's.
create function app.turn_open(p_org uuid, p_visitor bytea, p_external text, p_text text, p_lease interval,
  p_quiet interval, p_cap interval, p_sent_at timestamptz, p_loop int, p_reserve bigint)
returns jsonb language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  t public.turns;
  q public.messages;
  joined boolean := false;
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
  if q.id is not null then
    return app.turn_again(p_org, c, q, p_lease);
  end if;
  if c.status <> 'human' and (c.paused_until is null or c.paused_until < clock_timestamp())
     and coalesce(p_sent_at, now()) > now() - interval '24 hours' then
    select * into t from public.turns
    where org_id = p_org and conversation_id = c.id and state = 'gathering' and lease_until > clock_timestamp()
    order by created_at desc limit 1 for update;
    joined := found;
    if not joined then
      if app.loops(p_org, c, p_loop) then
        update public.conversations set paused_until = clock_timestamp() + interval '60 seconds'
        where org_id = p_org and id = c.id returning * into c;
        insert into public.alerts (org_id, kind, key, conversation_id)
        values (p_org, 'loop', c.id || to_char(now(), ':YYYY-MM-DD'), c.id) on conflict do nothing;
      else
        v_mode := case when c.day = current_date and c.day_turns >= (app.plan_of(p_org)).daily_visitor_turns
                       then 'limited' else app.allowance(p_org, app.month_of(p_org), p_reserve) end;
      end if;
    end if;
  end if;
  insert into public.messages (org_id, conversation_id, sender, body, external_id, sent_at)
  values (p_org, c.id, 'visitor', p_text, p_external, p_sent_at) returning * into q;
  insert into public.leads (org_id, contact_id, conversation_id) values (p_org, c.contact_id, c.id)
  on conflict (org_id, contact_id) do update set last_message_at = now();
  if v_mode is null and not joined then
    return jsonb_build_object('state', case when c.status = 'human' then 'handoff' else 'kept' end,
      'why', case when c.paused_until > clock_timestamp() then 'paused' else 'old' end,
      'message_id', q.id, 'conversation_id', c.id);
  end if;
  if not joined then
    insert into public.turns (org_id, conversation_id, message_id, lease_until, state, mode)
    values (p_org, c.id, q.id, clock_timestamp() + p_lease,
            case when p_quiet > interval '0' then 'gathering' else 'running' end, v_mode) returning * into t;
    update public.conversations
    set day = current_date, day_turns = case when day = current_date then day_turns else 0 end + 1,
        status = case status when 'closed' then 'open' else status end
    where org_id = p_org and id = c.id;
  end if;
  if joined then
    update public.messages set turn_id = t.id where org_id = p_org and id = q.id;
    return jsonb_build_object('state', 'wait', 'message_id', q.id, 'turn_id', t.id, 'conversation_id', c.id);
  end if;
  return app.turn_now(p_org, t, p_quiet, p_cap) || jsonb_build_object('message_id', q.id);
end $$;

-- The turn's context if it may run, else when to ask again.
create function app.turn_now(p_org uuid, t public.turns, p_quiet interval, p_cap interval) returns jsonb
language plpgsql set search_path = '' as $$
declare pause int := app.turn_pause(p_org, t, p_quiet, p_cap);
begin
  if pause > 0 then
    return jsonb_build_object('state', 'gather', 'pause_ms', pause, 'turn_id', t.id, 'attempt', t.attempt,
      'conversation_id', t.conversation_id);
  end if;
  if t.state = 'gathering' then
    update public.turns set state = 'running' where org_id = p_org and id = t.id;
  end if;
  return app.turn_context(p_org, t.id);
end $$;

create function app.loops(p_org uuid, c public.conversations, p_loop int) returns boolean
language sql stable set search_path = '' as $$
  select count(*) >= p_loop from public.messages m
  where m.org_id = p_org and m.conversation_id = c.id and m.seq > c.last_seq - 2 * p_loop
    and m.sender = 'visitor' and m.created_at > now() - interval '60 seconds'
$$;

-- A message that is there already.
create function app.turn_again(p_org uuid, c public.conversations, q public.messages, p_lease interval)
returns jsonb language plpgsql set search_path = '' as $$
declare t public.turns;
begin
  if q.turn_id is null then
    return jsonb_build_object('state', case when c.status = 'human' then 'handoff' else 'kept' end, 'why', 'old',
      'message_id', q.id, 'conversation_id', c.id);
  end if;
  select * into t from public.turns where org_id = p_org and id = q.turn_id for update;
  if t.state = 'done' then
    return app.turn_answer(p_org, t.id) || jsonb_build_object('message_id', q.id);
  end if;
  if t.lease_until > clock_timestamp() then
    return jsonb_build_object('state', 'wait', 'message_id', q.id, 'turn_id', t.id, 'conversation_id', c.id);
  end if;
  update public.turns set attempt = attempt + 1, lease_until = clock_timestamp() + p_lease, state = 'running'
  where org_id = p_org and id = t.id;
  return app.turn_context(p_org, t.id) || jsonb_build_object('message_id', q.id);
end $$;

-- Asked by whoever holds the turn, when its pause is over or its lane is free. Renews the lease. state: 'run',
-- 'gather', 'done' (answered meanwhile), 'lost' (another process has it), 'handoff' (a person took over).
create function app.turn_begin(p_org uuid, p_turn uuid, p_attempt int, p_lease interval, p_quiet interval,
  p_cap interval) returns jsonb language plpgsql set search_path = '' as $$
declare
  t public.turns;
begin
  perform set_config('app.org_id', p_org::text, true);
  -- Conversation first, then turn, as everywhere: the other order is a deadlock.
  perform 1 from public.conversations c
  join public.turns w on w.org_id = p_org and w.id = p_turn and w.conversation_id = c.id
  where c.org_id = p_org for update of c;
  select * into t from public.turns where org_id = p_org and id = p_turn for update;
  if t.state = 'done' then return app.turn_answer(p_org, p_turn); end if;
  if t.id is null or t.attempt <> p_attempt or t.state = 'superseded' then return '{"state": "lost"}'; end if;
  update public.turns set lease_until = clock_timestamp() + p_lease where org_id = p_org and id = p_turn;
  return app.turn_now(p_org, t, p_quiet, p_cap);
end $$;

-- Turns whose process died before it could answer: taken over, a few at a time, by whoever asks first.
create function app.claim_stale_turns(p_limit int, p_lease interval, p_attempts int)
returns table (org_id uuid, turn_id uuid, attempt int)
language sql volatile security definer set search_path = '' as $$
  update public.turns t
  set attempt = t.attempt + 1, lease_until = clock_timestamp() + p_lease, state = 'running'
  where t.id in (
    select s.id from public.turns s
    where s.state in ('gathering', 'running') and s.lease_until < clock_timestamp() and s.attempt < p_attempts
    order by s.lease_until for update skip locked limit least(p_limit, 100))
  returning t.org_id, t.id, t.attempt
$$;

-- ---- closing ---------------------------------------------------------------------------------------------

-- Stores the answer and all that belongs to it, once: a second call, or one from an attempt that lost its lease,
-- changes nothing and returns what is stored. `stored`: this call did. `state`: done, 'superseded' (the
-- customer wrote meanwhile and nothing was shown: the next turn answers both), 'handoff' (a person took over
-- meanwhile: the answer is dropped), 'lost'.
-- p_draft: text, language, sources, figures, outcome, first_token_ms, latency_ms, calls, lead, trace, handoff
-- {reason, summary}, alert {kind, key, detail}; deliver: what the outbox is to send, for a channel that does
-- not stream.
create function app.turn_close(p_org uuid, p_turn uuid, p_attempt int, p_draft jsonb)
returns jsonb language plpgsql set search_path = '' as $$
declare
  t public.turns;
  a public.messages;
  c public.conversations;
  v_next uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  select v.* into c from public.conversations v
  join public.turns w on w.org_id = p_org and w.id = p_turn and w.conversation_id = v.id
  where v.org_id = p_org for update of v;
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
  update public.conversations set language = p_draft ->> 'language'
  where org_id = p_org and id = c.id and language is distinct from p_draft ->> 'language';
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

-- What the calls of a turn cost, once each, and the organization's month.
create function app.count_calls(p_org uuid, t public.turns, p_calls jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  v_channel text;
  v_cost bigint;
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
    on conflict do nothing returning cost_micro_usd)
  select coalesce(sum(cost_micro_usd), 0) into v_cost from counted;
  if t.mode = 'full' then
    perform app.settle(p_org, app.month_of(p_org), 1, v_cost);
  end if;
end $$;

create function app.hand_over(p_org uuid, p_conversation uuid, p_reason text, p_summary text) returns void
language plpgsql set search_path = '' as $$
begin
  update public.conversations
  set status = 'human', handoff_reason = p_reason, handoff_summary = left(p_summary, 2000)
  where org_id = p_org and id = p_conversation;
  insert into public.alerts (org_id, kind, key, conversation_id, detail)
  values (p_org, 'handoff', p_conversation || to_char(clock_timestamp(), ':YYYYMMDDHH24MISS'), p_conversation,
          jsonb_build_object('reason', p_reason)) on conflict do nothing;
end $$;

create or replace function app.turn_answer(p_org uuid, p_turn uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('state', case when m.id is null then 'handoff' else 'done' end,
    'message_id', t.message_id, 'conversation_id', t.conversation_id, 'latency_ms', t.latency_ms,
    'id', m.id, 'text', m.body, 'sources', m.sources, 'figures', m.figures, 'language', m.language)
  from public.turns t
  left join public.messages m on m.org_id = p_org and m.id = t.answer_id
  where t.org_id = p_org and t.id = p_turn and t.state = 'done'
$$;

select app.close_functions();
grant execute on function
  app.allowance(uuid, date, bigint), app.settle(uuid, date, int, bigint), app.month_of(uuid),
  app.turn_context(uuid, uuid), app.turn_pause(uuid, public.turns, interval, interval),
  app.turn_open(uuid, bytea, text, text, interval, interval, interval, timestamptz, int, bigint),
  app.turn_now(uuid, public.turns, interval, interval), app.loops(uuid, public.conversations, int),
  app.turn_again(uuid, public.conversations, public.messages, interval),
  app.turn_begin(uuid, uuid, int, interval, interval, interval), app.claim_stale_turns(int, interval, int),
  app.turn_close(uuid, uuid, int, jsonb), app.count_calls(uuid, public.turns, jsonb),
  app.hand_over(uuid, uuid, text, text) to vulkn_engine;
