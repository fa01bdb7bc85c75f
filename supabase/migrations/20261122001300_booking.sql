-- Appointments: what can be booked, on whom or what, when, and what was booked; and the reminders of it.
set local lock_timeout = '5s';

-- [a, a] overlaps [b, b] exactly when a = b: a range of one id lets an exclusion constraint compare ids
-- with the operator classes PostgreSQL is born with (btree_gist is not everywhere).
create type app.uuid_range as range (subtype = uuid);
-- Its functions belong to the server's first superuser. Only where that is us can they be like all others; on a
-- Supabase project it is not, and they do nothing that a search path could change.
do $$ begin
  if (select rolsuper from pg_roles where rolname = current_user) then
    alter function app.uuid_range(uuid, uuid) set search_path = '';
    alter function app.uuid_range(uuid, uuid, text) set search_path = '';
    alter function app.uuid_multirange() set search_path = '';
    alter function app.uuid_multirange(app.uuid_range) set search_path = '';
    alter function app.uuid_multirange(app.uuid_range[]) set search_path = '';
  end if;
end $$;

-- Services and resources are retired, never deleted: what was booked keeps its name.
create table public.services (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name_es text not null check (length(name_es) between 1 and 120),
  name_en text not null default '' check (length(name_en) <= 120),
  minutes int not null check (minutes between 5 and 720),
  -- kept free around the appointment: to prepare, to clean
  buffer_before int not null default 0 check (buffer_before between 0 and 240),
  buffer_after int not null default 0 check (buffer_after between 0 and 240),
  price numeric check (price between 0 and 1e9 and scale(price) <= 2),
  currency text not null default 'MXN' check (currency ~ '^[A-Z]{3}$'),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  unique (org_id, id)
);

-- Who or what is booked, one row for each that can be busy: two chairs are two rows.
create table public.resources (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  kind text not null default 'person' check (kind in ('person', 'room', 'table')),
  name text not null check (length(name) between 1 and 120),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  unique (org_id, id)
);

-- Which resources a service is done on; a service without rows here is done on any.
create table public.service_resources (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  service_id uuid not null,
  resource_id uuid not null,
  unique (org_id, service_id, resource_id),
  foreign key (org_id, service_id) references public.services (org_id, id) on delete cascade,
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade
);
create index service_resources_resource on public.service_resources (org_id, resource_id);

-- Minutes after midnight on the organization's own clock; past 1440 is the night into the next day.
create table public.resource_hours (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  resource_id uuid not null,
  weekday smallint not null check (weekday between 0 and 6),  -- 0 is Monday
  opens int not null check (opens between 0 and 1439),
  closes int not null,
  check (closes > opens and closes <= opens + 1440),
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade,
  -- with org_id first here and below: what is refused must not tell of other organizations' rows
  constraint resource_hours_do_not_overlap exclude using gist (
    app.uuid_range(org_id, org_id, '[]') with &&, app.uuid_range(resource_id, resource_id, '[]') with &&,
    int4range(weekday * 1440 + opens, weekday * 1440 + closes) with &&)
);
create index resource_hours_resource on public.resource_hours (org_id, resource_id);

-- Holidays and other times without appointments, on the organization's own clock; no resource: all of them.
create table public.closures (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  resource_id uuid,
  starts timestamp not null,
  ends timestamp not null,
  reason text not null default '' check (length(reason) <= 120),
  check (ends > starts and ends <= starts + interval '366 days'),
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade
);
create index closures_resource on public.closures (org_id, resource_id);
create index closures_when on public.closures (org_id, ends);

create table public.bookings (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  -- what the customer says to change or cancel it; kept when it is moved
  code text not null check (code ~ '^[A-Z2-9]{6}$'),
  conversation_id uuid,
  contact_id uuid,
  service_id uuid not null,
  resource_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- the appointment and the buffers around it
  occupied tstzrange not null,
  state text not null default 'booked' check (state in ('booked', 'cancelled', 'moved', 'no_show')),
  -- moved: another row has the same code and points here
  moved_from uuid,
  sequence int not null default 0 check (sequence >= 0),
  name text not null check (length(name) <= 120),
  phone text check (length(phone) <= 32),
  email text check (length(email) <= 254),
  note text not null default '' check (length(note) <= 1000),
  language text not null default 'es' check (language in ('es', 'en')),
  confirmed_at timestamptz,
  -- null: the agent
  created_by uuid,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, moved_from),
  check (ends_at > starts_at),
  check (occupied @> tstzrange(starts_at, ends_at) and not isempty(occupied)
         and lower(occupied) >= starts_at - interval '4 hours' and upper(occupied) <= ends_at + interval '4 hours'),
  foreign key (org_id, conversation_id) references public.conversations (org_id, id)
    on delete set null (conversation_id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete set null (contact_id),
  foreign key (org_id, service_id) references public.services (org_id, id),
  foreign key (org_id, resource_id) references public.resources (org_id, id),
  foreign key (org_id, moved_from) references public.bookings (org_id, id) on delete set null (moved_from),
  -- Whatever the code above it believed: one resource, one moment, one booking.
  constraint bookings_do_not_overlap exclude using gist (
    app.uuid_range(org_id, org_id, '[]') with &&, app.uuid_range(resource_id, resource_id, '[]') with &&,
    occupied with &&) where (state = 'booked')
);
create unique index bookings_code on public.bookings (org_id, code) where state <> 'moved';
create index bookings_when on public.bookings (org_id, starts_at);
create index bookings_contact on public.bookings (org_id, contact_id, starts_at);
create index bookings_conversation on public.bookings (org_id, conversation_id);
create index bookings_service on public.bookings (org_id, service_id);
create index bookings_resource on public.bookings (org_id, resource_id);

