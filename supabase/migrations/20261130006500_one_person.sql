-- Somebody who wrote under their id and, another time, under their number is one person as soon as one delivery shows
-- both: with all that is known of either, and with both conversations.
set local lock_timeout = '5s';

-- The contacts that any of these names leads to become p_kept. One that another business-scoped id of the same kind
-- leads to is somebody else: their number was given out again.
create function app.whatsapp_joined(p_org uuid, p_kept uuid, p_user text, p_parent text, p_phone_key text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_gone uuid;
  v_here uuid;
begin
  if p_org is distinct from app.engine_org() then raise exception 'not allowed' using errcode = '42501'; end if;
  for v_gone in
    select distinct i.contact_id from public.contact_identities i
    where i.org_id = p_org and i.contact_id <> p_kept
      and (i.kind = 'bsuid' and i.key = p_user and p_user <> ''
        or i.kind = 'parent_bsuid' and i.key = p_parent and p_parent <> ''
        or i.kind = 'phone' and i.key = p_phone_key and p_phone_key <> '' and i.value not like 'was:%')
      and (i.kind <> 'phone' or p_user = '' or not exists (select from public.contact_identities o
        where o.org_id = p_org and o.contact_id = i.contact_id and o.kind = 'bsuid' and o.key <> p_user))
  loop
    v_here := app.whatsapp_threads_joined(p_org, p_kept, v_gone);
    perform app.join_contacts(p_org, p_kept, v_gone, v_here);
  end loop;
end $$;

-- Of two conversations on one number the one in which something was said last goes on; the other one is closed and
-- stays readable. Returns the one that goes on.
create function app.whatsapp_threads_joined(p_org uuid, p_kept uuid, p_gone uuid) returns uuid
language plpgsql set search_path = '' as $$
declare
  theirs public.conversations;
  mine public.conversations;
  v_hash bytea;
  v_on uuid;
begin
  for theirs in
    select c.* from public.conversations c
    join public.channels h on h.org_id = p_org and h.id = c.channel_id and h.kind = 'whatsapp'
    where c.org_id = p_org and c.contact_id = p_gone and c.visitor_hash is not null order by c.id for update of c
  loop
    v_hash := sha256(convert_to(theirs.channel_id::text || ':' || p_kept::text, 'UTF8'));
    select c.* into mine from public.conversations c where c.org_id = p_org and c.visitor_hash = v_hash for update;
    if mine.id is null then
      v_on := theirs.id;
    else
      v_on := case when coalesce(theirs.last_message_at, '-infinity') > coalesce(mine.last_message_at, '-infinity')
                   then theirs.id else mine.id end;
      update public.conversations set visitor_hash = null, status = 'closed'
      where org_id = p_org and id in (mine.id, theirs.id) and id <> v_on;
    end if;
    update public.conversations
    set visitor_hash = v_hash,
        window_until = greatest(window_until, theirs.window_until, mine.window_until),
        free_until = greatest(free_until, theirs.free_until, mine.free_until),
        language = coalesce(language, theirs.language, mine.language),
        -- a person has one of the two: they have the one that goes on
        status = case when 'human' in (theirs.status, mine.status) then 'human' else status end,
        handoff_reason = case when status = 'human' then handoff_reason
                              when theirs.status = 'human' then theirs.handoff_reason
                              when mine.status = 'human' then mine.handoff_reason else handoff_reason end,
        handoff_summary = case when status = 'human' then handoff_summary
                               when theirs.status = 'human' then theirs.handoff_summary
                               when mine.status = 'human' then mine.handoff_summary else handoff_summary end
    where org_id = p_org and id = v_on;
  end loop;
  return coalesce(v_on,
    (select c.id from public.conversations c where c.org_id = p_org and c.contact_id in (p_kept, p_gone)
     order by c.last_message_at desc nulls last limit 1));
end $$;

-- As before, and: contacts that one delivery shows to be one person are joined.
create or replace function app.whatsapp_person(p_org uuid, p_channel uuid, p_user text, p_parent text, p_phone text,
  p_phone_key text, p_username text, p_name text, p_create boolean, p_conversation boolean)
returns jsonb language plpgsql set search_path = '' as $$
declare
  k uuid;
  c public.conversations;
  v_opted timestamptz;
  v_visitor bytea;
  v_left boolean := false;
begin
  perform set_config('app.org_id', p_org::text, true);
  -- People are made one after another: two deliveries about a stranger make one contact.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_org::text || ':whatsapp:' || n, 0))
  from unnest(array[p_user, p_parent, p_phone_key]) n where n <> '' order by n;
  select i.contact_id into k from public.contact_identities i
  where i.org_id = p_org and i.kind = 'bsuid' and i.key = p_user and p_user <> '';
  if k is null and p_parent <> '' then
    select i.contact_id into k from public.contact_identities i
    where i.org_id = p_org and i.kind = 'parent_bsuid' and i.key = p_parent;
  end if;
  if p_phone_key <> '' then
    select i.value like 'was:%' and p_user <> '' into v_left from public.contact_identities i
    where i.org_id = p_org and i.kind = 'phone' and i.key = p_phone_key;
    v_left := coalesce(v_left, false);
    if k is null and not v_left then
      select i.contact_id into k from public.contact_identities i
      where i.org_id = p_org and i.kind = 'phone' and i.key = p_phone_key;
    end if;
  end if;
  if k is null then
    if not p_create or p_user || p_parent || p_phone_key = '' then return null; end if;
    insert into public.contacts (org_id, name, phone, username)
    values (p_org, nullif(left(p_name, 120), ''), nullif(left(p_phone, 32), ''), nullif(left(p_username, 80), ''))
    returning id into k;
  else
    update public.contacts
    set name = coalesce(name, nullif(left(p_name, 120), '')), phone = coalesce(phone, nullif(left(p_phone, 32), '')),
        username = coalesce(nullif(left(p_username, 80), ''), username)
    where org_id = p_org and id = k and (name is null and p_name <> '' or phone is null and p_phone <> ''
      or p_username <> '' and username is distinct from left(p_username, 80));
  end if;
  if p_create then
    perform app.whatsapp_joined(p_org, k, p_user, p_parent, case when v_left then '' else p_phone_key end);
  end if;
  perform app.whatsapp_link(p_org, k, p_user, p_parent, p_phone_key, p_phone, v_left);
  v_visitor := sha256(convert_to(p_channel::text || ':' || k::text, 'UTF8'));
  if p_conversation then
    select * into c from public.conversations where org_id = p_org and visitor_hash = v_visitor;
    if not found and p_create then
      insert into public.conversations (org_id, channel_id, contact_id, visitor_hash)
      values (p_org, p_channel, k, v_visitor) on conflict (org_id, visitor_hash) do nothing;
      select * into c from public.conversations where org_id = p_org and visitor_hash = v_visitor;
    end if;
    if c.id is null then return null; end if;
  end if;
  select opted_out_at into v_opted from public.contacts where org_id = p_org and id = k;
  return jsonb_build_object('contact_id', k, 'conversation_id', c.id, 'visitor', encode(v_visitor, 'hex'),
    'opted_out', v_opted is not null, 'status', coalesce(c.status, ''));
