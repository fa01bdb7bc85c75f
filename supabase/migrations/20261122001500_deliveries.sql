-- Sending what the outbox holds, at most once each.
set local lock_timeout = '5s';

-- Takes what is due, a few at a time, whoever asks first. An answer of the agent where a person has taken over
-- is cancelled instead. The whole platform's: the caller then works in the row's organization only.
create function app.claim_outbox(p_limit int, p_lease interval)
returns table (org_id uuid, id uuid, kind text, dedupe_key text, conversation_id uuid, message_id uuid,
               payload jsonb, attempt int)
language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.outbox o set state = 'cancelled', finished_at = clock_timestamp()
  from public.conversations c
  where o.state = 'ready' and o.kind = 'answer' and o.available_at <= clock_timestamp()
    and c.org_id = o.org_id and c.id = o.conversation_id and c.status = 'human' and c.handoff_at > o.created_at;
  -- Sent, perhaps: the process that took it is gone. Only the other side can tell.
  update public.outbox o set state = 'unknown', finished_at = clock_timestamp()
  where o.state = 'sending' and o.lease_until < clock_timestamp();
  return query
  update public.outbox o
  set state = 'sending', attempt = o.attempt + 1, lease_until = clock_timestamp() + p_lease
  where o.id in (
    select r.id from public.outbox r where r.state = 'ready' and r.available_at <= clock_timestamp()
    order by r.available_at for update skip locked limit least(p_limit, 100))
  returning o.org_id, o.id, o.kind, o.dedupe_key, o.conversation_id, o.message_id, o.payload, o.attempt;
end $$;

-- What became of one attempt. p_state: sent, failed, unknown, or ready again after p_wait. An attempt that lost
-- its lease changes nothing. Failures for good and unknown ends are told to a person.
create function app.note_delivery(p_org uuid, p_id uuid, p_attempt int, p_state text, p_provider_id text,
  p_error text, p_wait interval) returns boolean
language plpgsql set search_path = '' as $$
declare o public.outbox;
begin
  perform set_config('app.org_id', p_org::text, true);
  update public.outbox
  set state = p_state, provider_id = p_provider_id, error = left(p_error, 500), lease_until = null,
      available_at = clock_timestamp() + coalesce(p_wait, interval '0'),
      finished_at = case when p_state = 'ready' then null else clock_timestamp() end
  where org_id = p_org and id = p_id and attempt = p_attempt and state in ('sending', 'unknown')
  returning * into o;
  if not found then return false; end if;
  if p_state in ('failed', 'unknown') then
    insert into public.alerts (org_id, kind, key, conversation_id, detail)
    values (p_org, 'delivery', p_id::text, o.conversation_id, jsonb_build_object('state', p_state, 'kind', o.kind))
    on conflict do nothing;
  end if;
  return true;
end $$;

select app.close_functions();
grant execute on function app.claim_outbox(int, interval),
  app.note_delivery(uuid, uuid, int, text, text, text, interval) to vulkn_engine;