create table public.reminders (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  booking_id uuid not null,
  hours_before int not null check (hours_before between 1 and 168),
  due_at timestamptz not null,
  -- skipped: too late to be of use, or not wanted any more
  state text not null default 'pending' check (state in ('pending', 'sent', 'cancelled', 'skipped')),
  sent_at timestamptz,
  unique (org_id, booking_id, hours_before),
  foreign key (org_id, booking_id) references public.bookings (org_id, id) on delete cascade
);
create index reminders_due on public.reminders (due_at) where state = 'pending';

select app.close_tables();

-- ---- what a booking keeps by itself -------------------------------------------------------------------

create function app.keep_booking() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.changed_at := now();
  if old.state <> 'booked' and new.state <> old.state then
    raise exception 'what is over stays over' using errcode = '23514';
  end if;
  -- The contact was deleted: the calendar keeps that something was booked, not by whom.
  if old.contact_id is not null and new.contact_id is null then
    new.name := '';
    new.phone := null;
    new.email := null;
    new.note := '';
  end if;
  return new;
end $$;
create trigger keep_booking before update on public.bookings for each row execute function app.keep_booking();

-- In the transaction that books: one row for each hour the owner set, if it still lies ahead.
create function app.plan_reminders() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.reminders (org_id, booking_id, hours_before, due_at)
  select new.org_id, new.id, h.hours, new.starts_at - make_interval(hours => h.hours)
  from public.agent_skills s
  cross join lateral (
    select distinct v.hours
    from (values (coalesce((s.published ->> 'first_hours')::int, 24)),
                 (coalesce((s.published ->> 'second_hours')::int, 2))) v (hours)
    where v.hours between 1 and 168) h
  where s.org_id = new.org_id and s.key = 'reminders' and s.enabled and s.published is not null
    and new.conversation_id is not null and new.starts_at - make_interval(hours => h.hours) > now();
  return null;
end $$;
create trigger plan_reminders after insert on public.bookings
  for each row when (new.state = 'booked') execute function app.plan_reminders();

create function app.drop_reminders() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.reminders set state = 'cancelled'
  where org_id = new.org_id and booking_id = new.id and state = 'pending';
  return null;
end $$;
create trigger drop_reminders after update of state on public.bookings
  for each row when (old.state = 'booked' and new.state <> 'booked') execute function app.drop_reminders();

-- ---- reminders that are due ---------------------------------------------------------------------------

-- Takes the next one that is due and marks it sent: the transaction that delivers it commits both or neither.
-- Two workers never take the same one. p_not: those that this run could not deliver.
create function app.claim_reminder(p_not uuid[])
returns table (org_id uuid, reminder_id uuid, booking_id uuid, hours_before int, conversation_id uuid, channel text,
               starts_at timestamptz, code text, language text, name text, confirmed boolean,
               service_es text, service_en text, resource text, resource_kind text, timezone text, business text)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
declare r public.reminders;
begin
  loop
    select d.* into r from public.reminders d
    where d.state = 'pending' and d.due_at <= now() and d.id <> all (p_not)
    order by d.due_at for update skip locked limit 1;
    if not found then return; end if;
    return query
      update public.reminders u set state = 'sent', sent_at = clock_timestamp()
      from public.bookings b
      join public.services v on v.org_id = b.org_id and v.id = b.service_id
      join public.resources e on e.org_id = b.org_id and e.id = b.resource_id
      join public.conversations c on c.org_id = b.org_id and c.id = b.conversation_id
      join public.channels h on h.org_id = b.org_id and h.id = c.channel_id
      join public.organizations o on o.id = b.org_id and o.status = 'active' and o.deleted_at is null
      join public.agent_skills s on s.org_id = b.org_id and s.key = 'reminders' and s.enabled
      where u.id = r.id and b.org_id = r.org_id and b.id = r.booking_id
        and b.state = 'booked' and b.starts_at > now()
        -- After a pause of the worker only the last one of several is of use.
        and not exists (
          select from public.reminders l where l.org_id = r.org_id and l.booking_id = r.booking_id
            and l.state = 'pending' and l.id <> r.id and l.due_at > r.due_at and l.due_at <= now())
      returning u.org_id, u.id, b.id, u.hours_before, c.id, h.kind, b.starts_at, b.code,
        coalesce(c.language, b.language), b.name, b.confirmed_at is not null,
        v.name_es, v.name_en, e.name, e.kind, o.timezone, o.name;
    if found then return; end if;
    update public.reminders u set state = 'skipped' where u.id = r.id;
  end loop;
