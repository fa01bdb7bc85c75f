-- What else a plan allows: people, entries of knowledge, numbers of WhatsApp, skills. Kept here, so that no way to the
-- data goes around it. Whoever is above a limit (a smaller plan than before) keeps everything and cannot add to it.
set local lock_timeout = '5s';

-- null: no limit.
alter table app.plans
  add column members int check (members > 0),
  add column entries int check (entries > 0),
  add column numbers int check (numbers > 0),
  -- For so many days whoever founds a business has this plan as a gift; one plan at most is given.
  add column trial_days int check (trial_days > 0),
  -- So long a payment that failed may be made good.
  add column grace_days int not null default 7 check (grace_days > 0);
create unique index plans_one_trial on app.plans ((true)) where trial_days is not null;

-- A trial of the smallest paid plan: it has what an agent is for (appointments, reminders, forms), and what it can
-- cost us is bound by that plan's own month.
update app.plans p set members = v.members, entries = v.entries, numbers = v.numbers, trial_days = v.trial_days
from (values ('free', 2, 50, 1, null), ('starter', 3, 1000, 1, 14), ('pro', 10, 5000, 3, null),
  ('business', 50, 20000, 10, null)) v (key, members, entries, numbers, trial_days)
where p.key = v.key;

-- ---- how much there is, and how much there may be ----------------------------------------------------

-- Entries in the archive are not counted: nobody is answered from them. 'seats': people, and invitations that may
-- still become people.
create function app.plan_used(p_org uuid, p_what text) returns int
language sql stable security definer set search_path = '' as $$
  select case p_what
    when 'members' then (select count(*) from public.memberships m where m.org_id = p_org)
    when 'seats' then (select count(*) from public.memberships m where m.org_id = p_org) + (
      select count(*) from public.invitations i
      where i.org_id = p_org and i.accepted_at is null and i.expires_at > statement_timestamp())
    when 'entries' then (
      select count(*) from public.knowledge_entries e where e.org_id = p_org and e.status = 'active')
    when 'numbers' then (
      select count(*) from public.channels c
      where c.org_id = p_org and c.kind = 'whatsapp' and c.external_id is not null)
  end
$$;

create function app.plan_most(p_org uuid, p_what text) returns int
language sql stable security definer set search_path = '' as $$
  select case p_what when 'entries' then p.entries when 'numbers' then p.numbers else p.members end
  from public.organizations o join app.plans p on p.key = o.plan where o.id = p_org
$$;

-- Asked after something was added. Two who add at once stand in line here: the second counts what the first added.
create function app.keep_within_plan(p_org uuid, p_what text) returns void
language plpgsql security definer set search_path = '' as $$
declare v_most int;
begin
  perform pg_advisory_xact_lock(hashtextextended('plan:' || p_org, 0));
  v_most := app.plan_most(p_org, p_what);
  if app.plan_used(p_org, p_what) > v_most then
    raise exception 'the plan has room for % %', v_most, p_what
      using errcode = 'VK003', detail = jsonb_build_object('what', p_what, 'most', v_most)::text;
  end if;
end $$;

create function app.keep_members() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app.keep_within_plan(new.org_id, 'members');
  return null;
end $$;
create trigger keep_plan after insert on public.memberships for each row execute function app.keep_members();

-- One that was sent again takes no further seat, but then it is counted already.
create function app.keep_seats() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.accepted_at is null and new.expires_at > statement_timestamp() then
    perform app.keep_within_plan(new.org_id, 'seats');
  end if;
  return null;
end $$;
create trigger keep_plan after insert on public.invitations for each row execute function app.keep_seats();
create trigger keep_plan_again after update of accepted_at, expires_at on public.invitations
  for each row when ((old.accepted_at is not null or old.expires_at <= statement_timestamp()) and new.accepted_at is null)
  execute function app.keep_seats();

create function app.keep_numbers() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app.keep_within_plan(new.org_id, 'numbers');
  return null;
end $$;
create trigger keep_plan after insert on public.channels
  for each row when (new.kind = 'whatsapp' and new.external_id is not null) execute function app.keep_numbers();
create trigger keep_plan_again after update of external_id on public.channels
  for each row when (new.kind = 'whatsapp' and new.external_id is not null and old.external_id is null)
  execute function app.keep_numbers();

-- Once a statement: imports write hundreds of rows in one.
create function app.keep_entries() returns trigger
language plpgsql security definer set search_path = '' as $$
declare v_org uuid;
begin
  for v_org in select distinct f.org_id from fresh f where f.status = 'active' loop
    perform app.keep_within_plan(v_org, 'entries');
  end loop;
  return null;
end $$;
create trigger keep_plan after insert on public.knowledge_entries referencing new table as fresh
  for each statement execute function app.keep_entries();

create function app.keep_entries_back() returns trigger
language plpgsql security definer set search_path = '' as $$
declare v_org uuid;
begin
  for v_org in
    select distinct f.org_id from fresh f join gone g on g.org_id = f.org_id and g.id = f.id
    where f.status = 'active' and g.status <> 'active'
  loop
    perform app.keep_within_plan(v_org, 'entries');
  end loop;
  return null;
