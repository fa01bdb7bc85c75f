-- Connecting a number is a person's act: who may, what is written, and that a number belongs to one business only.
set local lock_timeout = '5s';

-- Support staff never connects a number or touches its secrets, not even in a session that may write.
create function app.whatsapp_may(p_org uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select p_org = any (app.admin_orgs()) and not app.in_impersonation()
$$;

-- The channel of a number that Meta says is theirs; its own again when it was disconnected before. VK002: another
-- business has it.
create function app.whatsapp_claim(p_org uuid, p_number text, p_waba text, p_display text, p_name text, p_mode text)
returns uuid language plpgsql security definer set search_path = '' as $$
declare
  v_org uuid;
  v_channel uuid;
begin
  if not app.whatsapp_may(p_org) then raise exception 'not allowed' using errcode = '42501'; end if;
  if p_number !~ '^[0-9]{5,24}$' then raise exception 'not a phone number id' using errcode = '23514'; end if;
  select c.org_id, c.id into v_org, v_channel from public.channels c
  where c.kind = 'whatsapp' and c.external_id = p_number for update;
  if found and v_org <> p_org then raise exception 'taken' using errcode = 'VK002'; end if;
  if v_channel is null then
    select c.id into v_channel from public.channels c
    join public.whatsapp_numbers n on n.org_id = p_org and n.channel_id = c.id and n.waba = p_waba and n.display_phone = p_display
    where c.org_id = p_org and c.kind = 'whatsapp' and c.external_id is null limit 1 for update of c;
    if found then
      update public.channels set external_id = p_number, status = 'active' where id = v_channel;
    else
      insert into public.channels (org_id, agent_id, kind, name, external_id)
      select p_org, a.id, 'whatsapp', left(coalesce(nullif(p_name, ''), p_display), 80), p_number
      from public.agents a where a.org_id = p_org order by a.id limit 1
      returning id into v_channel;
    end if;
  end if;
  insert into public.whatsapp_numbers as n (org_id, channel_id, waba, display_phone, verified_name, mode)
  values (p_org, v_channel, p_waba, left(p_display, 32), left(p_name, 200), p_mode)
  on conflict (org_id, channel_id) do update
    set waba = excluded.waba, display_phone = excluded.display_phone, verified_name = excluded.verified_name,
        mode = excluded.mode, state = 'connecting', problem = null, problem_code = null, connected_at = now();
  return v_channel;
exception when unique_violation then
  raise exception 'taken' using errcode = 'VK002';
end $$;

create function app.channel_secret_set(p_org uuid, p_channel uuid, p_name text, p_sealed bytea) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not app.whatsapp_may(p_org) then raise exception 'not allowed' using errcode = '42501'; end if;
  insert into app.channel_secrets (org_id, channel_id, name, sealed) values (p_org, p_channel, p_name, p_sealed)
  on conflict (org_id, channel_id, name) do update set sealed = excluded.sealed, updated_at = now();
  perform app.audit_append(p_org, 'update', 'channel_secrets', p_channel || ' ' || p_name, '{}');
end $$;

-- The secrets go, the number is free for others, the conversations stay. False: there was no such number.
create function app.whatsapp_disconnect(p_org uuid, p_channel uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not app.whatsapp_may(p_org) then raise exception 'not allowed' using errcode = '42501'; end if;
  update public.whatsapp_numbers set state = 'down', problem = 'disconnected', problem_code = null
  where org_id = p_org and channel_id = p_channel;
  if not found then return false; end if;
  delete from app.channel_secrets where org_id = p_org and channel_id = p_channel;
  update public.channels set external_id = null, status = 'paused' where org_id = p_org and id = p_channel;
  perform app.audit_append(p_org, 'delete', 'channel_secrets', p_channel::text, '{}');
  return true;
end $$;

-- Before something is asked of Meta in a person's name: whether they may, and that they did. False: no such number.
create function app.whatsapp_act(p_org uuid, p_channel uuid, p_act text, p_on text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not app.whatsapp_may(p_org) then raise exception 'not allowed' using errcode = '42501'; end if;
  perform 1 from public.whatsapp_numbers n where n.org_id = p_org and n.channel_id = p_channel;
  if not found then return false; end if;
  perform app.audit_append(p_org, 'update', 'whatsapp_numbers', p_channel::text,
    jsonb_build_object('act', left(p_act, 40), 'on', left(p_on, 120)));
  return true;
end $$;

select app.close_functions();
grant execute on function app.whatsapp_may(uuid), app.whatsapp_claim(uuid, text, text, text, text, text),
  app.channel_secret_set(uuid, uuid, text, bytea), app.whatsapp_disconnect(uuid, uuid),
  app.whatsapp_act(uuid, uuid, text, text) to vulkn_web;
