-- Rows of an import that give the model orders wait for a person to pick them.
set local lock_timeout = '5s';

create or replace function app.import_planned(p_org uuid, p_id uuid, p_attempt int, p_rows jsonb, p_problem text)
returns boolean language plpgsql volatile security definer set search_path = '' as $$
declare
  summary jsonb;
  ending text;
begin
  perform 1 from public.knowledge_imports i
  where i.org_id = p_org and i.id = p_id and i.attempt = p_attempt and i.state = 'reading' for update;
  if not found then return false; end if;
  insert into public.knowledge_import_rows (org_id, import_id, place, line, state, title, language, problem, entry, before,
    skipped)
  select p_org, p_id, r.place, r.line, r.state, r.title, r.language, r.problem, r.entry, r.before, coalesce(r.skipped, false)
  from jsonb_to_recordset(p_rows) as r(place int, line int, state text, title text, language text, problem text,
    entry jsonb, before text, skipped boolean);
  select coalesce(jsonb_object_agg(c.state, c.n), '{}') || jsonb_build_object('planted', coalesce(sum(c.skipped), 0))
  into summary from (
    select r.state, count(*) as n, count(*) filter (where r.skipped) as skipped from public.knowledge_import_rows r
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

select app.close_functions();
