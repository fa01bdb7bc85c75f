-- What /admin shows and does: figures and states of organizations, never what is written in them, never whose number
-- or address it was. Every door asks app.must_administer() first and leaves a row in both logs.
set local lock_timeout = '5s';

create index outbox_troubled on public.outbox (org_id, finished_at) where state in ('failed', 'unknown');
create index whatsapp_events_troubled on public.whatsapp_events (org_id, finished_at) where state = 'failed';
create index knowledge_imports_troubled on public.knowledge_imports (org_id, finished_at) where state = 'failed';

-- ---- organizations -----------------------------------------------------------------------------------------

-- One page, the newest first. The figures look back seven days; the cost is this month's on the organization's clock.
create function app.admin_organizations(p_search text, p_status text, p_limit int, p_offset int)
returns table (id uuid, slug text, name text, plan text, status text, support_allowed boolean, created_at timestamptz,
               members bigint, live boolean, last_message_at timestamptz, cost_micro_usd bigint, turns bigint,
               answered bigint, grounded bigint, liked bigint, disliked bigint, errors bigint, waiting bigint, total bigint)
language plpgsql volatile security definer set search_path = '' as $$
declare v_like text := '%' || replace(replace(replace(coalesce(p_search, ''), '\', '\\'), '%', '\%'), '_', '\_') || '%';
begin
  perform app.must_administer();
  return query
  with page as (
    select o.*, count(*) over () as total from public.organizations o
    where o.deleted_at is null and (o.name ilike v_like or o.slug ilike v_like)
      and (coalesce(p_status, '') = '' or o.status = p_status)
    order by o.created_at desc, o.id
    limit least(greatest(p_limit, 1), 100) offset greatest(p_offset, 0))
  select o.id, o.slug, o.name, o.plan, o.status, o.support_allowed, o.created_at,
    (select count(*) from public.memberships m where m.org_id = o.id),
    coalesce((select bool_or(a.live) from public.agents a where a.org_id = o.id), false),
    (select max(c.last_message_at) from public.conversations c where c.org_id = o.id and c.last_seq > 0),
    coalesce((select u.cost_micro_usd from public.usage_months u where u.org_id = o.id
              and u.month = date_trunc('month', now() at time zone o.timezone)::date), 0)::bigint,
    q.turns, q.answered, q.grounded, q.liked, q.disliked,
    (select count(*) from public.outbox x where x.org_id = o.id and x.state in ('failed', 'unknown')
       and x.finished_at > now() - interval '7 days')
    + (select count(*) from public.whatsapp_events e where e.org_id = o.id and e.state = 'failed'
       and e.finished_at > now() - interval '7 days')
    + (select count(*) from public.knowledge_imports i where i.org_id = o.id and i.state = 'failed'
       and i.finished_at > now() - interval '7 days'),
    (select count(*) from public.turns t where t.org_id = o.id and t.state in ('gathering', 'running'))
    + (select count(*) from public.outbox x where x.org_id = o.id and x.state in ('ready', 'sending'))
    + (select count(*) from public.whatsapp_events e where e.org_id = o.id and e.state in ('ready', 'working')),
    o.total
  from page o
  cross join lateral (
    select count(*) filter (where t.outcome in ('answered', 'unknown', 'handoff')) as turns,
           count(*) filter (where t.outcome = 'answered') as answered,
           count(*) filter (where t.outcome = 'answered' and m.sources <> '[]') as grounded,
           count(*) filter (where m.rating = 1) as liked,
           count(*) filter (where m.rating = -1) as disliked
    from public.turns t left join public.messages m on m.org_id = t.org_id and m.id = t.answer_id
    where t.org_id = o.id and t.state = 'done' and t.created_at > now() - interval '7 days') q
  order by o.created_at desc, o.id;
end $$;

-- The seed's first step, by an administrator: the owner accepts the invitation.
create function app.admin_provision(p_name text, p_slug text, p_owner_email text, p_token_hash bytea) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare o uuid;
begin
  perform app.must_administer();
  o := app.provision_organization(p_name, p_slug, p_owner_email, p_token_hash);
  perform app.admin_note(o, 'organization.create', jsonb_build_object('name', p_name));
  return o;
end $$;

-- Suspended: nobody is answered and the widget says so; everything that was stored stays, and people may still look.
create function app.admin_set_status(p_org uuid, p_status text, p_reason text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.must_administer();
  if length(btrim(coalesce(p_reason, ''))) not between 10 and 500 then
    raise exception 'a reason is needed' using errcode = '23514';
  end if;
  update public.organizations set status = p_status where id = p_org and status <> p_status and deleted_at is null;
  if not found then return false; end if;
  perform app.admin_note(p_org, 'organization.' || p_status, jsonb_build_object('reason', btrim(p_reason)));
  return true;
end $$;

create function app.admin_set_plan(p_org uuid, p_plan text, p_why text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare v_before text;
begin
  perform app.must_administer();
  if length(btrim(coalesce(p_why, ''))) not between 10 and 500 then
    raise exception 'a reason is needed' using errcode = '23514';
  end if;
  select plan into v_before from public.organizations where id = p_org and deleted_at is null for update;
  if v_before is null or v_before = p_plan then return false; end if;
  update public.organizations set plan = p_plan where id = p_org;
  perform app.touch_brain(p_org);
  perform app.admin_note(p_org, 'organization.plan', jsonb_build_object('from', v_before, 'to', p_plan, 'reason', btrim(p_why)));
  return true;
end $$;

-- Why a widget does not open: paused is not the same as gone.
create function app.widget_paused(p_slug text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from public.organizations o
    where o.slug = p_slug and o.status = 'suspended' and o.deleted_at is null)
$$;

-- ---- the log ------------------------------------------------------------------------------------------------

create function app.admin_log_page(p_limit int, p_offset int)
returns table (id uuid, at timestamptz, admin text, org_slug text, action text, detail jsonb, total bigint)
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.must_administer();
  return query
  select l.id, l.at, coalesce(nullif(p.name, ''), p.email, ''), l.org_slug, l.action, l.detail, count(*) over ()
  from app.admin_log l left join public.profiles p on p.user_id = l.admin_id
  order by l.at desc limit least(greatest(p_limit, 1), 100) offset greatest(p_offset, 0);
end $$;

-- ---- what goes on: providers, queues, dead letters ------------------------------------------------------------

create function app.admin_providers()
returns table (provider text, model text, calls bigint, failed bigint, latency_ms int, cost_micro_usd bigint)
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.must_administer();
  return query
  select u.provider, u.model, count(*), count(*) filter (where u.failure is not null),
         percentile_cont(0.5) within group (order by u.latency_ms)::int, sum(u.cost_micro_usd)::bigint
  from public.organizations o
  join public.usage_events u on u.org_id = o.id and u.created_at > now() - interval '24 hours'
  group by 1, 2 order by 3 desc limit 20;
end $$;

-- The queues by one name each; 'dead' is what nothing tries any more by itself.
create function app.admin_queues() returns table (queue text, state text, count bigint, oldest timestamptz)
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.must_administer();
  return query
  select 'turns'::text, t.state, count(*), min(t.created_at) from public.turns t
    where t.state in ('gathering', 'running') group by 2
  union all
  select 'outbox', x.state, count(*), min(x.created_at) from public.outbox x
    where x.state in ('ready', 'sending')
       or (x.state in ('failed', 'unknown') and x.finished_at > now() - interval '30 days') group by 2
  union all
  select 'events', e.state, count(*), min(e.received_at) from public.whatsapp_events e
    where e.state in ('ready', 'working')
       or (e.state = 'failed' and e.finished_at > now() - interval '30 days') group by 2
  union all
  select 'imports', i.state, count(*), min(i.created_at) from public.knowledge_imports i
    where i.state in ('waiting', 'reading', 'confirmed', 'applying')
       or (i.state = 'failed' and i.finished_at > now() - interval '30 days') group by 2
  union all
  select 'jobs', j.status::text, count(*), min(j.scheduled_at) from queue.procrastinate_jobs j
    where j.status in ('todo', 'doing', 'failed') group by 2;
end $$;

-- What is dead, the newest first. `replayable`: surely not done before. What was perhaps sent is not: the other side
-- would get it twice.
create function app.admin_dead(p_queue text, p_limit int)
returns table (queue text, id text, org_slug text, kind text, state text, attempt int, problem text, at timestamptz, replayable boolean)
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.must_administer();
  return query
  select d.* from (
    select 'outbox'::text, x.id::text, o.slug, x.kind, x.state, x.attempt, left(coalesce(x.error, ''), 120), x.finished_at,
           x.state = 'failed' and o.status = 'active'
    from public.outbox x join public.organizations o on o.id = x.org_id
    where p_queue in ('', 'outbox') and x.state in ('failed', 'unknown') and x.finished_at > now() - interval '30 days'
    union all
    select 'events', e.id::text, o.slug, e.kind, e.state, e.attempt, left(coalesce(e.problem, ''), 120), e.finished_at, true
    from public.whatsapp_events e join public.organizations o on o.id = e.org_id
    where p_queue in ('', 'events') and e.state = 'failed' and e.finished_at > now() - interval '30 days'
    union all
    -- a file's bytes are gone once it was read; pages can be read again
    select 'imports', i.id::text, o.slug, i.kind, i.state, i.attempt, left(coalesce(i.problem, ''), 120), i.finished_at,
           i.kind = 'page' or exists (select from app.import_files f where f.org_id = i.org_id and f.import_id = i.id)
    from public.knowledge_imports i join public.organizations o on o.id = i.org_id
    where p_queue in ('', 'imports') and i.state = 'failed' and i.finished_at > now() - interval '30 days'
    union all
    select 'jobs', j.id::text, '', j.task_name::text, j.status::text, j.attempts, '', j.scheduled_at, true
    from queue.procrastinate_jobs j where p_queue in ('', 'jobs') and j.status = 'failed'
  ) d (queue, id, org_slug, kind, state, attempt, problem, at, replayable)
  order by d.at desc nulls last limit least(greatest(p_limit, 1), 200);
end $$;

-- Back in line, one (p_id) or all that may. The row is the same row: its dedupe_key, its event's key, its import's
-- title keep the effect one.
create function app.admin_replay(p_queue text, p_id text) returns int
language plpgsql volatile security definer set search_path = '' as $$
declare
  n int := 0;
  r record;
begin
  perform app.must_administer();
  for r in select d.queue, d.id from app.admin_dead(p_queue, 200) d
           where d.replayable and (coalesce(p_id, '') = '' or d.id = p_id) loop
    n := n + app.replay_one(r.queue, r.id);
  end loop;
  return n;
end $$;

create function app.replay_one(p_queue text, p_id text) returns int
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_org uuid;
  v_status text;
begin
  if p_queue = 'outbox' then
    update public.outbox x set state = 'ready', attempt = 0, deferred = 0, available_at = clock_timestamp(),
           lease_until = null, finished_at = null, error = null
    where x.id = p_id::uuid and x.state = 'failed'
      -- of several parts those that went are not sent again (app.delivery_begin); one that perhaps went is left alone
      and not exists (select from public.message_deliveries d where d.org_id = x.org_id and d.outbox_id = x.id
                      and d.state = 'sending')
    returning x.org_id into v_org;
  elsif p_queue = 'events' then
    update public.whatsapp_events e set state = 'ready', attempt = 0, available_at = clock_timestamp(),
           lease_until = null, finished_at = null, problem = null
    where e.id = p_id::uuid and e.state = 'failed' returning e.org_id into v_org;
  elsif p_queue = 'imports' then
    update public.knowledge_imports i set state = 'waiting', attempt = 0, lease_until = null, finished_at = null,
           problem = null, progress = 0
    where i.id = p_id::uuid and i.state = 'failed' returning i.org_id into v_org;
  elsif p_queue = 'jobs' then
    perform set_config('search_path', 'queue', true);  -- the library's triggers name its tables without a schema
    begin
      update queue.procrastinate_jobs j set status = 'todo', scheduled_at = now(), worker_id = null
      where j.id = p_id::bigint and j.status = 'failed' returning j.status::text into v_status;
    exception when unique_violation then return 0;  -- the same work stands in line already
    end;
    if v_status is null then return 0; end if;
    perform app.admin_note(null, 'replay.jobs', jsonb_build_object('id', p_id));
    return 1;
  end if;
  if v_org is null then return 0; end if;
  perform app.audit_append(v_org, 'replay', p_queue, p_id, '{}');
  perform app.admin_note(v_org, 'replay.' || p_queue, jsonb_build_object('id', p_id));
  return 1;
end $$;

-- ---- features that can be switched --------------------------------------------------------------------------

-- What is not written here is as the code says. The organization's word goes before everybody's.
create table app.flags (
  key text primary key check (key ~ '^[a-z_]{2,40}$'),
  is_on boolean not null,
  updated_at timestamptz not null default now()
);
create table app.org_flags (
  org_id uuid not null references public.organizations (id) on delete cascade,
  key text not null check (key ~ '^[a-z_]{2,40}$'),
  is_on boolean not null,
  updated_at timestamptz not null default now(),
  primary key (org_id, key)
);
select app.close_tables();

create function app.flags_of(p_org uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce((select jsonb_object_agg(f.key, f.is_on) from app.flags f), '{}')
      || coalesce((select jsonb_object_agg(f.key, f.is_on) from app.org_flags f where f.org_id = p_org), '{}')
$$;

create function app.admin_flags() returns table (key text, is_on boolean, on_for bigint, off_for bigint)
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.must_administer();
  return query
  select k.key, f.is_on, (select count(*) from app.org_flags o where o.key = k.key and o.is_on),
         (select count(*) from app.org_flags o where o.key = k.key and not o.is_on)
  from (select x.key from app.flags x union select x.key from app.org_flags x) k left join app.flags f on f.key = k.key;
end $$;

create function app.admin_org_flags(p_org uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.must_administer();
  return coalesce((select jsonb_object_agg(f.key, f.is_on) from app.org_flags f where f.org_id = p_org), '{}');
end $$;

-- p_org null: everybody's. p_on null: as before anybody said something.
create function app.admin_set_flag(p_org uuid, p_key text, p_on boolean) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.must_administer();
  if p_org is null then
    delete from app.flags where key = p_key;
    if p_on is not null then insert into app.flags (key, is_on) values (p_key, p_on); end if;
  else
    delete from app.org_flags where org_id = p_org and key = p_key;
    if p_on is not null then insert into app.org_flags (org_id, key, is_on) values (p_org, p_key, p_on); end if;
    perform app.audit_append(p_org, 'update', 'flags', p_key, jsonb_build_object('on', p_on));
  end if;
  perform app.admin_note(p_org, 'flag', jsonb_build_object('key', p_key, 'on', p_on));
end $$;

select app.close_functions();
grant execute on function app.admin_organizations(text, text, int, int), app.admin_provision(text, text, text, bytea),
  app.admin_set_status(uuid, text, text), app.admin_set_plan(uuid, text, text), app.admin_log_page(int, int),
  app.admin_providers(), app.admin_queues(), app.admin_dead(text, int), app.admin_replay(text, text),
  app.admin_flags(), app.admin_org_flags(uuid), app.admin_set_flag(uuid, text, boolean) to vulkn_web;
grant execute on function app.widget_paused(text), app.flags_of(uuid) to vulkn_engine;
