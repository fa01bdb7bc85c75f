-- Platform administrators: a second factor, their own log, and standing in a client's shoes through every way to
-- the data. What support may see is decided in app.imp_live alone; every policy asks it through app.orgs.
set local lock_timeout = '5s';

-- The owner's switch: refused, no session begins and a running one ends at its next statement.
alter table public.organizations add column support_allowed boolean not null default true;

-- Ciphertext for the web process: the secret of an administrator's authenticator. `last_step`: RFC 6238 §5.2, a code
-- is taken once.
create table app.admin_factors (
  user_id uuid primary key references auth.users (id) on delete cascade,
  sealed bytea not null check (length(sealed) between 29 and 512),
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  tries int not null default 0,
  tries_since timestamptz not null default now(),
  created_at timestamptz not null default now()
);

-- The administrators' side of the audit: append only, it outlives the organization it speaks of.
create table app.admin_log (
  id uuid primary key default gen_random_uuid(),
  at timestamptz not null default clock_timestamp(),
  admin_id uuid,
  org_id uuid references public.organizations (id) on delete set null,
  org_slug text not null default '',
  imp_session uuid,
  action text not null check (length(action) between 1 and 60),
  detail jsonb not null default '{}' check (pg_column_size(detail) < 8192)
);
create index admin_log_at on app.admin_log (at desc);
create index admin_log_org on app.admin_log (org_id, at desc);

-- What the web process sends to Supabase REST for one session. The session's id is no secret (the owner reads it in
-- the audit), so it opens nothing; this does, and only our server knows it.
create table app.impersonation_keys (
  key_hash bytea primary key check (length(key_hash) = 32),
  org_id uuid not null references public.organizations (id) on delete cascade,
  session uuid not null,
  foreign key (org_id, session) references public.impersonation_sessions (org_id, id) on delete cascade
);
create index impersonation_keys_session on app.impersonation_keys (org_id, session);

alter table app.web_sessions
  add column proved_at timestamptz,  -- the second factor was shown in this very session
  add column imp_session uuid;

-- 'platform': an administrator at /admin, outside of any session.
alter table public.audit_log drop constraint audit_log_actor_kind_check;
alter table public.audit_log add constraint audit_log_actor_kind_check
  check (actor_kind in ('user', 'impersonation', 'platform', 'engine', 'system'));

create index audit_log_session on public.audit_log (org_id, imp_session, action) where imp_session is not null;

alter table public.alerts drop constraint alerts_kind_check;
alter table public.alerts add constraint alerts_kind_check check (kind in
  ('limit', 'loop', 'provider', 'handoff', 'received', 'skill', 'delivery', 'channel', 'template', 'policy', 'shadow',
   'support'));

select app.close_tables();

-- ---- which session this is ------------------------------------------------------------------------

