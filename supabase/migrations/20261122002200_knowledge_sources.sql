-- Where knowledge comes from, and the imports that bring it in: read by the worker, shown to a person row by row,
-- written in one transaction in the name of the person who said yes.
set local lock_timeout = '5s';

create table public.knowledge_sources (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  kind text not null check (kind in ('file', 'page')),
  -- the file's name, or the address
  name text not null check (length(name) between 1 and 500),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  unique (org_id, id),
  unique (org_id, kind, name)
);

alter table public.knowledge_entries
  add column source_id uuid,
  add foreign key (org_id, source_id) references public.knowledge_sources (org_id, id) on delete cascade;
create index knowledge_entries_source on public.knowledge_entries (org_id, source_id);

create table public.knowledge_imports (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  kind text not null check (kind in ('file', 'page')),
  name text not null check (length(name) between 1 and 500),
  size int not null default 0 check (size between 0 and 20000000),
  -- how many pages of a site may be read
  pages int not null default 1 check (pages between 1 and 50),
  state text not null default 'waiting'
    check (state in ('waiting', 'reading', 'ready', 'confirmed', 'applying', 'done', 'failed', 'cancelled')),
  progress int not null default 0,
  total int not null default 0,
  -- what went wrong, as a code of the imports locale
  problem text,
  counts jsonb not null default '{}',
  changes int not null default 0,
  source_id uuid,
  attempt int not null default 0,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid,
  decided_by uuid,
  finished_at timestamptz,
  unique (org_id, id),
  foreign key (org_id, source_id) references public.knowledge_sources (org_id, id) on delete set null (source_id)
);
create index knowledge_imports_recent on public.knowledge_imports (org_id, created_at desc);
create index knowledge_imports_source on public.knowledge_imports (org_id, source_id);
create index knowledge_imports_open on public.knowledge_imports (created_at)
  where state in ('waiting', 'reading', 'confirmed', 'applying');

create table public.knowledge_import_rows (
  org_id uuid not null references public.organizations (id) on delete cascade,
  import_id uuid not null,
  place int not null,
  line int not null,
  state text not null check (state in ('ok', 'replace', 'duplicate', 'error')),
  title text not null default '',
  language text not null default '',
  problem text,
  -- what would be written, and the text that it would replace
  entry jsonb,
  before text,
  skipped boolean not null default false,
  primary key (org_id, import_id, place),
  foreign key (org_id, import_id) references public.knowledge_imports (org_id, id) on delete cascade
);

-- The bytes, from the upload until they have been read.
create table app.import_files (
  org_id uuid not null references public.organizations (id) on delete cascade,
  import_id uuid not null,
  content bytea not null check (length(content) <= 20000000),
  primary key (org_id, import_id),
  foreign key (org_id, import_id) references public.knowledge_imports (org_id, id) on delete cascade
);

select app.close_tables();

-- An organization may have twenty imports under way: each of them may hold 20 MB.
create function app.import_begin(p_org uuid, p_kind text, p_name text, p_pages int, p_content bytea) returns uuid
language plpgsql security definer set search_path = '' as $$
declare made uuid;
begin
  if not (p_org = any (app.write_orgs())) then raise exception 'not allowed' using errcode = '42501'; end if;
  perform pg_advisory_xact_lock(hashtextextended('imports:' || p_org, 0));
  if (select count(*) from public.knowledge_imports i where i.org_id = p_org
      and i.state in ('waiting', 'reading', 'confirmed', 'applying')) >= 20 then return null; end if;
  insert into public.knowledge_imports (org_id, kind, name, pages, size, created_by)
  values (p_org, p_kind, p_name, p_pages, coalesce(length(p_content), 0), auth.uid()) returning id into made;
  if p_content is not null then insert into app.import_files values (p_org, made, p_content); end if;
  perform app.audit_append(p_org, 'import_begun', 'knowledge_imports', made::text,
    jsonb_build_object('kind', p_kind, 'size', coalesce(length(p_content), 0)));
  return made;
