-- A turn that waited behind another one, or was taken over, keeps its lease or learns that it lost it;
-- and one that can never be stored is not tried for ever.
set local lock_timeout = '5s';

-- The stored answer of a turn that is done, for whoever asks again.
create function app.turn_answer(p_org uuid, p_turn uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('state', 'done', 'message_id', t.message_id, 'conversation_id', t.conversation_id,
    'latency_ms', t.latency_ms,
    'answer', jsonb_build_object('id', m.id, 'text', m.body, 'sources', m.sources, 'language', m.language))
  from public.turns t
  join public.messages m on m.org_id = p_org and m.id = t.answer_id
  where t.org_id = p_org and t.id = p_turn
$$;

drop function app.turn_resume(uuid, uuid);

-- state: 'done' (answered meanwhile), 'lost' (another process has it), 'run' with a fresh lease.
create function app.turn_resume(p_org uuid, p_turn uuid, p_attempt int, p_lease interval) returns jsonb
language plpgsql set search_path = '' as $$
declare t public.turns;
begin
  perform set_config('app.org_id', p_org::text, true);
  select * into t from public.turns where org_id = p_org and id = p_turn for update;
  if t.state = 'done' then return app.turn_answer(p_org, p_turn); end if;
  if t.id is null or t.attempt <> p_attempt then return '{"state": "lost"}'; end if;
  update public.turns set lease_until = clock_timestamp() + p_lease where org_id = p_org and id = p_turn;
  return app.turn_context(p_org, p_turn);
end $$;

drop function app.claim_stale_turns(int, interval);

-- Turns whose process died before it could answer: taken over, a few at a time, by whoever asks first.
create function app.claim_stale_turns(p_limit int, p_lease interval, p_attempts int)
returns table (org_id uuid, turn_id uuid, attempt int)
language sql volatile security definer set search_path = '' as $$
  update public.turns t
  set attempt = t.attempt + 1, lease_until = clock_timestamp() + p_lease
  where t.id in (
    select s.id from public.turns s
    where s.state = 'running' and s.lease_until < clock_timestamp() and s.attempt < p_attempts
    order by s.lease_until for update skip locked limit least(p_limit, 100))
  returning t.org_id, t.id, t.attempt
$$;

select app.close_functions();
grant execute on function app.turn_answer(uuid, uuid), app.turn_resume(uuid, uuid, int, interval),
  app.claim_stale_turns(int, interval, int) to vulkn_engine;
