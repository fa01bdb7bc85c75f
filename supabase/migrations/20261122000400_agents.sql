-- Agents and the channels they answer on, and the version of what an agent knows and is told.
set local lock_timeout = '5s';

create table public.agents (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (length(name) between 1 and 60),
  tone text not null default 'warm' check (tone in ('warm', 'professional', 'direct')),
  instructions text not null default '' check (length(instructions) <= 4000),
  greeting_es text not null default '' check (length(greeting_es) <= 500),
  greeting_en text not null default '' check (length(greeting_en) <= 500),
  model text check (length(model) <= 80),
  live boolean not null default false,
  updated_at timestamptz not null default now(),
  unique (org_id, id)
);

create table public.channels (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  agent_id uuid not null,
  kind text not null check (kind in ('web', 'whatsapp')),
  name text not null default '' check (length(name) <= 80),
  -- WhatsApp's phone_number_id; written only by the engine after Meta proved who owns it.
  external_id text,
  status text not null default 'active' check (status in ('active', 'paused')),
  unique (org_id, id),
  unique (kind, external_id),
  foreign key (org_id, agent_id) references public.agents (org_id, id) on delete cascade
);
create index channels_agent on public.channels (org_id, agent_id);

-- Counts every change of an agent or of its knowledge: a process keeps what it read until this moves.
create table app.brain_versions (
  org_id uuid primary key references public.organizations (id) on delete cascade,
  version bigint not null default 1
);

select app.close_tables();

create function app.touch_brain(p_org uuid) returns void
language sql security definer set search_path = '' as $$
  insert into app.brain_versions as b (org_id)
  select o.id from public.organizations o where o.id = p_org
  on conflict (org_id) do update set version = b.version + 1
$$;

-- A statement, not a row: ten thousand imported entries move the version once.
create function app.brain_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare org uuid;
begin
  for org in select distinct c.org_id from changed c order by 1 loop
    perform app.touch_brain(org);
  end loop;
  return null;
end $$;

-- The business's name and clock stand in the prompt.
create function app.business_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app.touch_brain(new.id);
  return null;
end $$;
create trigger brain_update after update of name, timezone on public.organizations
  for each row execute function app.business_changed();

create function app.stamp() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;

create trigger stamp before update on public.agents for each row execute function app.stamp();
create trigger brain_insert after insert on public.agents referencing new table as changed
  for each statement execute function app.brain_changed();
create trigger brain_update after update on public.agents referencing new table as changed
  for each statement execute function app.brain_changed();
create trigger audit after insert or update or delete on public.agents
  for each row execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.channels
  for each row execute function app.audit_row('values');

select app.close_functions();

grant select on public.agents to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant insert (org_id, name, tone, instructions, greeting_es, greeting_en, model),
  update (name, tone, instructions, greeting_es, greeting_en, model, live), delete
  on public.agents to authenticated, vulkn_web;
grant select on public.channels to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant insert (org_id, agent_id, kind, name), update (name, agent_id, status), delete
  on public.channels to authenticated, vulkn_web;
grant update (external_id, status) on public.channels to vulkn_engine;
grant select on app.brain_versions to vulkn_engine;

do $$
declare t text;
begin
  foreach t in array array['agents', 'channels'] loop
    execute format($p$create policy "members see them" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.read_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "admins add them" on public.%I for insert to authenticated, vulkn_web
      with check (org_id = any ((select app.admin_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "admins change them" on public.%I for update to authenticated, vulkn_web
      using (org_id = any ((select app.admin_orgs())::uuid[]))
      with check (org_id = any ((select app.admin_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "admins remove them" on public.%I for delete to authenticated, vulkn_web
      using (org_id = any ((select app.admin_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "agents work in one organization" on public.%I for all to vulkn_engine
      using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
end $$;
create policy "agents work in one organization" on app.brain_versions for select to vulkn_engine
  using (org_id = (select app.engine_org()));
