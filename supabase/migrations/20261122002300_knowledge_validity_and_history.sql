-- An entry's kind, the days on which it holds, its translation; every former state of it; and the contradictions
-- that somebody has looked at.
set local lock_timeout = '5s';

alter table public.knowledge_entries
  add column kind text not null default 'faq' check (kind in ('faq', 'note', 'price', 'document')),
  -- days of the business's own calendar, both included; null: without end on that side
  add column valid_from date,
  add column valid_until date,
  -- when somebody should look whether it is still true
  add column review_by date,
  -- the same answer in two languages carries the same one
  add column twin_id uuid,
  add check (valid_from <= valid_until),
  add unique (org_id, twin_id, language);
grant insert (kind, valid_from, valid_until, review_by, twin_id), update (kind, valid_from, valid_until, review_by, twin_id)
  on public.knowledge_entries to authenticated, vulkn_web, vulkn_maint;
create index knowledge_review on public.knowledge_entries (org_id, review_by) where review_by is not null;

-- What an entry was before a change or a deletion. `entry_id` points to nothing: it outlives the entry.
create table public.knowledge_versions (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  entry_id uuid not null,
  -- the rows of one statement share it: what was done together is undone together
  change uuid not null,
  verb text not null check (verb in ('update', 'delete')),
  entry jsonb not null,
  at timestamptz not null default now(),
  changed_by uuid
);
create index knowledge_versions_entry on public.knowledge_versions (org_id, entry_id, at desc);
create index knowledge_versions_change on public.knowledge_versions (org_id, change);
create index knowledge_versions_age on public.knowledge_versions (at);

-- Two entries whose different figures are no contradiction, and why. Other figures are another matter.
create table public.knowledge_dismissals (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  one_id uuid not null,
  other_id uuid not null,
  figures text not null check (length(figures) <= 200),
  reason text not null check (length(reason) between 1 and 300),
  created_at timestamptz not null default now(),
  created_by uuid,
  unique (org_id, one_id, other_id, figures),
  foreign key (org_id, one_id) references public.knowledge_entries (org_id, id) on delete cascade,
  foreign key (org_id, other_id) references public.knowledge_entries (org_id, id) on delete cascade
);
create index knowledge_dismissals_other on public.knowledge_dismissals (org_id, other_id);

select app.close_tables();

create function app.keep_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare together uuid := gen_random_uuid();
begin
  insert into public.knowledge_versions (org_id, entry_id, change, verb, entry, changed_by)
  select o.org_id, o.id, together, 'update', to_jsonb(o), auth.uid()
  from before o join after n on n.id = o.id
  where (o.title, o.body, o.language, o.examples, o.status, o.source, o.exact, o.kind, o.valid_from, o.valid_until,
      o.review_by, o.twin_id) is distinct from
    (n.title, n.body, n.language, n.examples, n.status, n.source, n.exact, n.kind, n.valid_from, n.valid_until,
      n.review_by, n.twin_id);
  return null;
end $$;

create function app.keep_deleted() returns trigger
language plpgsql security definer set search_path = '' as $$
declare together uuid := gen_random_uuid();
begin
  insert into public.knowledge_versions (org_id, entry_id, change, verb, entry, changed_by)
  select o.org_id, o.id, together, 'delete', to_jsonb(o), auth.uid()
  from before o
  -- an organization that is purged takes its history along
  where exists (select from public.organizations g where g.id = o.org_id);
  return null;
end $$;

create trigger keep_changed after update on public.knowledge_entries
  referencing old table as before new table as after for each statement execute function app.keep_changed();
create trigger keep_deleted after delete on public.knowledge_entries
  referencing old table as before for each statement execute function app.keep_deleted();

-- Deleted entries come back as who they were: nobody else may choose an id.
create function app.knowledge_bring_back(p_org uuid, p_versions uuid[]) returns int
language plpgsql security definer set search_path = '' as $$
declare n int;
begin
  if not (p_org = any (app.write_orgs())) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  insert into public.knowledge_entries (id, org_id, title, body, language, examples, status, source, exact, kind,
    valid_from, valid_until, review_by, twin_id, created_at)
  select v.entry_id, v.org_id, r.title, r.body, r.language, r.examples, r.status, r.source, r.exact, r.kind,
    r.valid_from, r.valid_until, r.review_by, r.twin_id, r.created_at
  from public.knowledge_versions v, jsonb_populate_record(null::public.knowledge_entries, v.entry) r
  where v.org_id = p_org and v.id = any (p_versions) and v.verb = 'delete'
    and not exists (select from public.knowledge_entries e where e.id = v.entry_id);
  get diagnostics n = row_count;
  return n;
end $$;

-- A deleted entry can come back for 30 days; a former state of a living one for a year. Returns how many went.
create function app.knowledge_forget() returns int
language plpgsql security definer set search_path = '' as $$
declare n int;
begin
  with old as (
    select v.id from public.knowledge_versions v
    where v.at < now() - interval '30 days' and (
      v.at < now() - interval '1 year'
      or not exists (select from public.knowledge_entries e where e.org_id = v.org_id and e.id = v.entry_id))
    limit 20000)
  delete from public.knowledge_versions v using old where v.id = old.id;
  get diagnostics n = row_count;
  return n;
end $$;

create function app.stamp_creator() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.created_at := now();
  new.created_by := auth.uid();
  return new;
end $$;
create trigger stamp before insert on public.knowledge_dismissals
  for each row execute function app.stamp_creator();
create trigger audit after insert or update or delete on public.knowledge_dismissals
  for each row execute function app.audit_row('keys');
-- What is younger did not go by its age: somebody wanted it gone for good.
create trigger audit after delete on public.knowledge_versions
  for each row when (old.at > now() - interval '30 days') execute function app.audit_row('keys');

select app.close_functions();
grant execute on function app.knowledge_bring_back(uuid, uuid[]) to vulkn_web;
grant execute on function app.knowledge_forget() to vulkn_engine;

grant select, delete on public.knowledge_versions to authenticated, vulkn_web;
grant select on public.knowledge_versions to vulkn_maint;
create policy "members see what entries were" on public.knowledge_versions for select
  to authenticated, vulkn_web using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "admins delete it for good" on public.knowledge_versions for delete
  to authenticated, vulkn_web using (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "operators see one organization's" on public.knowledge_versions for select to vulkn_maint
  using (org_id = (select app.engine_org()));

grant select, delete, insert (org_id, one_id, other_id, figures, reason)
  on public.knowledge_dismissals to authenticated, vulkn_web;
grant select on public.knowledge_dismissals to vulkn_maint;
create policy "members see what was settled" on public.knowledge_dismissals for select
  to authenticated, vulkn_web using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "members settle a contradiction" on public.knowledge_dismissals for insert
  to authenticated, vulkn_web with check (org_id = any ((select app.write_orgs())::uuid[]));
create policy "members take that back" on public.knowledge_dismissals for delete
  to authenticated, vulkn_web using (org_id = any ((select app.write_orgs())::uuid[]));
create policy "operators see one organization's" on public.knowledge_dismissals for select to vulkn_maint
  using (org_id = (select app.engine_org()));
