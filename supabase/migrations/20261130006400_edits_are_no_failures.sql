-- A customer who edits while the answer is made has it made anew; that is no failure of the turn and costs it no try.
set local lock_timeout = '5s';

-- Attempts that an edit ended.
alter table public.turns add column edits int not null default 0;
grant update (edits) on public.turns to vulkn_engine;

-- As before, and `tries`: the attempts that count.
create or replace function app.turn_context(p_org uuid, p_turn uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'state', 'run', 'turn_id', t.id, 'attempt', t.attempt, 'tries', t.attempt - t.edits, 'message_id', t.message_id, 'mode', t.mode,
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

-- As before; edits are not counted.
create or replace function app.claim_stale_turns(p_limit int, p_lease interval, p_attempts int)
returns table (org_id uuid, turn_id uuid, attempt int)
language sql volatile security definer set search_path = '' as $$
  update public.turns t
  set attempt = t.attempt + 1, lease_until = clock_timestamp() + p_lease, state = 'running'
  where t.id in (
    select s.id from public.turns s
    where s.state in ('gathering', 'running') and s.lease_until < clock_timestamp() and s.attempt - s.edits < p_attempts
    order by s.lease_until for update skip locked limit least(p_limit, 100))
  returning t.org_id, t.id, t.attempt
$$;

drop function app.count_lost(uuid, uuid, int, text, jsonb);
-- As before. Whether the turn is still there: another attempt has it.
create function app.count_lost(p_org uuid, p_turn uuid, p_attempt int, p_channel text, p_calls jsonb) returns boolean
language plpgsql set search_path = '' as $$
declare v_cost bigint;
begin
  perform set_config('app.org_id', p_org::text, true);
  with counted as (
    insert into public.usage_events (org_id, turn_id, call, provider, model, input_tokens, output_tokens,
      cache_read_tokens, cache_write_tokens, cost_micro_usd, first_token_ms, latency_ms, failure, price_version, channel)
    select p_org, (select t.id from public.turns t where t.org_id = p_org and t.id = p_turn), p_attempt * 100 + u.call,
           u.provider, u.model, u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_tokens,
           u.cost_micro_usd, u.first_token_ms, u.latency_ms, u.failure, coalesce(u.price_version, ''), p_channel
    from jsonb_to_recordset(p_calls) as u(call int, provider text, model text, input_tokens int, output_tokens int,
      cache_read_tokens int, cache_write_tokens int, cost_micro_usd bigint, first_token_ms int, latency_ms int,
      failure text, price_version text)
    on conflict do nothing returning cost_micro_usd)
  select coalesce(sum(cost_micro_usd), 0) into v_cost from counted;
  perform app.settle(p_org, app.month_of(p_org), 0, v_cost);
  return exists (select from public.turns t where t.org_id = p_org and t.id = p_turn);
end $$;

drop function app.whatsapp_changed(uuid, uuid, text, text, text, timestamptz);
-- As before; a turn that runs is the caller's from now on, under the attempt that is returned. A caption that was edited
-- is the caption.
create function app.whatsapp_changed(p_org uuid, p_conversation uuid, p_wamid text, p_text text, p_mark text, p_at timestamptz,
  p_lease interval)
returns jsonb language plpgsql set search_path = '' as $$
declare
  m public.messages;
  t public.turns;
begin
  perform set_config('app.org_id', p_org::text, true);
  perform 1 from public.conversations where org_id = p_org and id = p_conversation for update;
  update public.messages
  set body = coalesce(p_text, p_mark), edited_at = case when p_text is null then edited_at else p_at end,
      revoked_at = case when p_text is null then p_at else revoked_at end,
      content = case when p_text is null then '{}'
                     when content ? 'caption' then (content - 'text') || jsonb_build_object('caption', p_text)
                     else content - 'text' end
  where org_id = p_org and conversation_id = p_conversation and external_id = p_wamid and sender = 'visitor'
    and revoked_at is null and (p_text is null or edited_at is null or edited_at < p_at)
  returning * into m;
  if m.id is null then return '{"found": false}'; end if;
  update public.conversations set last_text = left(m.body, 160)
  where org_id = p_org and id = p_conversation and last_seq = m.seq;
  if p_text is null then
    delete from public.message_attachments where org_id = p_org and message_id = m.id;
  end if;
  select * into t from public.turns
  where org_id = p_org and id = m.turn_id and state in ('gathering', 'running') for update;
  if t.id is null then return '{"found": true}'; end if;
  if not exists (select from public.messages x where x.org_id = p_org and x.turn_id = t.id and x.sender = 'visitor'
                 and x.revoked_at is null) then
    update public.turns set state = 'superseded', finished_at = clock_timestamp() where org_id = p_org and id = t.id;
    -- told again, such a message is one that nobody answers; whoever waits for the turn hears it
    update public.messages set turn_id = null where org_id = p_org and turn_id = t.id;
  elsif t.state = 'running' then
    update public.turns set attempt = attempt + 1, edits = edits + 1, lease_until = clock_timestamp() + p_lease
    where org_id = p_org and id = t.id returning * into t;
    return jsonb_build_object('found', true, 'again', t.id, 'attempt', t.attempt);
  end if;
  return '{"found": true}';
end $$;

-- What was written under a file has one name, whichever side sent it.
update public.messages set content = (content - 'text') || jsonb_build_object('caption', content -> 'text')
where kind in ('image', 'video', 'document') and sender = 'visitor' and content ? 'text';

select app.close_functions();
grant execute on function app.turn_context(uuid, uuid), app.claim_stale_turns(int, interval, int),
  app.count_lost(uuid, uuid, int, text, jsonb),
  app.whatsapp_changed(uuid, uuid, text, text, text, timestamptz, interval) to vulkn_engine;