end $$;

-- Yes or no to what was read; "no" also stops one that is still being read, and takes away one that failed.
create function app.import_decide(p_org uuid, p_id uuid, p_go boolean) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not (p_org = any (app.write_orgs())) then raise exception 'not allowed' using errcode = '42501'; end if;
  update public.knowledge_imports i
  set state = case when p_go then 'confirmed' else 'cancelled' end, decided_by = auth.uid(), attempt = 0,
      lease_until = null, finished_at = case when p_go then null else clock_timestamp() end
  where i.org_id = p_org and i.id = p_id
    and (i.state = 'ready' or (not p_go and i.state in ('waiting', 'reading', 'failed')));
  if not found then return false; end if;
  if not p_go then
    delete from app.import_files f where f.org_id = p_org and f.import_id = p_id;
    delete from public.knowledge_import_rows r where r.org_id = p_org and r.import_id = p_id;
  end if;
  perform app.audit_append(p_org, case when p_go then 'import_confirmed' else 'import_cancelled' end,
    'knowledge_imports', p_id::text, '{}');
  return true;
end $$;

-- The oldest import that waits, or whose process died. The whole platform's: the caller then works in the
-- import's organization only. What failed three times is over.
create function app.claim_import(p_lease interval)
returns table (org_id uuid, id uuid, kind text, name text, pages int, state text, attempt int, content bytea)
language plpgsql volatile security definer set search_path = '' as $$
begin
  with ended as (
    update public.knowledge_imports i
    set state = 'failed', problem = 'gave_up', finished_at = clock_timestamp(), lease_until = null
    where i.state in ('reading', 'applying') and i.lease_until < clock_timestamp() and i.attempt >= 3
    returning i.org_id, i.id)
  delete from app.import_files f using ended where f.org_id = ended.org_id and f.import_id = ended.id;
  return query
  with mine as (
    update public.knowledge_imports i
    set state = case when i.state in ('waiting', 'reading') then 'reading' else 'applying' end,
        attempt = i.attempt + 1, lease_until = clock_timestamp() + p_lease
    where i.id = (
      select w.id from public.knowledge_imports w
      where w.state in ('waiting', 'confirmed')
         or (w.state in ('reading', 'applying') and w.lease_until < clock_timestamp())
      -- nobody's twenty sites keep another's price list waiting
      order by (
        select count(*) from public.knowledge_imports u
        where u.org_id = w.org_id and u.state in ('reading', 'applying') and u.lease_until > clock_timestamp()),
        w.created_at
      for update skip locked limit 1)
    returning i.*)
  select m.org_id, m.id, m.kind, m.name, m.pages, m.state, m.attempt, f.content
  from mine m left join app.import_files f
    on f.org_id = m.org_id and f.import_id = m.id and m.state = 'reading';
end $$;

-- How far it is. False when it was cancelled or is somebody else's by now.
create function app.import_progress(p_org uuid, p_id uuid, p_attempt int, p_progress int, p_total int, p_lease interval)
returns boolean language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.knowledge_imports i
  set progress = p_progress, total = p_total, lease_until = clock_timestamp() + p_lease
  where i.org_id = p_org and i.id = p_id and i.attempt = p_attempt and i.state = 'reading';
  return found;
end $$;

-- What was read. Nothing to write: it is over already.
create function app.import_planned(p_org uuid, p_id uuid, p_attempt int, p_rows jsonb, p_problem text)
returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare
  summary jsonb;
  ending text;
