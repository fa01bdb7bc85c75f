-- Who is who: organizations, the people in them, invitations, platform administrators and
-- impersonation, with the helpers that every policy asks.
set local lock_timeout = '5s';

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$'),
  name text not null check (length(name) between 1 and 120),
  plan text not null default 'starter' check (plan in ('free', 'starter', 'pro', 'business')),
  status text not null default 'active' check (status in ('active', 'suspended')),
  country text not null default 'MX' check (country ~ '^[A-Z]{2}$'),
  timezone text not null default 'America/Mexico_City' check (length(timezone) <= 64),
  branding jsonb not null default '{}' check (pg_column_size(branding) < 16384),
  allowed_origins text[] not null default '{}' check (cardinality(allowed_origins) <= 50),
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);

create table public.profiles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  email text not null check (length(email) <= 254),
  name text not null default '' check (length(name) <= 120),
  locale text not null default 'es' check (locale in ('es', 'en')),
  created_at timestamptz not null default now()
);

create table public.memberships (
  org_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member')),
  created_at timestamptz not null default now(),
  primary key (org_id, user_id)
);
create index memberships_user on public.memberships (user_id);

-- The owner's row comes from provisioning; people invite admins and members only (app.invite).
create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  email text not null check (length(email) between 3 and 254),
  role text not null check (role in ('owner', 'admin', 'member')),
  token_hash bytea not null check (length(token_hash) = 32),
  invited_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days',
  accepted_at timestamptz,
  unique (org_id, id),
  unique (org_id, email)
);

create table app.platform_admins (
  user_id uuid primary key references auth.users (id) on delete cascade,
  granted_at timestamptz not null default now(),
  revoked_at timestamptz
);

create table public.impersonation_sessions (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  admin_id uuid not null,
  reason text not null check (length(btrim(reason)) between 10 and 500),
  mode text not null default 'read' check (mode in ('read', 'write')),
  started_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  unique (org_id, id),
  check (expires_at > started_at and expires_at <= started_at + interval '60 minutes')
);
create unique index impersonation_one_open on public.impersonation_sessions (admin_id) where ended_at is null;

select app.close_tables();

-- ---- whose rows may be touched: asked by every policy, once a statement ------------------------

-- An agent, or an operator at the shell, works in one organization a transaction; unset means none.
-- nullif: after a transaction-local set_config the setting is '' on the pooled connection, not null.
create function app.engine_org() returns uuid
language sql stable set search_path = '' as
$$ select nullif(current_setting('app.org_id', true), '')::uuid $$;

create function app.imp_session() returns uuid
language sql stable set search_path = '' as
$$ select nullif(current_setting('app.imp_session', true), '')::uuid $$;

-- Asked by policies with the person's own rights, who may not call app.imp_session().
create function app.in_impersonation() returns boolean
language sql stable set search_path = '' as
$$ select nullif(current_setting('app.imp_session', true), '') is not null $$;

-- statement_timestamp(): an expiry must bite inside a transaction that is already open.
create function app.imp_org(want text) returns uuid
language sql stable security definer set search_path = '' as $$
  select s.org_id
  from public.impersonation_sessions s
  join app.platform_admins a on a.user_id = s.admin_id and a.revoked_at is null
  join public.organizations o on o.id = s.org_id and o.deleted_at is null
  where s.id = app.imp_session()
    and s.admin_id = (select auth.uid())
    and s.ended_at is null
    and statement_timestamp() < s.expires_at
    and (want = 'read' or s.mode = 'write')
$$;

create function app.rank(role text) returns int
language sql immutable set search_path = '' as
$$ select case role when 'owner' then 3 when 'admin' then 2 when 'member' then 1 else 0 end $$;

-- In an impersonation only that organization counts, never the administrator's own ones.
create function app.orgs(min_role text, imp text) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select case
    when app.in_impersonation() then
      case when imp is null then '{}'::uuid[] else array_remove(array[app.imp_org(imp)], null) end
    else coalesce((
      select array_agg(m.org_id)
      from public.memberships m
      join public.organizations o on o.id = m.org_id and o.deleted_at is null
      where m.user_id = (select auth.uid()) and app.rank(m.role) >= app.rank(min_role)
    ), '{}')
  end
$$;

create function app.read_orgs() returns uuid[]
language sql stable security definer set search_path = '' as $$ select app.orgs('member', 'read') $$;
create function app.write_orgs() returns uuid[]
language sql stable security definer set search_path = '' as $$ select app.orgs('member', 'write') $$;
create function app.admin_orgs() returns uuid[]
language sql stable security definer set search_path = '' as $$ select app.orgs('admin', 'write') $$;
create function app.admin_read_orgs() returns uuid[]
language sql stable security definer set search_path = '' as $$ select app.orgs('admin', 'read') $$;
create function app.owner_orgs() returns uuid[]
language sql stable security definer set search_path = '' as $$ select app.orgs('owner', null) $$;

