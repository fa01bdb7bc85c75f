-- One turn is two round trips: turn_open before the model, turn_close after it. Both run with the
-- engine's own rights (security invoker), so row level security binds every statement in them.
set local lock_timeout = '5s';

-- The visitor's conversation, made at the first look into the panel.
create function app.widget_session(p_org uuid, p_channel uuid, p_visitor bytea, p_locale text, p_page text)
returns jsonb language plpgsql set search_path = '' as $$
declare
  c uuid;
  k uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  select id into c from public.conversations where org_id = p_org and visitor_hash = p_visitor;
  if c is null then
    begin
      insert into public.contacts (org_id) values (p_org) returning id into k;
      insert into public.conversations (org_id, channel_id, contact_id, page, visitor_hash, language)
      values (p_org, p_channel, k, left(p_page, 500), p_visitor, p_locale) returning id into c;
    exception when unique_violation then
      -- The same visitor opened the panel twice at once: the block's contact is gone with it.
      select id into c from public.conversations where org_id = p_org and visitor_hash = p_visitor;
    end;
  end if;
  return jsonb_build_object('conversation_id', c, 'messages', app.visible_messages(p_org, c, null, 200));
end $$;

-- The newest p_limit messages after p_after, oldest first, as the widget shows them.
create function app.visible_messages(p_org uuid, p_conversation uuid, p_after uuid, p_limit int)
returns jsonb language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(m) order by m.seq), '[]')
  from (
    select m.id, m.seq, m.sender, m.body as text, m.language, m.sources, m.rating, m.created_at
    from public.messages m
    where m.org_id = p_org and m.conversation_id = p_conversation
      and m.seq > coalesce((select a.seq from public.messages a
                            where a.org_id = p_org and a.conversation_id = p_conversation and a.id = p_after), 0)
    order by m.seq desc limit p_limit
  ) m
$$;