begin
  perform 1 from public.knowledge_imports i
  where i.org_id = p_org and i.id = p_id and i.attempt = p_attempt and i.state = 'reading' for update;
  if not found then return false; end if;
  insert into public.knowledge_import_rows (org_id, import_id, place, line, state, title, language, problem, entry, before)
  select p_org, p_id, r.place, r.line, r.state, r.title, r.language, r.problem, r.entry, r.before
  from jsonb_to_recordset(p_rows) as r(place int, line int, state text, title text, language text, problem text,
    entry jsonb, before text);
  select coalesce(jsonb_object_agg(c.state, c.n), '{}') into summary from (
    select r.state, count(*) as n from public.knowledge_import_rows r
    where r.org_id = p_org and r.import_id = p_id group by r.state) c;
  ending := case when p_problem is not null then 'failed'
    when summary ?| array['ok', 'replace'] then 'ready'
    when summary ? 'duplicate' then 'done' else 'failed' end;
  update public.knowledge_imports i
  set state = ending, problem = coalesce(p_problem, case when ending = 'failed' then 'nothing_readable' end),
      counts = summary, lease_until = null,
      finished_at = case when ending = 'ready' then null else clock_timestamp() end
  where i.org_id = p_org and i.id = p_id;
  delete from app.import_files f where f.org_id = p_org and f.import_id = p_id;
  return true;
end $$;

-- Writes the rows that were not left out, all or none, as the person who confirmed: their right is asked again, and
-- history and audit name them. Returns how many entries are new or different; null when it is not this attempt's.
create function app.import_apply(p_org uuid, p_id uuid, p_attempt int) returns int
language plpgsql volatile security definer set search_path = '' as $$
declare
  i public.knowledge_imports;
  origin uuid;
  n int;
begin
  select * into i from public.knowledge_imports k
  where k.org_id = p_org and k.id = p_id and k.attempt = p_attempt and k.state = 'applying' for update;
  if not found then return null; end if;
  perform set_config('request.jwt.claims',
    jsonb_build_object('sub', i.decided_by, 'role', 'authenticated')::text, true);
  if not (p_org = any (app.write_orgs())) then
    update public.knowledge_imports k
    set state = 'failed', problem = 'no_longer_allowed', lease_until = null, finished_at = clock_timestamp()
    where k.org_id = p_org and k.id = p_id;
    return 0;
  end if;
  insert into public.knowledge_sources as s (org_id, kind, name, created_by) values (p_org, i.kind, i.name, auth.uid())
  on conflict on constraint knowledge_sources_org_id_kind_name_key do update set updated_at = now()
  returning s.id into origin;
  with said as (
    select e.* from public.knowledge_import_rows r,
      jsonb_to_record(r.entry) as e(title text, body text, language text, examples text[], status text, source text,
        exact boolean, kind text, valid_from date, valid_until date, review_by date)
    where r.org_id = p_org and r.import_id = p_id and r.state in ('ok', 'replace') and not r.skipped),
  written as (
    insert into public.knowledge_entries as known (org_id, title, body, language, examples, status, source, exact,
      kind, valid_from, valid_until, review_by, source_id)
    select p_org, said.title, said.body, said.language, said.examples, said.status, said.source, said.exact,
      said.kind, said.valid_from, said.valid_until, said.review_by, origin from said
    on conflict (org_id, language, title) do update
      set body = excluded.body, examples = excluded.examples, status = excluded.status, source = excluded.source,
        exact = excluded.exact, kind = excluded.kind, valid_from = excluded.valid_from,
        valid_until = excluded.valid_until, review_by = excluded.review_by,
        -- what a person wrote stays theirs, and does not go when the source is deleted
        source_id = case when known.source_id is null then null else excluded.source_id end
      where (known.body, known.examples, known.status, known.exact, known.kind, known.valid_from, known.valid_until,
          known.review_by)
        is distinct from (excluded.body, excluded.examples, excluded.status, excluded.exact, excluded.kind,
          excluded.valid_from, excluded.valid_until, excluded.review_by)
    returning 1)
  select count(*) into n from written;
  perform app.import_twins(p_org, (select jsonb_agg(r.entry) from public.knowledge_import_rows r
    where r.org_id = p_org and r.import_id = p_id and r.state in ('ok', 'replace') and not r.skipped));
  update public.knowledge_import_rows r set entry = null, before = null where r.org_id = p_org and r.import_id = p_id;
  update public.knowledge_imports k
  set state = 'done', changes = n, source_id = origin, lease_until = null, finished_at = clock_timestamp()
  where k.org_id = p_org and k.id = p_id;
  perform app.audit_append(p_org, 'import_applied', 'knowledge_imports', p_id::text, jsonb_build_object('changes', n));
  return n;
