-- What the business knows, in entries that a person can read and correct.
set local lock_timeout = '5s';

create table public.knowledge_entries (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  title text not null check (length(title) between 1 and 200),
  body text not null check (length(body) between 1 and 20000),
  language text not null default 'es' check (language in ('es', 'en')),
  -- how customers really ask for this
  examples text[] not null default '{}' check (cardinality(examples) <= 40),
  status text not null default 'active' check (status in ('active', 'archived')),
  source text not null default '' check (length(source) <= 200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by uuid,
  unique (org_id, id),
  -- the same title again is the same entry: an import replaces it, an editor is told
  unique (org_id, language, title)
);
create index knowledge_recent on public.knowledge_entries (org_id, updated_at desc);

select app.close_tables();

create function app.stamp_author() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.updated_at := now();
  new.updated_by := auth.uid();
  return new;
end $$;

create trigger stamp before insert or update on public.knowledge_entries
  for each row execute function app.stamp_author();
create trigger brain_insert after insert on public.knowledge_entries referencing new table as changed
  for each statement execute function app.brain_changed();
create trigger brain_update after update on public.knowledge_entries referencing new table as changed
  for each statement execute function app.brain_changed();
create trigger brain_delete after delete on public.knowledge_entries referencing old table as changed
  for each statement execute function app.brain_changed();
create trigger audit after insert or update or delete on public.knowledge_entries
  for each row execute function app.audit_row('keys');

select app.close_functions();
grant select on public.knowledge_entries to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant insert (org_id, title, body, language, examples, status, source),
  update (title, body, language, examples, status, source), delete
  on public.knowledge_entries to authenticated, vulkn_web, vulkn_maint;

create policy "members see what the business knows" on public.knowledge_entries for select
  to authenticated, vulkn_web using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "members add to it" on public.knowledge_entries for insert
  to authenticated, vulkn_web with check (org_id = any ((select app.write_orgs())::uuid[]));
create policy "members correct it" on public.knowledge_entries for update to authenticated, vulkn_web
  using (org_id = any ((select app.write_orgs())::uuid[])) with check (org_id = any ((select app.write_orgs())::uuid[]));
create policy "admins delete from it" on public.knowledge_entries for delete
  to authenticated, vulkn_web using (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "agents read one organization's" on public.knowledge_entries for select to vulkn_engine
  using (org_id = (select app.engine_org()));
create policy "operators work on one organization's" on public.knowledge_entries for all to vulkn_maint
  using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()));