create function app.visitor_messages(p_org uuid, p_visitor bytea, p_after uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare c public.conversations;
begin
  perform set_config('app.org_id', p_org::text, true);
  select * into c from public.conversations where org_id = p_org and visitor_hash = p_visitor;
  if not found then return null; end if;
  return jsonb_build_object('conversation_id', c.id, 'status', c.status,
    'messages', app.visible_messages(p_org, c.id, p_after, 200));
end $$;

-- What the engine needs to answer one message: the conversation so far and the brain's version.
create function app.turn_context(p_org uuid, p_turn uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'state', 'run', 'turn_id', t.id, 'attempt', t.attempt, 'message_id', t.message_id,
    'conversation_id', c.id, 'text', q.body, 'language', c.language,
    'brain', coalesce((select b.version from app.brain_versions b where b.org_id = p_org), 0),
    'history', coalesce((
      select jsonb_agg(jsonb_build_array(h.sender, h.body) order by h.seq)
      from (
        select m.sender, m.body, m.seq from public.messages m
        where m.org_id = p_org and m.conversation_id = c.id and m.seq < q.seq
        order by m.seq desc limit 20
      ) h), '[]'))
  from public.turns t
  join public.conversations c on c.org_id = p_org and c.id = t.conversation_id
  join public.messages q on q.org_id = p_org and q.id = t.message_id
  where t.org_id = p_org and t.id = p_turn
$$;

-- state: 'refused' (no such visitor), 'done' (answered before: replay), 'wait' (being answered now),
-- 'handoff' (a person answers here), 'run' (with everything turn_context says).
create function app.turn_open(p_org uuid, p_visitor bytea, p_external text, p_text text, p_lease interval)
returns jsonb language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  t public.turns;
  q uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  -- The lock puts this conversation's writers in a line, so the same id twice is seen here.
  select v.* into c
  from public.conversations v
  join public.organizations o on o.id = v.org_id and o.status = 'active' and o.deleted_at is null
  where v.org_id = p_org and v.visitor_hash = p_visitor for update of v;
  if not found then return '{"state": "refused"}'; end if;
  select m.id into q from public.messages m
  where m.org_id = p_org and m.conversation_id = c.id and m.external_id = p_external and m.sender = 'visitor';
  if q is null then
    insert into public.messages (org_id, conversation_id, sender, body, external_id)
    values (p_org, c.id, 'visitor', p_text, p_external) returning id into q;
    insert into public.leads (org_id, contact_id, conversation_id) values (p_org, c.contact_id, c.id)
    on conflict (org_id, contact_id) do update set last_message_at = now();
    if c.status = 'closed' then
      update public.conversations set status = 'open' where org_id = p_org and id = c.id;
    end if;
    if c.status <> 'human' then
      insert into public.turns (org_id, conversation_id, message_id, lease_until)
      values (p_org, c.id, q, clock_timestamp() + p_lease) returning * into t;
    end if;
  else
    select * into t from public.turns where org_id = p_org and message_id = q for update;
    if t.state = 'done' then
      return jsonb_build_object('state', 'done', 'message_id', q, 'conversation_id', c.id, 'latency_ms', t.latency_ms,
        'answer', (select jsonb_build_object('id', m.id, 'text', m.body, 'sources', m.sources, 'language', m.language)
                   from public.messages m where m.org_id = p_org and m.id = t.answer_id));
    end if;
    if t.lease_until > clock_timestamp() then
      return jsonb_build_object('state', 'wait', 'message_id', q, 'turn_id', t.id, 'conversation_id', c.id);
    end if;
    if t.id is not null then
      update public.turns set attempt = attempt + 1, lease_until = clock_timestamp() + p_lease
      where org_id = p_org and id = t.id;
    end if;
  end if;
  if t.id is null then
    return jsonb_build_object('state', 'handoff', 'message_id', q, 'conversation_id', c.id);
  end if;
  return app.turn_context(p_org, t.id);
end $$;

-- Stores the answer and all that belongs to it, once: a second call, or one from an attempt that lost
-- its lease, changes nothing and returns what is stored. p_calls: one object a model call.
create function app.turn_close(p_org uuid, p_turn uuid, p_attempt int, p_text text, p_language text,
  p_sources jsonb, p_outcome text, p_first_token_ms int, p_latency_ms int, p_calls jsonb, p_lead jsonb)
returns jsonb language plpgsql set search_path = '' as $$
declare
  t public.turns;
  a public.messages;
begin
  perform set_config('app.org_id', p_org::text, true);
  -- Conversation first, then turn, as turn_open locks them: the other order is a deadlock.
  perform 1 from public.conversations c
  join public.turns w on w.org_id = p_org and w.id = p_turn and w.conversation_id = c.id
  where c.org_id = p_org for update of c;
  select * into t from public.turns where org_id = p_org and id = p_turn for update;
  -- Not found: a person deleted the conversation while the model was talking.
  if not found or t.state = 'done' or t.attempt <> p_attempt then
    select * into a from public.messages where org_id = p_org and id = t.answer_id;
    return jsonb_build_object('stored', false, 'id', a.id, 'text', a.body, 'sources', a.sources, 'language', a.language);
  end if;
  insert into public.messages (org_id, conversation_id, sender, body, language, sources)
  values (p_org, t.conversation_id, 'agent', p_text, p_language, p_sources) returning * into a;
  insert into public.usage_events (org_id, turn_id, call, provider, model, input_tokens, output_tokens,
    cache_read_tokens, cache_write_tokens, cost_micro_usd, first_token_ms, latency_ms, failure)
  select p_org, t.id, t.attempt * 100 + u.call, u.provider, u.model, u.input_tokens, u.output_tokens,
         u.cache_read_tokens, u.cache_write_tokens, u.cost_micro_usd, u.first_token_ms, u.latency_ms, u.failure
  from jsonb_to_recordset(p_calls) as u(call int, provider text, model text, input_tokens int, output_tokens int,
    cache_read_tokens int, cache_write_tokens int, cost_micro_usd bigint, first_token_ms int, latency_ms int, failure text);
  update public.conversations set language = p_language
  where org_id = p_org and id = t.conversation_id and language is distinct from p_language;
  perform app.note_lead(p_org, t.conversation_id, p_lead);
  update public.turns
  set state = 'done', outcome = p_outcome, answer_id = a.id, first_token_ms = p_first_token_ms,
      latency_ms = p_latency_ms, finished_at = clock_timestamp()
  where org_id = p_org and id = t.id;
  return jsonb_build_object('stored', true, 'id', a.id, 'text', a.body, 'sources', a.sources, 'language', a.language);
end $$;

-- What a visitor's message told about them. A detail that is known is not overwritten by a later one.
create function app.note_lead(p_org uuid, p_conversation uuid, p_lead jsonb) returns void
language plpgsql set search_path = '' as $$
declare k uuid;
begin
  select contact_id into k from public.conversations where org_id = p_org and id = p_conversation;
  if p_lead ?| array['name', 'email', 'phone'] then
    update public.contacts
    set name = coalesce(name, p_lead ->> 'name'), email = coalesce(email, p_lead ->> 'email'),
        phone = coalesce(phone, p_lead ->> 'phone')
    where org_id = p_org and id = k;
  end if;
  update public.leads l
  set score = greatest(l.score, least(100, coalesce((p_lead ->> 'score')::int, 0))),
      reasons = array(select distinct r from unnest(l.reasons || array(
        select jsonb_array_elements_text(coalesce(p_lead -> 'reasons', '[]')))) r order by r),
      last_message_at = now()
  where l.org_id = p_org and l.contact_id = k;
end $$;

-- The same for a message that no turn answers, because a person does.
create function app.lead_heard(p_org uuid, p_conversation uuid, p_lead jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  perform app.note_lead(p_org, p_conversation, p_lead);
end $$;

-- Turns whose process died before it could answer: taken over, a few at a time, by whoever asks first.
create function app.claim_stale_turns(p_limit int, p_lease interval)
returns table (org_id uuid, turn_id uuid)
language sql volatile security definer set search_path = '' as $$
  update public.turns t
  set attempt = t.attempt + 1, lease_until = clock_timestamp() + p_lease
  where t.id in (
    select s.id from public.turns s
    where s.state = 'running' and s.lease_until < clock_timestamp()
    order by s.lease_until for update skip locked limit least(p_limit, 100))
  returning t.org_id, t.id
$$;

create function app.turn_resume(p_org uuid, p_turn uuid) returns jsonb
language plpgsql set search_path = '' as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  return app.turn_context(p_org, p_turn);
end $$;

-- A thumb for one of this visitor's own answers.
create function app.rate_answer(p_org uuid, p_visitor bytea, p_message uuid, p_rating smallint, p_comment text)
returns boolean language plpgsql set search_path = '' as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  update public.messages m set rating = p_rating, rating_comment = p_comment
  from public.conversations c
  where m.org_id = p_org and m.id = p_message and m.sender = 'agent'
    and c.org_id = p_org and c.id = m.conversation_id and c.visitor_hash = p_visitor;
  return found;
end $$;

select app.close_functions();
grant execute on function
  app.widget_session(uuid, uuid, bytea, text, text), app.visible_messages(uuid, uuid, uuid, int),
  app.visitor_messages(uuid, bytea, uuid), app.turn_context(uuid, uuid),
  app.turn_open(uuid, bytea, text, text, interval),
  app.turn_close(uuid, uuid, int, text, text, jsonb, text, int, int, jsonb, jsonb),
  app.note_lead(uuid, uuid, jsonb), app.lead_heard(uuid, uuid, jsonb), app.claim_stale_turns(int, interval), app.turn_resume(uuid, uuid),
  app.rate_answer(uuid, bytea, uuid, smallint, text) to vulkn_engine;