-- Everyone who shares an organization with the asker, and the asker.
create function app.colleagues() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select array(
    select m.user_id from public.memberships m where m.org_id = any (app.read_orgs())
    union
    select (select auth.uid()) where not app.in_impersonation() and (select auth.uid()) is not null
  )
$$;

-- ---- the last owner stays ----------------------------------------------------------------------

create function app.keep_owner() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- The row lock serialises two owners who demote each other at once.
  perform 1 from public.organizations where id = old.org_id for update;
  if not found then return null; end if;
  if not exists (select from public.memberships where org_id = old.org_id and role = 'owner') then
    raise exception 'an organization needs at least one owner' using errcode = '23514';
  end if;
  return null;
end $$;
create trigger keep_owner after update of role or delete on public.memberships
  for each row when (old.role = 'owner') execute function app.keep_owner();

select app.close_functions();
grant execute on function app.in_impersonation(), app.read_orgs(), app.write_orgs(), app.admin_orgs(),
  app.admin_read_orgs(), app.owner_orgs(), app.colleagues() to authenticated, vulkn_web;
grant execute on function app.engine_org() to vulkn_engine, vulkn_maint;

-- ---- organizations -----------------------------------------------------------------------------

grant select on public.organizations to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant update (name, branding, allowed_origins, country, timezone) on public.organizations to authenticated, vulkn_web;
create policy "members see their organizations" on public.organizations for select to authenticated, vulkn_web
  using (id = any ((select app.read_orgs())::uuid[]));
create policy "admins change their organization" on public.organizations for update to authenticated, vulkn_web
  using (id = any ((select app.admin_orgs())::uuid[])) with check (id = any ((select app.admin_orgs())::uuid[]));
create policy "agents and operators see one organization" on public.organizations for select
  to vulkn_engine, vulkn_maint using (id = (select app.engine_org()));

-- ---- profiles ----------------------------------------------------------------------------------

grant select, update (name, locale) on public.profiles to authenticated, vulkn_web;
create policy "people see their colleagues" on public.profiles for select to authenticated, vulkn_web
  using (user_id = any ((select app.colleagues())::uuid[]));
create policy "people change their own profile" on public.profiles for update to authenticated, vulkn_web
  using (user_id = (select auth.uid()) and not (select app.in_impersonation()))
  with check (user_id = (select auth.uid()) and not (select app.in_impersonation()));

-- ---- memberships: rows come only from provisioning and accepted invitations ----------------------

grant select, update (role), delete on public.memberships to authenticated, vulkn_web;
grant select on public.memberships to vulkn_maint;
create policy "members see their team" on public.memberships for select to authenticated, vulkn_web
  using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "owners change roles" on public.memberships for update to authenticated, vulkn_web
  using (org_id = any ((select app.owner_orgs())::uuid[])) with check (org_id = any ((select app.owner_orgs())::uuid[]));
create policy "owners remove anyone, admins members, people themselves" on public.memberships for delete
  to authenticated, vulkn_web
  using (
    org_id = any ((select app.owner_orgs())::uuid[])
    or (role = 'member' and org_id = any ((select app.admin_orgs())::uuid[]) and not (select app.in_impersonation()))
    or (user_id = (select auth.uid()) and not (select app.in_impersonation()))
  );
create policy "operators see one team" on public.memberships for select to vulkn_maint
  using (org_id = (select app.engine_org()));

-- ---- invitations -------------------------------------------------------------------------------

grant select (id, org_id, email, role, invited_by, created_at, expires_at, accepted_at), delete
  on public.invitations to authenticated, vulkn_web;
create policy "admins see invitations" on public.invitations for select to authenticated, vulkn_web
  using (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "admins withdraw invitations, support does not" on public.invitations for delete to authenticated, vulkn_web
  using (org_id = any ((select app.admin_orgs())::uuid[]) and not (select app.in_impersonation()));

-- ---- impersonation -----------------------------------------------------------------------------

grant select on public.impersonation_sessions to authenticated, vulkn_web;
create policy "admins see who stood in, administrators their own sessions" on public.impersonation_sessions
  for select to authenticated, vulkn_web
  using (org_id = any ((select app.admin_read_orgs())::uuid[]) or admin_id = (select auth.uid()));
