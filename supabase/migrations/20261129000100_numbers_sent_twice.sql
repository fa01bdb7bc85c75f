-- A message that came before names the business's country too: who sends a telephone number again, because the first
-- answer was lost, left one of that country.
set local lock_timeout = '5s';

create or replace function app.turn_again(p_org uuid, c public.conversations, q public.messages, p_lease interval)
returns jsonb language plpgsql set search_path = '' as $$
declare t public.turns;
begin
  if q.turn_id is null then
    return jsonb_build_object('state', case when c.status = 'human' then 'handoff' else 'kept' end, 'why', 'old',
      'message_id', q.id, 'conversation_id', c.id,
      'country', (select o.country from public.organizations o where o.id = p_org));
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