end $$;

-- As before, and: who wrote under the new name before we heard of the change is joined.
create or replace function app.whatsapp_moved(p_org uuid, p_old_user text, p_old_key text, p_new_user text, p_new_parent text,
  p_new_phone text, p_new_key text) returns uuid
language plpgsql set search_path = '' as $$
declare k uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  select i.contact_id into k from public.contact_identities i
  where i.org_id = p_org and (i.kind = 'bsuid' and i.key = p_old_user and p_old_user <> ''
    or i.kind = 'phone' and i.key = p_old_key and p_old_key <> '')
  order by i.kind limit 1;
  if k is null then
    select i.contact_id into k from public.contact_identities i
    where i.org_id = p_org and (i.kind = 'bsuid' and i.key = p_new_user and p_new_user <> ''
      or i.kind = 'phone' and i.key = p_new_key and p_new_key <> '')
    order by i.kind limit 1;
  end if;
  if k is null then return null; end if;
  perform app.whatsapp_joined(p_org, k, p_new_user, p_new_parent, p_new_key);
  perform app.whatsapp_link(p_org, k, p_new_user, p_new_parent, p_new_key, p_new_phone, true);
  if p_new_key <> '' and p_new_key <> p_old_key then
    -- Only ours: a number that was given out again meanwhile is its new owner's.
    update public.contacts k_ set phone = left(p_new_phone, 32)
    where org_id = p_org and id = k and exists (
      select from public.contact_identities i where i.org_id = p_org and i.contact_id = k and i.kind = 'phone'
        and i.key = p_old_key and i.value = k_.phone);
    update public.contact_identities set value = left('was:' || value, 160)
    where org_id = p_org and contact_id = k and kind = 'phone' and key = p_old_key and value not like 'was:%';
  end if;
  return k;
end $$;

select app.close_functions();
grant execute on function app.whatsapp_joined(uuid, uuid, text, text, text),
  app.whatsapp_person(uuid, uuid, text, text, text, text, text, text, boolean, boolean),
  app.whatsapp_moved(uuid, text, text, text, text, text, text) to vulkn_engine;
