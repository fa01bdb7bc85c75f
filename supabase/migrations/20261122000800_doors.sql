-- The narrow doors through which something is done before, or across, an organization's own rights:
-- signing in, founding an organization, invitations, impersonation, the widget's first look-up, operators.
-- Each is security definer, says who may call it, and does one thing.
set local lock_timeout = '5s';

-- ---- sessions of the dashboard: the browser holds a random id, we hold its hash -------------------

create table app.web_sessions (
  id_hash bytea primary key check (length(id_hash) = 32),
  user_id uuid not null references auth.users (id) on delete cascade,
  org_id uuid references public.organizations (id) on delete set null,
  tokens bytea not null,  -- the person's Supabase tokens, encrypted by the web process
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index web_sessions_user on app.web_sessions (user_id);
create index web_sessions_org on app.web_sessions (org_id);
create index web_sessions_expiry on app.web_sessions (expires_at);

create table app.org_tombstones (
  org_ref bytea primary key,
  purged_at timestamptz not null default now(),
  counts jsonb not null,
  last_audit_hash bytea
);

select app.close_tables();

create function app.session_start(p_hash bytea, p_user uuid, p_name text, p_tokens bytea, p_expires timestamptz)
returns void language plpgsql security definer set search_path = '' as $$
begin
  insert into public.profiles (user_id, email, name)
  select u.id, lower(u.email), left(coalesce(p_name, ''), 120) from auth.users u where u.id = p_user
  on conflict (user_id) do update set email = excluded.email,
    name = case when public.profiles.name = '' then excluded.name else public.profiles.name end;
  insert into app.web_sessions (id_hash, user_id, tokens, expires_at) values (p_hash, p_user, p_tokens, p_expires);
  delete from app.web_sessions where user_id = p_user and expires_at < now();
end $$;

-- Who this cookie is, and their place in the organization they last looked at (or their oldest one).
create function app.session_read(p_hash bytea)
returns table (user_id uuid, email text, name text, locale text, tokens bytea,
               org_id uuid, org_slug text, org_name text, org_timezone text, role text)
language sql stable security definer set search_path = '' as $$
  select s.user_id, p.email, p.name, p.locale, s.tokens, m.org_id, m.slug, m.org_name, m.timezone, m.role
  from app.web_sessions s
  join public.profiles p on p.user_id = s.user_id
  left join lateral (
    select m.org_id, o.slug, o.name as org_name, o.timezone, m.role
    from public.memberships m join public.organizations o on o.id = m.org_id and o.deleted_at is null
    where m.user_id = s.user_id
    order by (m.org_id = s.org_id) desc nulls last, m.created_at, m.org_id
    limit 1
  ) m on true
  where s.id_hash = p_hash and s.expires_at > statement_timestamp()
$$;

create function app.session_tokens(p_hash bytea, p_tokens bytea) returns boolean
language sql volatile security definer set search_path = '' as $$
  with kept as (update app.web_sessions set tokens = p_tokens where id_hash = p_hash returning 1)
  select exists (select from kept)
$$;

create function app.session_look_at(p_hash bytea, p_org uuid) returns boolean
language sql volatile security definer set search_path = '' as $$
  with kept as (
    update app.web_sessions s set org_id = p_org
    where s.id_hash = p_hash
      and exists (select from public.memberships m where m.org_id = p_org and m.user_id = s.user_id)
    returning 1)
  select exists (select from kept)
$$;

create function app.session_end(p_hash bytea) returns void
language sql volatile security definer set search_path = '' as
$$ delete from app.web_sessions where id_hash = p_hash $$;

-- After a password reset nobody who was signed in before stays signed in.
create function app.sessions_end_all(p_user uuid) returns void
language sql volatile security definer set search_path = '' as
$$ delete from app.web_sessions where user_id = p_user $$;

-- ---- founding an organization: agent and web channel come with it, or nothing does ----------------

create function app.provision(p_name text, p_slug text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  o uuid;
  a uuid;
begin
  insert into public.organizations (name, slug) values (p_name, p_slug) returning id into o;
  insert into public.agents (org_id, name) values (o, 'Sofía') returning id into a;
  insert into public.channels (org_id, agent_id, kind, name) values (o, a, 'web', 'Web');
  return o;
end $$;

create function app.create_organization(p_name text, p_slug text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare o uuid;
begin
  if auth.uid() is null or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  o := app.provision(p_name, p_slug);
  insert into public.memberships (org_id, user_id, role) values (o, auth.uid(), 'owner');
  return o;
end $$;

create function app.slug_free(p_slug text) returns boolean
language sql stable security definer set search_path = '' as
$$ select not exists (select from public.organizations where slug = p_slug) $$;

-- ---- invitations ------------------------------------------------------------------------------

create function app.invite(p_org uuid, p_email text, p_role text, p_token_hash bytea) returns uuid
language plpgsql security definer set search_path = '' as $$
declare i uuid;
begin
  if not (p_org = any (app.admin_orgs())) or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  if p_role not in ('admin', 'member') then
    raise exception 'only admins and members are invited' using errcode = '23514';
  end if;
  if exists (select from public.memberships m join public.profiles p on p.user_id = m.user_id
             where m.org_id = p_org and p.email = lower(p_email)) then
    raise exception 'already in the team' using errcode = '23505';
  end if;
  insert into public.invitations (org_id, email, role, token_hash, invited_by)
  values (p_org, lower(p_email), p_role, p_token_hash, auth.uid())
  on conflict (org_id, email) do update
    set token_hash = excluded.token_hash, role = excluded.role, invited_by = excluded.invited_by,
        expires_at = now() + interval '7 days', accepted_at = null
  returning id into i;
  return i;
end $$;

create function app.invitation_preview(p_token_hash bytea)
returns table (org_name text, email text, role text)
language sql stable security definer set search_path = '' as $$
  select o.name, i.email, i.role
  from public.invitations i join public.organizations o on o.id = i.org_id and o.deleted_at is null
  where i.token_hash = p_token_hash and i.accepted_at is null and i.expires_at > statement_timestamp()
$$;

create function app.accept_invitation(p_token_hash bytea) returns uuid
language plpgsql security definer set search_path = '' as $$
declare i public.invitations;
begin
  select v.* into i
  from public.invitations v
  join auth.users u on u.id = auth.uid() and lower(u.email) = v.email
  where v.token_hash = p_token_hash and v.accepted_at is null and v.expires_at > statement_timestamp()
  for update of v;
  if not found or app.in_impersonation() then
    raise exception 'invitation not valid' using errcode = '42501';
  end if;
  update public.invitations set accepted_at = now() where id = i.id;
  insert into public.memberships (org_id, user_id, role) values (i.org_id, auth.uid(), i.role)
  on conflict do nothing;
  return i.org_id;
end $$;

-- ---- impersonation (the pages for it come later; the rights are here from the start) ---------------

create function app.impersonation_start(p_org uuid, p_reason text, p_mode text, p_minutes int) returns uuid
language plpgsql security definer set search_path = '' as $$
declare s uuid;
begin
  if not exists (select from app.platform_admins where user_id = auth.uid() and revoked_at is null)
     or coalesce(auth.jwt() ->> 'aal', '') <> 'aal2' or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  update public.impersonation_sessions set ended_at = expires_at
  where admin_id = auth.uid() and ended_at is null and expires_at <= now();
  insert into public.impersonation_sessions (org_id, admin_id, reason, mode, expires_at)
  values (p_org, auth.uid(), p_reason, p_mode, now() + make_interval(mins => p_minutes)) returning id into s;
  return s;
end $$;

create function app.impersonation_stop(p_id uuid) returns boolean
language sql volatile security definer set search_path = '' as $$
  with stopped as (
    update public.impersonation_sessions set ended_at = clock_timestamp()
    where id = p_id and admin_id = auth.uid() and ended_at is null returning 1)
  select exists (select from stopped)
$$;

-- Reads cannot be caught by triggers: the web process notes every page it shows to an impersonator.
create function app.impersonation_note(p_path text) returns void
language plpgsql security definer set search_path = '' as $$
declare o uuid := app.imp_org('read');
begin
  if o is null then raise exception 'not allowed' using errcode = '42501'; end if;
  perform app.audit_append(o, 'view', 'page', left(p_path, 200), '{}');
end $$;

-- ---- leaving ------------------------------------------------------------------------------------

create function app.request_org_deletion(p_org uuid, p_slug text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not (p_org = any (app.owner_orgs())) then raise exception 'not allowed' using errcode = '42501'; end if;
  update public.organizations set deleted_at = now() where id = p_org and slug = p_slug and deleted_at is null;
  if not found then raise exception 'name does not match' using errcode = '22023'; end if;
end $$;

create function app.purge_org(p_org uuid, p_grace interval default '30 days') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  t text;
  n bigint;
  counts jsonb := '{}';
  head bytea;
begin
  perform 1 from public.organizations
  where id = p_org and deleted_at is not null and deleted_at <= now() - p_grace for update;
  if not found then raise exception 'not due' using errcode = '22023'; end if;
  select hash into head from app.audit_heads where org_id = p_org;
  for t in
    select c.oid::regclass::text from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
    where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace) and c.relkind = 'r'
  loop
    execute format('select count(*) from %s where org_id = $1', t) into n using p_org;
    counts := counts || jsonb_build_object(t, n);
  end loop;
  delete from public.organizations where id = p_org;
  insert into app.org_tombstones (org_ref, counts, last_audit_hash)
  values (sha256(convert_to(p_org::text, 'UTF8')), counts, head);
  return counts;
end $$;

-- ---- operators at the shell ---------------------------------------------------------------------

create function app.provision_organization(p_name text, p_slug text, p_owner_email text, p_token_hash bytea)
returns uuid language plpgsql security definer set search_path = '' as $$
declare o uuid := app.provision(p_name, p_slug);
begin
  insert into public.invitations (org_id, email, role, token_hash)
  values (o, lower(p_owner_email), 'owner', p_token_hash);
  return o;
end $$;

create function app.find_org(p_slug text) returns uuid
language sql stable security definer set search_path = '' as
$$ select id from public.organizations where slug = p_slug $$;

create function app.list_orgs() returns table (id uuid, slug text)
language sql stable security definer set search_path = '' as
$$ select o.id, o.slug from public.organizations o order by o.slug $$;

create function app.retire_org(p_org uuid) returns void
language sql volatile security definer set search_path = '' as
$$ update public.organizations set deleted_at = now() where id = p_org and deleted_at is null $$;

create function app.grant_admin(p_email text) returns boolean
language sql volatile security definer set search_path = '' as $$
  with granted as (
    insert into app.platform_admins (user_id) select id from auth.users where lower(email) = lower(p_email)
    on conflict (user_id) do update set revoked_at = null returning 1)
  select exists (select from granted)
$$;

-- ---- the widget's first look-up -------------------------------------------------------------------

create function app.resolve_widget(p_slug text)
returns table (org_id uuid, slug text, name text, timezone text, branding jsonb, allowed_origins text[],
               channel_id uuid, agent_name text, live boolean, greeting_es text, greeting_en text)
language sql stable security definer set search_path = '' as $$
  select o.id, o.slug, o.name, o.timezone, o.branding, o.allowed_origins,
         c.id, a.name, a.live, a.greeting_es, a.greeting_en
  from public.organizations o
  join public.channels c on c.org_id = o.id and c.kind = 'web' and c.status = 'active'
  join public.agents a on a.org_id = o.id and a.id = c.agent_id
  where o.slug = p_slug and o.status = 'active' and o.deleted_at is null
  order by c.id limit 1
$$;

select app.close_functions();
grant execute on function
  app.session_start(bytea, uuid, text, bytea, timestamptz), app.session_read(bytea),
  app.session_tokens(bytea, bytea), app.session_look_at(bytea, uuid), app.session_end(bytea),
  app.sessions_end_all(uuid),
  app.create_organization(text, text), app.slug_free(text), app.invite(uuid, text, text, bytea),
  app.invitation_preview(bytea), app.accept_invitation(bytea),
  app.impersonation_start(uuid, text, text, int), app.impersonation_stop(uuid), app.impersonation_note(text),
  app.request_org_deletion(uuid, text) to vulkn_web;
grant execute on function app.resolve_widget(text) to vulkn_engine;
grant execute on function
  app.purge_org(uuid, interval), app.provision_organization(text, text, text, bytea), app.find_org(text),
  app.slug_free(text), app.list_orgs(), app.retire_org(uuid), app.grant_admin(text) to vulkn_maint;

-- ---- by the clock -----------------------------------------------------------------------------------

create function app.sessions_expire() returns bigint
language sql volatile security definer set search_path = '' as $$
  with gone as (delete from app.web_sessions where expires_at < now() returning 1) select count(*) from gone
$$;
select app.close_functions();
grant execute on function app.sessions_expire() to vulkn_engine;