end $$;
create trigger keep_plan_back after update on public.knowledge_entries referencing old table as gone new table as fresh
  for each statement execute function app.keep_entries_back();

-- A skill above the plan keeps its row as it is: it pauses (the catalogue does not offer it) and comes back as it was
-- set up. It cannot be switched on or published meanwhile.
create function app.keep_skills() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (
    select from public.organizations o join app.plans p on p.key = o.plan
    where o.id = new.org_id and new.key = any (p.includes)) then
    raise exception 'the plan does not include %', new.key
      using errcode = 'VK003', detail = jsonb_build_object('what', 'skill')::text;
  end if;
  return null;
end $$;
create trigger keep_plan after insert on public.agent_skills
  for each row when (new.enabled or new.published is not null) execute function app.keep_skills();
create trigger keep_plan_again after update on public.agent_skills
  for each row when ((new.enabled and not old.enabled) or new.published is distinct from old.published)
  execute function app.keep_skills();

-- ---- what people and operators are told ----------------------------------------------------------------

create function app.plan_room(p_org uuid) returns table (what text, used int, most int)
language sql stable security definer set search_path = '' as $$
  select w, app.plan_used(p_org, w), app.plan_most(p_org, w) from unnest(array['members', 'seats', 'entries', 'numbers']) w
$$;

create function app.room_of_mine(p_org uuid) returns table (what text, used int, most int)
language sql stable security definer set search_path = '' as $$
  select r.what, r.used, r.most from app.plan_room(p_org) r where p_org = any (app.read_orgs())
$$;

create function app.room_here() returns table (what text, used int, most int)
language sql stable security definer set search_path = '' as $$
  select r.what, r.used, r.most from app.plan_room(app.engine_org()) r where app.engine_org() is not null
$$;

-- Every plan with all of its limits, the cheapest first: for whoever compares them.
create function app.plans_offered()
returns table (key text, monthly_mxn_cents int, monthly_turns int, members int, entries int, numbers int, includes text[])
language sql stable security definer set search_path = '' as $$
  select p.key, p.monthly_mxn_cents, p.monthly_turns, p.members, p.entries, p.numbers, p.includes
  from app.plans p order by p.monthly_mxn_cents, p.key
$$;

-- ---- an import does all or nothing, and says when there is no room ----------------------------------------

create or replace function app.import_apply(p_org uuid, p_id uuid, p_attempt int) returns int
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
  begin
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
  exception when sqlstate 'VK003' then  -- the plan became smaller, or somebody else wrote, after the dry run
    update public.knowledge_imports k
    set state = 'failed', problem = 'plan_full', lease_until = null, finished_at = clock_timestamp()
    where k.org_id = p_org and k.id = p_id;
    return 0;
  end;
  perform app.import_twins(p_org, (select jsonb_agg(r.entry) from public.knowledge_import_rows r
    where r.org_id = p_org and r.import_id = p_id and r.state in ('ok', 'replace') and not r.skipped));
  update public.knowledge_import_rows r set entry = null, before = null where r.org_id = p_org and r.import_id = p_id;
  update public.knowledge_imports k
  set state = 'done', changes = n, source_id = origin, lease_until = null, finished_at = clock_timestamp()
  where k.org_id = p_org and k.id = p_id;
  perform app.audit_append(p_org, 'import_applied', 'knowledge_imports', p_id::text, jsonb_build_object('changes', n));
  return n;
end $$;

-- A yes to more new entries than the plan has room for is no yes: VK003, and the person leaves rows out.
create or replace function app.import_decide(p_org uuid, p_id uuid, p_go boolean) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_most int := app.plan_most(p_org, 'entries');
  v_more int;
begin
  if not (p_org = any (app.write_orgs())) then raise exception 'not allowed' using errcode = '42501'; end if;
  v_more := case when p_go then app.import_adds(p_org, p_id) else 0 end;
  if v_more > 0 and app.plan_used(p_org, 'entries') + v_more > v_most then
    raise exception 'the plan has room for % entries', v_most
      using errcode = 'VK003', detail = jsonb_build_object('what', 'entries', 'most', v_most)::text;
  end if;
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

-- How many entries an import would add to those that are counted; one that it takes out of the archive is one more.
create function app.import_adds(p_org uuid, p_id uuid) returns int
language sql stable security definer set search_path = '' as $$
  select coalesce(sum(
    (r.entry ->> 'status' = 'active')::int - coalesce((e.status = 'active')::int, 0)), 0)::int
  from public.knowledge_import_rows r
  left join public.knowledge_entries e
    on e.org_id = p_org and e.language = r.entry ->> 'language' and e.title = r.entry ->> 'title'
  where r.org_id = p_org and r.import_id = p_id and r.state in ('ok', 'replace') and not r.skipped
$$;

create function app.import_adds_of_mine(p_org uuid, p_id uuid) returns int
language sql stable security definer set search_path = '' as $$
  select case when p_org = any (app.read_orgs()) then app.import_adds(p_org, p_id) else 0 end
$$;

select app.close_functions();
grant execute on function app.room_of_mine(uuid), app.plans_offered(), app.import_adds_of_mine(uuid, uuid) to vulkn_web;
grant execute on function app.room_here() to vulkn_maint;