-- Through our own connection it is a setting, through Supabase REST a header with the session's key. A key that
-- belongs to nothing is the nil session: whoever sends one stands nowhere.
create or replace function app.imp_session() returns uuid
language sql stable security definer set search_path = '' as $$
  select coalesce(
    nullif(current_setting('app.imp_session', true), '')::uuid,
    (select coalesce(
       (select k.session from app.impersonation_keys k where k.key_hash = sha256(convert_to(h.key, 'UTF8'))),
       '00000000-0000-0000-0000-000000000000')
     from (select nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-vulkn-support' as key) h
     where h.key is not null))
$$;

-- Asked by policies with the person's own rights, who may not call app.imp_session().
create or replace function app.in_impersonation() returns boolean
language sql stable set search_path = '' as $$
  select nullif(current_setting('app.imp_session', true), '') is not null
    or nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-vulkn-support' is not null
$$;

-- The one place that says whether a session is on. statement_timestamp(): an end must bite inside a transaction that
-- is already open.
create function app.imp_live(p_session uuid, p_admin uuid) returns public.impersonation_sessions
language sql stable security definer set search_path = '' as $$
  select s
  from public.impersonation_sessions s
  join app.platform_admins a on a.user_id = s.admin_id and a.revoked_at is null
  join public.organizations o on o.id = s.org_id and o.deleted_at is null and o.support_allowed
  where s.id = p_session
    and s.admin_id = p_admin
    and s.ended_at is null
    and statement_timestamp() < s.expires_at
$$;

create or replace function app.imp_org(want text) returns uuid
language sql stable security definer set search_path = '' as $$
  select s.org_id from app.imp_live(app.imp_session(), (select auth.uid())) s
  where (want = 'read' or s.mode = 'write')
$$;

-- ---- the audit of both sides --------------------------------------------------------------------------

create function app.admin_note(p_org uuid, p_action text, p_detail jsonb) returns void
language sql volatile security definer set search_path = '' as $$
  insert into app.admin_log (admin_id, org_id, org_slug, imp_session, action, detail)
  values (auth.uid(), p_org, coalesce((select slug from public.organizations where id = p_org), ''),
          app.imp_session(), p_action, coalesce(p_detail, '{}'))
$$;

create or replace function app.audit_append(p_org uuid, p_action text, p_entity text, p_id text, p_detail jsonb)
returns void language plpgsql security definer set search_path = '' as $$
declare
  head app.audit_heads;
  r public.audit_log;
begin
  -- The organization is being purged: its chain goes with it.
  if not exists (select from public.organizations where id = p_org) then return; end if;
  insert into app.audit_heads values (p_org, 0, '\x00') on conflict do nothing;
  select * into head from app.audit_heads where org_id = p_org for update;
  r.org_id := p_org;
  r.seq := head.seq + 1;
  r.at := clock_timestamp();
  r.actor_id := auth.uid();
  r.imp_session := app.imp_session();
  r.actor_kind := case
    when r.imp_session is not null then 'impersonation'
    when r.actor_id is not null and current_setting('app.administering', true) = 'on' then 'platform'
    when r.actor_id is not null then 'user'
    when app.engine_org() is not null and session_user = 'vulkn_engine' then 'engine'
    else 'system' end;
  r.action := p_action;
  r.entity := p_entity;
  r.entity_id := p_id;
  r.detail := coalesce(p_detail, '{}');
  r.prev_hash := head.hash;
  r.hash := app.audit_hash(head.hash, r);
  insert into public.audit_log select r.*;
  update app.audit_heads set seq = r.seq, hash = r.hash where org_id = p_org;
  if r.imp_session is not null then
    perform app.admin_note(p_org, 'support.' || left(p_action, 40),
      jsonb_build_object('entity', p_entity, 'id', left(p_id, 200), 'seq', r.seq));
  end if;
end $$;

-- ---- the second factor ------------------------------------------------------------------------------

-- How long a factor holds that was shown; a day's work.
create function app.proof_holds(p_at timestamptz) returns boolean
language sql stable set search_path = '' as
$$ select coalesce(p_at > statement_timestamp() - interval '12 hours', false) $$;

create function app.admin_of(p_hash bytea) returns uuid
language sql stable security definer set search_path = '' as $$
  select s.user_id from app.web_sessions s
  join app.platform_admins a on a.user_id = s.user_id and a.revoked_at is null
  where s.id_hash = p_hash and s.expires_at > statement_timestamp()
$$;

-- A new secret, while none was confirmed: an enrolled factor goes only by an operator's hand at the shell.
create function app.factor_enrol(p_hash bytea, p_sealed bytea) returns boolean
language sql volatile security definer set search_path = '' as $$
  with kept as (
    insert into app.admin_factors as f (user_id, sealed)
    select a, p_sealed from app.admin_of(p_hash) a where a is not null
    on conflict (user_id) do update set sealed = excluded.sealed where f.confirmed_at is null
    returning 1)
  select exists (select from kept)
$$;

-- Counts a try before the code is looked at, so that many at once are no more than many in a row. `wait`: seconds
-- until another one counts; a code is not even compared before.
create function app.factor_try(p_hash bytea)
returns table (user_id uuid, sealed bytea, confirmed boolean, last_step bigint, wait int)
language plpgsql volatile security definer set search_path = '' as $$
declare
  f app.admin_factors;
begin
  update app.admin_factors x
  set tries = case when x.tries_since < clock_timestamp() - interval '15 minutes' then 1 else x.tries + 1 end,
      tries_since = case when x.tries_since < clock_timestamp() - interval '15 minutes' then clock_timestamp()
                    else x.tries_since end
  where x.user_id = app.admin_of(p_hash) returning * into f;
  if not found then return; end if;
  return query select f.user_id, f.sealed, f.confirmed_at is not null, f.last_step,
    case when f.tries > 5
      then greatest(1, ceil(extract(epoch from f.tries_since + interval '15 minutes' - clock_timestamp())))::int
      else 0 end;
end $$;

-- What the authenticator of a session's person is, without a try.
create function app.factor_of(p_hash bytea) returns table (sealed bytea, confirmed boolean)
language sql stable security definer set search_path = '' as $$
  select f.sealed, f.confirmed_at is not null from app.admin_factors f where f.user_id = app.admin_of(p_hash)
$$;

-- The web process found the code right. Of two with the same code one wins. p_step null: Supabase Auth itself says
-- that this session was signed in with a second factor.
create function app.factor_shown(p_hash bytea, p_step bigint) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_admin uuid := app.admin_of(p_hash);
  v_first boolean;
begin
  if v_admin is null then return false; end if;
  if p_step is not null then
    select f.confirmed_at is null into v_first from app.admin_factors f where f.user_id = v_admin for update;
    update app.admin_factors set last_step = p_step, tries = 0, confirmed_at = coalesce(confirmed_at, now())
    where user_id = v_admin and last_step < p_step;
    if not found then return false; end if;
  end if;
  update app.web_sessions set proved_at = clock_timestamp() where id_hash = p_hash;
  insert into app.admin_log (admin_id, action)
  values (v_admin, case when p_step is null then 'factor.claimed' when v_first then 'factor.enrolled' else 'factor.shown' end);
  return true;
end $$;

create function app.is_administering() returns boolean
language sql stable security definer set search_path = '' as $$
  select not app.in_impersonation() and coalesce(auth.jwt() ->> 'aal', '') = 'aal2'
    and exists (select from app.platform_admins a where a.user_id = auth.uid() and a.revoked_at is null)
$$;

create function app.must_administer() returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not app.is_administering() then raise exception 'not allowed' using errcode = '42501'; end if;
  perform set_config('app.administering', 'on', true);
end $$;

-- ---- starting, writing, stopping ----------------------------------------------------------------------

create or replace function app.impersonation_start(p_org uuid, p_reason text, p_mode text, p_minutes int) returns uuid
language plpgsql security definer set search_path = '' as $$
declare s uuid;
begin
  if not exists (select from app.platform_admins where user_id = auth.uid() and revoked_at is null)
     or coalesce(auth.jwt() ->> 'aal', '') <> 'aal2' or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  -- The owner's switch turns under the same lock, so a session begins before it or not at all.
  perform 1 from public.organizations o
  where o.id = p_org and o.deleted_at is null and o.support_allowed for share;
  if not found then raise exception 'support is not wanted here' using errcode = '22023'; end if;
  perform set_config('app.administering', 'on', true);
  update public.impersonation_sessions set ended_at = expires_at
  where admin_id = auth.uid() and ended_at is null and expires_at <= now();
  insert into public.impersonation_sessions (org_id, admin_id, reason, mode, expires_at)
  values (p_org, auth.uid(), p_reason, p_mode, now() + make_interval(mins => p_minutes)) returning id into s;
  perform app.admin_note(p_org, 'support.start', jsonb_build_object('session', s, 'mode', p_mode, 'reason', p_reason));
  insert into public.alerts (org_id, kind, key, detail)
  values (p_org, 'support', s::text, jsonb_build_object('what', p_mode, 'subject', left(p_reason, 120)));
  return s;
end $$;

-- Ties a session to the cookie in which its factor was shown: another cookie of the same administrator has nothing.
create function app.session_stands_in(p_hash bytea, p_session uuid, p_key_hash bytea) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare s public.impersonation_sessions := app.imp_live(p_session, auth.uid());
begin
  update app.web_sessions w set imp_session = p_session
  where w.id_hash = p_hash and w.user_id = auth.uid() and app.proof_holds(w.proved_at) and s.id is not null;
  if not found then raise exception 'not allowed' using errcode = '42501'; end if;
  insert into app.impersonation_keys (key_hash, org_id, session) values (p_key_hash, s.org_id, s.id)
  on conflict do nothing;
  return true;
end $$;

-- Writing is another session with the same reason and the same end: nothing is extended. p_slug: the business named
-- once more by hand.
create function app.impersonation_write(p_hash bytea, p_slug text) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  w app.web_sessions;
  s public.impersonation_sessions;
  v uuid;
begin
  select * into w from app.web_sessions x
  where x.id_hash = p_hash and x.user_id = auth.uid() and app.proof_holds(x.proved_at) for update;
  s := app.imp_live(w.imp_session, auth.uid());
  if s.id is null or coalesce(auth.jwt() ->> 'aal', '') <> 'aal2' then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  if not exists (select from public.organizations o where o.id = s.org_id and o.slug = p_slug) then
    raise exception 'name does not match' using errcode = '22023';
  end if;
  if s.mode = 'write' then return s.id; end if;
  perform set_config('app.administering', 'on', true);
  update public.impersonation_sessions set ended_at = clock_timestamp() where id = s.id;
  insert into public.impersonation_sessions (org_id, admin_id, reason, mode, expires_at)
  values (s.org_id, s.admin_id, s.reason, 'write', s.expires_at) returning id into v;
  perform app.admin_note(s.org_id, 'support.write', jsonb_build_object('session', v, 'reason', s.reason));
  insert into public.alerts (org_id, kind, key, detail)
  values (s.org_id, 'support', v::text, jsonb_build_object('what', 'write', 'subject', left(s.reason, 120)));
  return v;
end $$;

create or replace function app.impersonation_stop(p_id uuid) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare s public.impersonation_sessions;
begin
  perform set_config('app.administering', 'on', true);
  update public.impersonation_sessions set ended_at = clock_timestamp()
  where id = p_id and admin_id = auth.uid() and ended_at is null returning * into s;
  if not found then return false; end if;
  perform app.admin_note(s.org_id, 'support.stop', jsonb_build_object('session', s.id));
  return true;
end $$;

-- The page is left behind: the cookie stands nowhere, and what it stood in is over.
create function app.session_leaves(p_hash bytea) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare w app.web_sessions;
begin
  select * into w from app.web_sessions where id_hash = p_hash and user_id = auth.uid() for update;
  if w.imp_session is null then return null; end if;
  update app.web_sessions set imp_session = null where id_hash = p_hash;
  perform app.impersonation_stop(w.imp_session);
  return (select s.org_id from public.impersonation_sessions s where s.id = w.imp_session);
end $$;

-- What an administrator has open, wherever: after a browser that went away.
create function app.impersonation_open() returns table (id uuid, org_id uuid, org_name text, mode text, until timestamptz)
language sql stable security definer set search_path = '' as $$
  select s.id, s.org_id, o.name, s.mode, s.expires_at
  from public.impersonation_sessions s join public.organizations o on o.id = s.org_id
  where s.admin_id = auth.uid() and s.ended_at is null and (app.imp_live(s.id, s.admin_id)).id is not null
$$;

-- Signing out ends what was stood in.
create or replace function app.session_end(p_hash bytea) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare w app.web_sessions;
begin
  delete from app.web_sessions where id_hash = p_hash returning * into w;
  if w.imp_session is not null then
    perform set_config('request.jwt.claims', jsonb_build_object('sub', w.user_id)::text, true);
    perform app.impersonation_stop(w.imp_session);
  end if;
end $$;

-- ---- the owner's side -------------------------------------------------------------------------------------

-- Owners alone, and never support itself: owner_orgs() is empty in a session.
create function app.support_allow(p_org uuid, p_allowed boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not (p_org = any (app.owner_orgs())) then raise exception 'not allowed' using errcode = '42501'; end if;
  update public.organizations set support_allowed = p_allowed where id = p_org and support_allowed <> p_allowed;
  if not p_allowed then
    update public.impersonation_sessions set ended_at = clock_timestamp() where org_id = p_org and ended_at is null;
  end if;
end $$;

-- Whoever acted, by name: people who left and VULKN's administrators are no colleagues.
create function app.audit_people(p_org uuid) returns table (user_id uuid, name text)
language sql stable security definer set search_path = '' as $$
  select p.user_id, coalesce(nullif(p.name, ''), p.email) from public.profiles p
  where p_org = any (app.admin_read_orgs()) and (
    p.user_id in (select distinct a.actor_id from public.audit_log a where a.org_id = p_org and a.actor_id is not null)
    or p.user_id in (select s.admin_id from public.impersonation_sessions s where s.org_id = p_org))
$$;

-- The chain, checked by those whose log it is; 0 is whole.
create function app.audit_check(p_org uuid) returns bigint
language plpgsql stable security definer set search_path = '' as $$
begin
  if not (p_org = any (app.admin_read_orgs())) then raise exception 'not allowed' using errcode = '42501'; end if;
  return app.audit_verify(p_org);
end $$;

-- ---- who a cookie is ------------------------------------------------------------------------------------

-- Standing in, the place is the organization's with an administrator's view; a session that ended leaves no place at
-- all, so nothing of the administrator's own is shown by accident.
drop function app.session_read(bytea);
create function app.session_read(p_hash bytea)
returns table (user_id uuid, email text, name text, locale text, tokens bytea,
               org_id uuid, org_slug text, org_name text, org_timezone text, role text, org_status text,
               platform boolean, proved boolean, standing uuid, mode text, until timestamptz)
language sql stable security definer set search_path = '' as $$
  select s.user_id, p.email, p.name, p.locale, s.tokens, m.org_id, m.slug, m.org_name, m.timezone, m.role, m.status,
         exists (select from app.platform_admins a where a.user_id = s.user_id and a.revoked_at is null),
         app.proof_holds(s.proved_at), s.imp_session, i.mode, i.expires_at
  from app.web_sessions s
  join public.profiles p on p.user_id = s.user_id
  left join lateral app.imp_live(s.imp_session, s.user_id) i on s.imp_session is not null
  left join lateral (
    select o.id as org_id, o.slug, o.name as org_name, o.timezone, o.status, 'admin' as role
    from public.organizations o where o.id = i.org_id
    union all
    (select m.org_id, o.slug, o.name as org_name, o.timezone, o.status, m.role
    from public.memberships m join public.organizations o on o.id = m.org_id and o.deleted_at is null
    where m.user_id = s.user_id and s.imp_session is null
    order by (m.org_id = s.org_id) desc nulls last, m.created_at, m.org_id
    limit 1)
  ) m on true
  where s.id_hash = p_hash and s.expires_at > statement_timestamp()
$$;

-- ---- operators at the shell ----------------------------------------------------------------------------

create function app.revoke_admin(p_email text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare v uuid;
begin
  update app.platform_admins a set revoked_at = now() from auth.users u
  where u.id = a.user_id and lower(u.email) = lower(p_email) and a.revoked_at is null returning a.user_id into v;
  if v is null then return false; end if;
  update public.impersonation_sessions set ended_at = clock_timestamp() where admin_id = v and ended_at is null;
  update app.web_sessions set proved_at = null, imp_session = null where user_id = v;
  insert into app.admin_log (action, detail) values ('admin.revoked', jsonb_build_object('user', v));
  return true;
end $$;

create or replace function app.grant_admin(p_email text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare v uuid;
begin
  insert into app.platform_admins (user_id) select id from auth.users where lower(email) = lower(p_email)
  on conflict (user_id) do update set revoked_at = null returning user_id into v;
  if v is null then return false; end if;
  insert into app.admin_log (action, detail) values ('admin.granted', jsonb_build_object('user', v));
  return true;
end $$;

create function app.reset_factor(p_email text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare v uuid;
begin
  select a.user_id into v from app.platform_admins a join auth.users u on u.id = a.user_id
  where lower(u.email) = lower(p_email) and a.revoked_at is null;
  if v is null then return false; end if;
  delete from app.admin_factors where user_id = v;
  update public.impersonation_sessions set ended_at = clock_timestamp() where admin_id = v and ended_at is null;
  update app.web_sessions set proved_at = null, imp_session = null where user_id = v;
  insert into app.admin_log (action, detail) values ('factor.reset', jsonb_build_object('user', v));
  return true;
end $$;

create function app.list_admins() returns table (email text, granted_at timestamptz, factor boolean)
language sql stable security definer set search_path = '' as $$
  select u.email, a.granted_at, f.confirmed_at is not null from app.platform_admins a
  join auth.users u on u.id = a.user_id left join app.admin_factors f on f.user_id = a.user_id
  where a.revoked_at is null order by u.email
$$;

select app.close_functions();
grant execute on function app.session_read(bytea),
  app.factor_enrol(bytea, bytea), app.factor_try(bytea), app.factor_of(bytea), app.factor_shown(bytea, bigint),
  app.session_stands_in(bytea, uuid, bytea), app.impersonation_write(bytea, text), app.session_leaves(bytea),
  app.impersonation_open(), app.support_allow(uuid, boolean), app.audit_people(uuid), app.audit_check(uuid)
  to vulkn_web;
grant execute on function app.revoke_admin(text), app.reset_factor(text), app.list_admins() to vulkn_maint;
