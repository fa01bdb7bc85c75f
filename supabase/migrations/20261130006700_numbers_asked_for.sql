-- What Meta sends only to a telephone number: who is known by a name alone is asked for theirs.
set local lock_timeout = '5s';

-- Once a day, as what a person of the business would say: whoever has the conversation.
create function app.ask_for_number(p_org uuid, p_conversation uuid, p_text text, p_language text) returns boolean
language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  m uuid;
  v_key text := 'number? ' || to_char(now(), 'YYYY-MM-DD');
begin
  perform set_config('app.org_id', p_org::text, true);
  select * into c from public.conversations where org_id = p_org and id = p_conversation for update;
  if c.id is null or c.window_until is null or c.window_until < clock_timestamp()
     or exists (select from public.messages x where x.org_id = p_org and x.conversation_id = c.id and x.external_id = v_key) then
    return false;
  end if;
  insert into public.messages (org_id, conversation_id, sender, body, language, external_id)
  values (p_org, c.id, case c.status when 'human' then 'system' else 'agent' end, p_text, p_language, v_key)
  returning id into m;
  insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
  values (p_org, 'reply', v_key || ' ' || c.id, c.id, m, '{"wants": "phone"}') on conflict do nothing;
  return true;
end $$;

select app.close_functions();
grant execute on function app.ask_for_number(uuid, uuid, text, text) to vulkn_engine;
