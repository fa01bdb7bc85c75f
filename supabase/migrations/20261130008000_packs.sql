-- What a business is, as far as its customers ask alike; answers that still lack something only the owner knows; and
-- which answers of a vertical an organization was given.
set local lock_timeout = '5s';

alter table public.organizations
  add column if not exists industry text not null default '' check (industry ~ '^[a-z_]{0,40}$');
grant update (industry) on public.organizations to authenticated, vulkn_web;
-- Whoever is about to buy says it differently to a dentist than to a garage.
create trigger brain_industry after update of industry on public.organizations
  for each row when (old.industry is distinct from new.industry) execute function app.business_changed();

-- ---- an answer with a blank in it is a draft, whoever writes it -----------------------------------------

alter table public.knowledge_entries
  drop constraint knowledge_entries_status_check,
  add constraint knowledge_entries_status_check check (status in ('active', 'archived', 'draft'));

create function app.has_blank(p_text text) returns boolean
language sql immutable parallel safe set search_path = '' as
$$ select p_text ~ '\[(falta|missing): [^][]{1,80}\]' $$;

-- Filling the last blank is all it takes for the agent to know it.
create function app.settle_draft() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if app.has_blank(new.body) then
    if new.status = 'active' then new.status := 'draft'; end if;
  elsif new.status = 'draft' then
    new.status := 'active';
  end if;
  return new;
end $$;
create trigger settle_draft before insert or update of body, status on public.knowledge_entries
  for each row execute function app.settle_draft();

-- ---- what was taken from a vertical ----------------------------------------------------------------------

-- No entry: somebody deleted it, and it is not brought again.
create table public.pack_entries (
  org_id uuid not null references public.organizations (id) on delete cascade,
  pack text not null check (pack ~ '^[a-z_]{2,40}$'),
  key text not null check (key ~ '^[a-z_]{2,40}$'),
  language text not null check (language in ('es', 'en')),
  entry_id uuid,
  created_at timestamptz not null default now(),
  primary key (org_id, pack, key, language),
  foreign key (org_id, entry_id) references public.knowledge_entries (org_id, id) on delete set null (entry_id)
);
create index pack_entries_entry on public.pack_entries (org_id, entry_id);

select app.close_tables();
select app.close_functions();
grant execute on function app.has_blank(text) to authenticated, vulkn_web, vulkn_engine, vulkn_maint;

grant select, insert (org_id, pack, key, language, entry_id), delete on public.pack_entries to authenticated, vulkn_web;
grant select on public.pack_entries to vulkn_maint;
create policy "members see what was taken from a vertical" on public.pack_entries for select
  to authenticated, vulkn_web using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "admins take a vertical's answers" on public.pack_entries for insert
  to authenticated, vulkn_web with check (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "admins give them up" on public.pack_entries for delete
  to authenticated, vulkn_web using (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "operators see one organization's" on public.pack_entries for select to vulkn_maint
  using (org_id = (select app.engine_org()));
