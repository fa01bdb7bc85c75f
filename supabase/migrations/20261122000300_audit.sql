-- The audit log: append only, one hash chain an organization. A chain proves tampering by anyone
-- who cannot recompute it; `./vulkn audit verify` prints the head so it can be kept outside.
set local lock_timeout = '5s';

create table public.audit_log (
  org_id uuid not null references public.organizations (id) on delete cascade,
  seq bigint not null,  -- per organization: a global sequence would tell tenants each other's volume
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('user', 'impersonation', 'engine', 'system')),
  actor_id uuid,
  imp_session uuid,
  action text not null,
  entity text not null,
  entity_id text,
  detail jsonb not null default '{}',
  prev_hash bytea not null,
  hash bytea not null,
  primary key (org_id, seq)
);

create table app.audit_heads (
  org_id uuid primary key references public.organizations (id) on delete cascade,
  seq bigint not null,
  hash bytea not null
);

select app.close_tables();

create function app.audit_hash(prev bytea, r public.audit_log) returns bytea
language sql stable set search_path = '' as $$
  select sha256(prev || convert_to(jsonb_build_array(
    r.org_id, r.seq, to_char(r.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    r.actor_kind, r.actor_id, r.imp_session, r.action, r.entity, r.entity_id, r.detail)::text, 'UTF8'))
$$;

create function app.audit_append(p_org uuid, p_action text, p_entity text, p_id text, p_detail jsonb)
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
end $$;

-- The first broken row's number, one past the end when rows were cut off, 0 when all is well.
create function app.audit_verify(p_org uuid) returns bigint
language plpgsql stable security definer set search_path = '' as $$
declare
  r public.audit_log;
  prev bytea := '\x00';
  n bigint := 0;
  head app.audit_heads;
begin
  for r in select * from public.audit_log where org_id = p_org order by seq loop
    n := n + 1;
    if r.seq <> n or r.prev_hash <> prev or r.hash <> app.audit_hash(prev, r) then return r.seq; end if;
    prev := r.hash;
  end loop;
  select * into head from app.audit_heads where org_id = p_org;
  if found and (head.seq <> n or head.hash <> prev) then return n + 1; end if;
  return 0;
end $$;

-- Argument 'values' keeps before and after; 'keys' only the names of changed columns (people's data).
create function app.audit_row() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  o jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  n jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  j jsonb := coalesce(n, o);
  d jsonb;
begin
  if tg_argv[0] = 'keys' then
    select jsonb_build_object('keys', coalesce(jsonb_agg(key order by key), '[]')) into d
    from jsonb_each(j) where o is null or n is null or o -> key is distinct from n -> key;
  else
    select jsonb_object_agg(key, jsonb_build_array(o -> key, n -> key)) into d
    from jsonb_each(j)
    where (o is null or n is null or o -> key is distinct from n -> key) and key <> 'token_hash';
  end if;
  perform app.audit_append(
    (case when tg_table_name = 'organizations' then j ->> 'id' else j ->> 'org_id' end)::uuid,
    lower(tg_op), tg_table_name, coalesce(j ->> 'id', j ->> 'user_id'), d);
  return null;
end $$;

create trigger audit after insert or update or delete on public.organizations
  for each row execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.memberships
  for each row execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.invitations
  for each row execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.impersonation_sessions
  for each row execute function app.audit_row('values');

select app.close_functions();
grant execute on function app.audit_verify(uuid) to vulkn_maint;

grant select on public.audit_log to authenticated, vulkn_web, vulkn_maint;
create policy "admins read the audit log" on public.audit_log for select to authenticated, vulkn_web
  using (org_id = any ((select app.admin_read_orgs())::uuid[]));
create policy "operators read one audit log" on public.audit_log for select to vulkn_maint
  using (org_id = (select app.engine_org()));