end $$;

-- Puts the reminder into its conversation, once; where the channel can call the customer, for it to send too.
-- A person who answers there keeps the word: the reminder is then a note of the system.
create function app.deliver_reminder(p_org uuid, p_reminder uuid, p_text text, p_language text) returns uuid
language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  v_channel text;
  m uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  select v.* into c from public.reminders r
  join public.bookings b on b.org_id = p_org and b.id = r.booking_id
  join public.conversations v on v.org_id = p_org and v.id = b.conversation_id
  where r.org_id = p_org and r.id = p_reminder and r.state = 'sent' for update of v;
  if not found then return null; end if;
  insert into public.messages (org_id, conversation_id, sender, body, language, external_id)
  values (p_org, c.id, case c.status when 'human' then 'system' else 'agent' end, p_text, p_language,
          'reminder:' || p_reminder) returning id into m;
  select h.kind into v_channel from public.channels h where h.org_id = p_org and h.id = c.channel_id;
  if v_channel <> 'web' then
    insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
    values (p_org, 'reminder', p_reminder::text, c.id, m, jsonb_build_object('text', p_text))
    on conflict do nothing;
  end if;
  return m;
end $$;

-- ---- who may what -------------------------------------------------------------------------------------

create trigger audit after insert or update or delete on public.services
  for each row execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.resources
  for each row execute function app.audit_row('values');
create trigger audit after insert or delete on public.service_resources
  for each row execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.resource_hours
  for each row execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.closures
  for each row execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.bookings
  for each row execute function app.audit_row('keys');

select app.close_functions();
-- A constraint computes its expressions with the rights of who writes the row.
grant execute on function app.uuid_range(uuid, uuid, text) to authenticated, vulkn_web, vulkn_engine;
grant execute on function app.claim_reminder(uuid[]), app.deliver_reminder(uuid, uuid, text, text) to vulkn_engine;

grant select on public.services, public.resources, public.service_resources, public.resource_hours,
  public.closures, public.bookings, public.reminders to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant insert (org_id, name_es, name_en, minutes, buffer_before, buffer_after, price, currency, active),
  update (name_es, name_en, minutes, buffer_before, buffer_after, price, currency, active)
  on public.services to authenticated, vulkn_web;
grant insert (org_id, kind, name, active), update (kind, name, active)
  on public.resources to authenticated, vulkn_web;
grant insert (org_id, service_id, resource_id), delete on public.service_resources to authenticated, vulkn_web;
grant insert (org_id, resource_id, weekday, opens, closes), update (weekday, opens, closes), delete
  on public.resource_hours to authenticated, vulkn_web;
grant insert (org_id, resource_id, starts, ends, reason), update (starts, ends, reason), delete
  on public.closures to authenticated, vulkn_web;
grant insert (org_id, code, conversation_id, contact_id, service_id, resource_id, starts_at, ends_at, occupied,
    moved_from, sequence, name, phone, email, note, language, created_by),
  update (state, name, phone, email, note, confirmed_at) on public.bookings to authenticated, vulkn_web;
grant insert (org_id, code, conversation_id, contact_id, service_id, resource_id, starts_at, ends_at, occupied,
    moved_from, sequence, name, phone, email, note, language),
  update (state, name, phone, email, note, confirmed_at) on public.bookings to vulkn_engine;

do $$
declare t text;
begin
  foreach t in array array['services', 'resources', 'service_resources', 'resource_hours', 'closures', 'bookings',
                           'reminders'] loop
    execute format($p$create policy "members see them" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.read_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "agents work in one organization" on public.%I for all to vulkn_engine
      using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
  foreach t in array array['services', 'resources', 'service_resources', 'resource_hours', 'closures'] loop
    execute format($p$create policy "admins add them" on public.%I for insert to authenticated, vulkn_web
      with check (org_id = any ((select app.admin_orgs())::uuid[]))$p$, t);
  end loop;
  foreach t in array array['services', 'resources', 'resource_hours', 'closures'] loop
    execute format($p$create policy "admins change them" on public.%I for update to authenticated, vulkn_web
      using (org_id = any ((select app.admin_orgs())::uuid[]))
      with check (org_id = any ((select app.admin_orgs())::uuid[]))$p$, t);
  end loop;
  foreach t in array array['service_resources', 'resource_hours', 'closures'] loop
    execute format($p$create policy "admins remove them" on public.%I for delete to authenticated, vulkn_web
      using (org_id = any ((select app.admin_orgs())::uuid[]))$p$, t);
  end loop;
end $$;
-- The front desk writes its own name under what it books.
create policy "members book for customers" on public.bookings for insert to authenticated, vulkn_web
  with check (created_by = (select auth.uid()) and org_id = any ((select app.write_orgs())::uuid[]));
create policy "members work with bookings" on public.bookings for update to authenticated, vulkn_web
  using (org_id = any ((select app.write_orgs())::uuid[]))
  with check (org_id = any ((select app.write_orgs())::uuid[]));
