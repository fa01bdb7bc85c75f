-- A business without an approved template is told once a day, not once a reminder.
set local lock_timeout = '5s';

-- As before, but for what could not go out because the 24 hours are over and no template is there: the row says so, and
-- people are told once a day of the business's own that there is something to set up.
create or replace function app.note_delivery(p_org uuid, p_id uuid, p_attempt int, p_state text, p_provider_id text,
  p_error text, p_wait interval, p_deferred boolean default false) returns text
language plpgsql set search_path = '' as $$
declare
  o public.outbox;
  v_state text := p_state;
  v_wait interval := coalesce(p_wait, interval '0');
begin
  perform set_config('app.org_id', p_org::text, true);
  select * into o from public.outbox
  where org_id = p_org and id = p_id and attempt = p_attempt and state in ('sending', 'unknown') for update;
  if not found then return null; end if;
  if v_state = 'unknown' and app.surely_unsent(p_org, p_id, o.conversation_id) then
    v_state := case when o.attempt - o.deferred < 6 then 'ready' else 'failed' end;
    v_wait := interval '5 seconds';
  end if;
  update public.outbox
  set state = v_state, provider_id = coalesce(nullif(p_provider_id, ''), provider_id), error = left(p_error, 500),
      lease_until = null, available_at = clock_timestamp() + v_wait, deferred = deferred + p_deferred::int,
      finished_at = case when v_state = 'ready' then null else clock_timestamp() end
  where org_id = p_org and id = p_id;
  if v_state = 'failed' and p_error = 'window' and o.kind in ('reminder', 'notice') then
    insert into public.alerts (org_id, kind, key, conversation_id, detail)
    select p_org, 'template', 'no_template ' || to_char(now() at time zone z.timezone, 'YYYY-MM-DD'), o.conversation_id,
           jsonb_build_object('what', 'no_template', 'subject', o.kind)
    from public.organizations z where z.id = p_org on conflict do nothing;
  elsif v_state in ('failed', 'unknown') then
    insert into public.alerts (org_id, kind, key, conversation_id, detail)
    values (p_org, 'delivery', p_id::text, o.conversation_id,
            jsonb_build_object('state', v_state, 'kind', o.kind, 'why', left(coalesce(p_error, ''), 80)))
    on conflict do nothing;
  end if;
  return v_state;
end $$;
