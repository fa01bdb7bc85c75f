-- Who wants no more messages, and what the owner writes on their own phone.
set local lock_timeout = '5s';

alter table public.consents
  -- what is agreed to: that data is kept, or that messages are sent that nobody asked for
  add column about text not null default 'data' check (about in ('data', 'messages')),
  drop constraint consents_language_check,
  add constraint consents_language_check check (language in ('es', 'en', 'pt'));
grant insert (about) on public.consents to vulkn_engine;

-- Changes what this person wants; false when it is so already. The contact's row puts two of these in a line.
create function app.change_opt(p_org uuid, p_contact uuid, p_conversation uuid, p_out boolean, p_wording text, p_language text)
returns boolean language plpgsql set search_path = '' as $$
begin
  update public.contacts set opted_out_at = case when p_out then clock_timestamp() end
  where org_id = p_org and id = p_contact and (opted_out_at is null) = p_out;
  if not found then return false; end if;
  insert into public.consents (org_id, contact_id, conversation_id, granted, wording, language, about)
  values (p_org, p_contact, p_conversation, not p_out, p_wording, p_language, 'messages');
  return true;
end $$;

-- Told by WhatsApp itself (its own switch, or an error that names it): nobody is answered.
create function app.opt_silently(p_org uuid, p_contact uuid, p_out boolean, p_wording text, p_language text) returns boolean
language plpgsql set search_path = '' as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  return app.change_opt(p_org, p_contact, null, p_out, p_wording, p_language);
end $$;

-- A person wrote one of the words. p_said: id, text and moment of their message; p_words: what is answered, once, by
-- language; p_language: that of the word, and whether it is everybody's. 'changed', 'same' (stored, nothing is said), or
-- 'not': they never left, so "alta" is an ordinary message.
create function app.opt(p_org uuid, p_conversation uuid, p_out boolean, p_said jsonb, p_words jsonb, p_language jsonb)
returns text language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  k public.contacts;
  q public.messages;
  a uuid;
  v_language text := p_language ->> 0;
  v_key text := left('opt:' || (p_said ->> 'id'), 200);
begin
  perform set_config('app.org_id', p_org::text, true);
  select v.* into c from public.conversations v where v.org_id = p_org and v.id = p_conversation for update;
  if not found then return 'not'; end if;
  select m.* into q from public.messages m
  where m.org_id = p_org and m.conversation_id = c.id and m.external_id = p_said ->> 'id';
  if found then
    -- Told again: one that asked to leave never goes to the agent, one that came back was answered here.
    return case when p_out or exists (select from public.messages m
      where m.org_id = p_org and m.conversation_id = c.id and m.external_id = v_key) then 'same' else 'not' end;
  end if;
  select v.* into k from public.contacts v where v.org_id = p_org and v.id = c.contact_id for update;
  if not p_out and k.opted_out_at is null then return 'not'; end if;
  if (p_language ->> 1)::boolean then v_language := coalesce(c.language, v_language); end if;
  insert into public.messages (org_id, conversation_id, sender, body, external_id, sent_at)
  values (p_org, c.id, 'visitor', p_said ->> 'text', p_said ->> 'id', (p_said ->> 'at')::timestamptz);
  if not app.change_opt(p_org, k.id, c.id, p_out, p_said ->> 'text', v_language) then return 'same'; end if;
  insert into public.messages (org_id, conversation_id, sender, body, language, external_id)
  values (p_org, c.id, case c.status when 'human' then 'system' else 'agent' end, p_words ->> v_language,
          case when v_language in ('es', 'en') then v_language end, v_key)
  returning id into a;
  -- A reply goes out whoever has the conversation and whatever they opted out of; an answer would be cancelled there.
  insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
  values (p_org, 'reply', v_key, c.id, a, jsonb_build_object('text', p_words ->> v_language)) on conflict do nothing;
  return 'changed';
end $$;

-- What the owner wrote on the phone is in the thread as a person's, and the agent is quiet there. 'ours': VULKN sent it
-- itself; 'known': it is there. p_echo: id, text, kind, content, at, outbox (what our own messages carry along).
create function app.echo_heard(p_org uuid, p_conversation uuid, p_echo jsonb) returns text
language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  v_id text := p_echo ->> 'id';
  v_at timestamptz := (p_echo ->> 'at')::timestamptz;
begin
  perform set_config('app.org_id', p_org::text, true);
  select v.* into c from public.conversations v where v.org_id = p_org and v.id = p_conversation for update;
  if not found then return 'known'; end if;
  if exists (select from public.messages m where m.org_id = p_org and m.conversation_id = c.id and m.external_id = v_id) then
    return 'known';
  end if;
  if exists (select from public.message_deliveries d where d.org_id = p_org and d.wamid = v_id)
     or exists (select from public.outbox o where o.org_id = p_org and o.id::text = p_echo ->> 'outbox')
     -- Meta's word about it may be quicker than its answer to whoever sent it.
     or exists (
       select from public.outbox o join public.messages m on m.org_id = p_org and m.id = o.message_id
       where o.org_id = p_org and o.conversation_id = c.id and o.state = 'sending'
         and (m.body = p_echo ->> 'text'
              or (length(p_echo ->> 'text') > 40 and position(p_echo ->> 'text' in m.body) > 0))) then
    return 'ours';
  end if;
  insert into public.messages (org_id, conversation_id, sender, body, external_id, sent_at, kind, content, from_phone)
  values (p_org, c.id, 'human', p_echo ->> 'text', v_id, v_at, p_echo ->> 'kind', coalesce(p_echo -> 'content', '{}'), true);
  -- Told days later, it says nothing about who answers now.
  if c.status <> 'human' and v_at > now() - coalesce(app.hand_back_after(p_org), interval '12 hours') then
    update public.conversations set status = 'human', handoff_reason = 'took_over' where org_id = p_org and id = c.id;
  end if;
  return 'stored';
end $$;

select app.close_functions();
grant execute on function app.change_opt(uuid, uuid, uuid, boolean, text, text),
  app.opt_silently(uuid, uuid, boolean, text, text), app.opt(uuid, uuid, boolean, jsonb, jsonb, jsonb),
  app.echo_heard(uuid, uuid, jsonb) to vulkn_engine;
