-- The picture a business shows beside its name, and how long the widget's counts are kept.
set local lock_timeout = '5s';

-- Public by nature: it is served to everybody under its digest. Its bytes were made by our own encoder (branding/logos.py),
-- so nobody but the web process puts one in, and nobody changes one.
create table public.logos (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  content bytea not null check (octet_length(content) between 1 and 262144),
  created_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, digest)
);

select app.close_tables();

-- Keeps a picture and returns its digest. One that was tried and never saved goes when the next one comes.
create function app.logo_keep(p_org uuid, p_content bytea) returns text
language plpgsql security definer set search_path = '' as $$
declare kept text := encode(sha256(p_content), 'hex');
begin
  if not (p_org = any (app.admin_orgs())) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  insert into public.logos (org_id, digest, content) values (p_org, kept, p_content)
  on conflict (org_id, digest) do nothing;
  delete from public.logos l using public.organizations o
  where o.id = p_org and l.org_id = p_org and l.digest <> kept and strpos(o.branding::text, l.digest) = 0;
  perform app.audit_append(p_org, 'insert', 'logos', kept, '{}');
  return kept;
end $$;

-- Thirteen months, so that a month can be compared with the one a year before.
create function app.widget_events_forget() returns bigint
language sql security definer set search_path = '' as $$
  with gone as (
    delete from public.widget_events where created_at < now() - interval '400 days' returning 1)
  select count(*) from gone
$$;

select app.close_functions();
grant execute on function app.logo_keep(uuid, bytea) to vulkn_web;
grant execute on function app.widget_events_forget() to vulkn_engine;
grant select on public.logos to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
create policy "members see their logos" on public.logos for select to authenticated, vulkn_web
  using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "agents and operators see one organization" on public.logos for select
  to vulkn_engine, vulkn_maint using (org_id = (select app.engine_org()));