end $$;

-- Two entries of an import that name each other as the same answer in two languages. Runs with its caller's rights.
create function app.import_twins(p_org uuid, p_rows jsonb) returns void
language plpgsql volatile set search_path = '' as $$
begin
  with pairs as (
    select e.id as one, o.id as other, case when e.language = 'es' then e.id else o.id end as twin
    from jsonb_to_recordset(coalesce(p_rows, '[]')) as r(language text, title text, twin text)
    join public.knowledge_entries e on e.org_id = p_org and e.language = r.language and e.title = r.title
    join public.knowledge_entries o on o.org_id = p_org and o.language <> r.language and o.title = r.twin
    where r.twin <> '' and e.twin_id is null and o.twin_id is null)
  update public.knowledge_entries k set twin_id = p.twin
  from (select distinct on (id) id, twin from (
      select one as id, twin from pairs union all select other, twin from pairs) both_ways order by id, twin) p
  where k.org_id = p_org and k.id = p.id;
end $$;

-- Imports that nobody decided about, and the rows of those that are over. Returns how many imports went.
create function app.imports_forget() returns int
language plpgsql volatile security definer set search_path = '' as $$
declare n int;
begin
  delete from public.knowledge_import_rows r using public.knowledge_imports i
  where i.org_id = r.org_id and i.id = r.import_id and i.finished_at < now() - interval '30 days';
  delete from public.knowledge_imports i
  where i.created_at < now() - interval '7 days' and i.state in ('ready', 'failed', 'cancelled')
    or i.finished_at < now() - interval '1 year';
  get diagnostics n = row_count;
  return n;
end $$;

create trigger audit after insert or delete on public.knowledge_sources
  for each row execute function app.audit_row('keys');

select app.close_functions();
grant execute on function app.import_begin(uuid, text, text, int, bytea), app.import_decide(uuid, uuid, boolean)
  to vulkn_web;
grant execute on function app.claim_import(interval), app.import_progress(uuid, uuid, int, int, int, interval),
  app.import_planned(uuid, uuid, int, jsonb, text), app.import_apply(uuid, uuid, int), app.imports_forget()
  to vulkn_engine;
grant execute on function app.import_twins(uuid, jsonb) to vulkn_web, vulkn_maint;

grant select, delete on public.knowledge_sources to authenticated, vulkn_web;
grant select on public.knowledge_imports, public.knowledge_import_rows to authenticated, vulkn_web, vulkn_maint;
grant select on public.knowledge_sources to vulkn_maint;
grant update (skipped) on public.knowledge_import_rows to authenticated, vulkn_web;

create policy "members see the sources" on public.knowledge_sources for select
  to authenticated, vulkn_web using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "admins delete a source" on public.knowledge_sources for delete
  to authenticated, vulkn_web using (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "operators see one organization's" on public.knowledge_sources for select to vulkn_maint
  using (org_id = (select app.engine_org()));

create policy "members see the imports" on public.knowledge_imports for select
  to authenticated, vulkn_web using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "operators see one organization's" on public.knowledge_imports for select to vulkn_maint
  using (org_id = (select app.engine_org()));

create policy "members see an import's rows" on public.knowledge_import_rows for select
  to authenticated, vulkn_web using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "members leave rows out" on public.knowledge_import_rows for update to authenticated, vulkn_web
  using (org_id = any ((select app.write_orgs())::uuid[])) with check (org_id = any ((select app.write_orgs())::uuid[]));
create policy "operators see one organization's" on public.knowledge_import_rows for select to vulkn_maint
  using (org_id = (select app.engine_org()));
