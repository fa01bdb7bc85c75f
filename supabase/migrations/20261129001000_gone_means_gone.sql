-- What goes with its source can come back for seven days, a single entry for thirty; what is deleted for good leaves
-- no word anywhere, the titles in an import's list included.
set local lock_timeout = '5s';

alter table public.knowledge_versions
  -- how long a deleted entry can come back, and what it was before
  add column days_kept int not null default 30 check (days_kept between 0 and 30);

-- A source takes its imports' lists along, and what is kept of its entries for a shorter while. Its own name is
-- remembered in the transaction, for whoever brings an entry back.
create function app.source_goes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform set_config('app.sources_going',
    (coalesce(nullif(current_setting('app.sources_going', true), ''), '{}')::jsonb
      || jsonb_build_object(old.id, jsonb_build_object('kind', old.kind, 'name', old.name)))::text, true);
  delete from public.knowledge_import_rows r using public.knowledge_imports i
  where i.org_id = old.org_id and i.source_id = old.id and r.org_id = i.org_id and r.import_id = i.id;
  update public.knowledge_versions v set days_kept = 7
  where v.org_id = old.org_id and v.entry ->> 'source_id' = old.id::text;
  return old;
end $$;
create trigger goes before delete on public.knowledge_sources
  for each row execute function app.source_goes();

create or replace function app.keep_deleted() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  together uuid := gen_random_uuid();
  going jsonb := coalesce(nullif(current_setting('app.sources_going', true), ''), '{}')::jsonb;
begin
  insert into public.knowledge_versions (org_id, entry_id, change, verb, entry, changed_by, days_kept)
  select o.org_id, o.id, together, 'delete',
    to_jsonb(o) || case when going ? (o.source_id::text)
      then jsonb_build_object('origin', going -> (o.source_id::text)) else '{}' end,
    auth.uid(), case when going ? (o.source_id::text) then 7 else 30 end
  from before o
  -- an organization that is purged takes its history along
  where exists (select from public.organizations g where g.id = o.org_id);
  update public.knowledge_versions v set days_kept = 7 from before o
  where v.org_id = o.org_id and v.entry_id = o.id and going ? (o.source_id::text);
  return null;
end $$;

-- Deleted entries come back as who they were, with the source that went with them: nobody else may choose an id.
create or replace function app.knowledge_bring_back(p_org uuid, p_versions uuid[]) returns int
language plpgsql security definer set search_path = '' as $$
declare n int;
begin
  if not (p_org = any (app.write_orgs())) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  insert into public.knowledge_sources (org_id, kind, name, created_by)
  select distinct p_org, v.entry -> 'origin' ->> 'kind', v.entry -> 'origin' ->> 'name', auth.uid()
  from public.knowledge_versions v
  where v.org_id = p_org and v.id = any (p_versions) and v.verb = 'delete' and v.entry ? 'origin'
  on conflict on constraint knowledge_sources_org_id_kind_name_key do nothing;
  insert into public.knowledge_entries (id, org_id, title, body, language, examples, status, source, exact, kind,
    valid_from, valid_until, review_by, twin_id, created_at, source_id)
  select v.entry_id, v.org_id, r.title, r.body, r.language, r.examples, r.status, r.source, r.exact, r.kind,
    r.valid_from, r.valid_until, r.review_by, r.twin_id, r.created_at,
    (select s.id from public.knowledge_sources s where s.org_id = p_org and (s.id = r.source_id
       or (s.kind = v.entry -> 'origin' ->> 'kind' and s.name = v.entry -> 'origin' ->> 'name')) limit 1)
  from public.knowledge_versions v, jsonb_populate_record(null::public.knowledge_entries, v.entry) r
  where v.org_id = p_org and v.id = any (p_versions) and v.verb = 'delete'
    and v.at > now() - make_interval(days => v.days_kept)
    and not exists (select from public.knowledge_entries e where e.id = v.entry_id);
  get diagnostics n = row_count;
  return n;
end $$;

-- A deleted entry goes with all its former states when its days are over; a former state of a living one after a
-- year. Returns how many went.
create or replace function app.knowledge_forget() returns int
language plpgsql security definer set search_path = '' as $$
declare n int;
begin
  with gone as (
    select v.org_id, v.entry_id, max(v.at + make_interval(days => v.days_kept)) as until
    from public.knowledge_versions v
    where v.verb = 'delete' and v.at < now() - interval '7 days'
      and not exists (select from public.knowledge_entries e where e.org_id = v.org_id and e.id = v.entry_id)
    group by v.org_id, v.entry_id),
  old as (
    select v.id from public.knowledge_versions v
    where v.at < now() - interval '1 year'
       or exists (select from gone g where g.org_id = v.org_id and g.entry_id = v.entry_id and g.until < now())
    limit 20000)
  delete from public.knowledge_versions v using old where v.id = old.id;
  get diagnostics n = row_count;
  return n;
end $$;

-- What is forgotten stands in no import's list either. An entry of the same title that lives keeps its line.
create function app.forget_titles() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.knowledge_import_rows r using public.knowledge_imports i, before b
  where i.org_id = r.org_id and i.id = r.import_id and i.state = 'done' and r.org_id = b.org_id
    and r.language = b.entry ->> 'language' and r.title = b.entry ->> 'title'
    and not exists (select from public.knowledge_entries e
      where e.org_id = r.org_id and e.language = r.language and e.title = r.title);
  return null;
end $$;
create trigger forget_titles after delete on public.knowledge_versions
  referencing old table as before for each statement execute function app.forget_titles();

-- What is younger than it may become did not go by its age: somebody wanted it gone for good.
drop trigger audit on public.knowledge_versions;
create trigger audit after delete on public.knowledge_versions
  for each row when (old.at > now() - make_interval(days => old.days_kept))
  execute function app.audit_row('keys');

select app.close_functions();
