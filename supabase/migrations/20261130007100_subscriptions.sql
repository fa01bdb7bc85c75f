-- How an organization came to its plan, until when, and what comes then: a trial, a payment, or the house's word.
-- organizations.plan is the plan that counts; only app.put_plan changes it.
set local lock_timeout = '5s';

create table public.subscriptions (
  org_id uuid primary key references public.organizations (id) on delete cascade,
  -- given: nobody pays for it · trial · paid · late: a payment failed, the plan holds while it can be made good
  state text not null default 'given' check (state in ('given', 'trial', 'paid', 'late')),
  -- the trial's end, the paid period's, or the last day to pay
  until timestamptz,
  -- what comes at `until` instead of the same again
  next_plan text check (next_plan in ('free', 'starter', 'pro', 'business')),
  -- whom people pay, and by which names that provider knows them
  provider text check (length(provider) <= 40),
  customer text check (length(customer) <= 200),
  reference text check (length(reference) <= 200),
  -- the provider's own time of the newest news that was believed
  heard_at timestamptz,
  updated_at timestamptz not null default now(),
  check ((state = 'given') = (until is null)),
  check (next_plan is null or state in ('paid', 'late'))
);
create index subscriptions_due on public.subscriptions (until) where until is not null;

create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  provider text not null check (length(provider) <= 40),
  key text not null check (length(key) <= 200),
  plan text not null check (plan in ('free', 'starter', 'pro', 'business')),
  cents int not null check (cents >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('open', 'paid', 'failed')),
  -- where the provider shows the document
  link text check (link ~ '^https?://' and length(link) <= 1000),
  at timestamptz not null,
  heard_at timestamptz not null,
  unique (org_id, id),
  unique (org_id, provider, key)
);
create index invoices_newest on public.invoices (org_id, at desc);

-- What a payment provider told, once each.
create table app.payment_events (
  org_id uuid not null references public.organizations (id) on delete cascade,
  provider text not null check (length(provider) <= 40),
  key text not null check (length(key) <= 200),
  body jsonb not null check (pg_column_size(body) < 65536),
  outcome text not null,
  at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (org_id, provider, key)
);

select app.close_tables();

create trigger stamp before update on public.subscriptions for each row execute function app.stamp();
create trigger audit after update on public.subscriptions for each row execute function app.audit_row('keys');

-- ---- founding: a trial, unless whoever founds it names a plan --------------------------------------------

alter table public.organizations alter column plan drop default;

create function app.first_plan() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.plan is null then
    new.plan := coalesce((select p.key from app.plans p where p.trial_days is not null), 'free');
    perform set_config('app.trial_of', new.id::text, true);
  end if;
  return new;
end $$;
create trigger first_plan before insert on public.organizations for each row execute function app.first_plan();

create function app.first_subscription() returns trigger
language plpgsql security definer set search_path = '' as $$
declare v_days int := (select p.trial_days from app.plans p where p.key = new.plan);
begin
  if current_setting('app.trial_of', true) = new.id::text and v_days is not null then
    insert into public.subscriptions (org_id, state, until) values (new.id, 'trial', now() + make_interval(days => v_days));
  else
    insert into public.subscriptions (org_id) values (new.id);
  end if;
  return null;
end $$;
create trigger first_subscription after insert on public.organizations
  for each row execute function app.first_subscription();

-- Who was there before has their plan by the house's word.
insert into public.subscriptions (org_id) select o.id from public.organizations o;

-- ---- the one place that changes a plan ---------------------------------------------------------------------

-- In the transaction of whoever decided it. Nothing is deleted: what exceeds a smaller plan stays and cannot grow.
-- The audit names who (the transaction's authority) and why. False: it was that plan already.
create function app.put_plan(p_org uuid, p_plan text, p_why text) returns boolean
language plpgsql security definer set search_path = '' as $$
declare v_from text;
begin
  select o.plan into v_from from public.organizations o where o.id = p_org for no key update;
  if not found or not exists (select from app.plans p where p.key = p_plan) then
    raise exception 'no such plan or organization' using errcode = '23514';
  end if;
  if v_from = p_plan then return false; end if;
  update public.organizations set plan = p_plan where id = p_org;
  perform app.audit_append(p_org, 'plan_changed', 'organizations', p_org::text,
    jsonb_build_object('from', v_from, 'to', p_plan, 'why', left(p_why, 500)));
  return true;
end $$;

-- A platform administrator, or an operator at the shell, gives a plan. A trial ends with it. Whoever pays has what they
-- pay for (VK004): that changes where they pay, so that money and plan never disagree.
create function app.set_plan(p_org uuid, p_plan text, p_why text) returns void
language plpgsql security definer set search_path = '' as $$
declare s public.subscriptions;
begin
  if not (session_user = 'vulkn_maint' or exists (
      select from app.platform_admins a where a.user_id = auth.uid() and a.revoked_at is null))
     or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  if length(btrim(coalesce(p_why, ''))) not between 3 and 500 then
    raise exception 'a reason is needed' using errcode = '23514';
  end if;
  select * into s from public.subscriptions where org_id = p_org for update;
  if s.state in ('paid', 'late') then raise exception 'they pay for their plan' using errcode = 'VK004'; end if;
  perform app.put_plan(p_org, p_plan, p_why);
  update public.subscriptions set state = 'given', until = null, next_plan = null where org_id = p_org;
end $$;

-- Before a provider is asked for anything in a person's name: whether they may, and that they did. Support may not.
create function app.payment_begin(p_org uuid, p_plan text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not (p_org = any (app.admin_orgs())) or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  perform app.audit_append(p_org, 'plan_asked_for', 'organizations', p_org::text, jsonb_build_object('to', left(p_plan, 20)));
end $$;

-- ---- what a payment provider tells ---------------------------------------------------------------------------

-- Verified by whoever calls. p_event: key, at, org, and what it is about: `invoice` (key, plan, cents, currency, state,
-- at, link) and `subscription` (reference, customer, state, plan, until, next_plan), each as it is at `at`. News come
-- twice and in any order: each counts once, and an older one never undoes a newer one. The row of the event, the plan
-- and the audit are one transaction.
create function app.payment_event(p_provider text, p_event jsonb) returns text
language plpgsql security definer set search_path = '' as $$
declare
  v_org uuid := (p_event ->> 'org')::uuid;
  v_at timestamptz := (p_event ->> 'at')::timestamptz;
  n jsonb := p_event -> 'subscription';
  s public.subscriptions;
  v_outcome text := 'noted';
begin
  select * into s from public.subscriptions where org_id = v_org for update;
  if not found then return 'unknown'; end if;
  if exists (select from app.payment_events e
             where e.org_id = v_org and e.provider = p_provider and e.key = p_event ->> 'key') then
    return 'seen';
  end if;
  if jsonb_typeof(p_event -> 'invoice') = 'object' then
    perform app.note_invoice(v_org, p_provider, v_at, p_event -> 'invoice');
  end if;
  if jsonb_typeof(n) = 'object' then
    v_outcome := case
      when s.provider = p_provider and v_at < s.heard_at then 'old'
      -- the end of an earlier subscription says nothing about the one that came after it
      when s.reference is distinct from n ->> 'reference' and n ->> 'state' <> 'active' then 'other'
      else n ->> 'state' end;
    if v_outcome in ('active', 'late', 'ended') then
      perform app.note_subscription(v_org, p_provider, v_at, s, n);
    end if;
  end if;
  insert into app.payment_events (org_id, provider, key, body, outcome, at)
  values (v_org, p_provider, p_event ->> 'key', p_event, v_outcome, v_at);
  return v_outcome;
end $$;

create function app.note_invoice(p_org uuid, p_provider text, p_at timestamptz, p_invoice jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into public.invoices as i (org_id, provider, key, plan, cents, currency, state, link, at, heard_at)
  values (p_org, p_provider, p_invoice ->> 'key', p_invoice ->> 'plan', (p_invoice ->> 'cents')::int,
          p_invoice ->> 'currency', p_invoice ->> 'state', p_invoice ->> 'link', (p_invoice ->> 'at')::timestamptz, p_at)
  on conflict (org_id, provider, key) do update
  set state = excluded.state, link = coalesce(excluded.link, i.link), heard_at = excluded.heard_at
  where i.state <> 'paid' and excluded.heard_at >= i.heard_at
$$;

create function app.note_subscription(p_org uuid, p_provider text, p_at timestamptz, s public.subscriptions, n jsonb)
returns void language plpgsql security definer set search_path = '' as $$
declare v_grace interval := (
  select make_interval(days => p.grace_days) from app.plans p join public.organizations o on o.plan = p.key
  where o.id = p_org);
begin
  if n ->> 'state' = 'active' then
    update public.subscriptions
    set state = 'paid', until = (n ->> 'until')::timestamptz, next_plan = n ->> 'next_plan', provider = p_provider,
        customer = n ->> 'customer', reference = n ->> 'reference', heard_at = p_at
    where org_id = p_org;
    perform app.put_plan(p_org, n ->> 'plan', 'payment');
  elsif n ->> 'state' = 'late' then
    -- a second failed try gives no further days; after they are over, the plan has gone already
    if s.state = 'given' then return; end if;
    update public.subscriptions
    set state = 'late', until = case when s.state = 'late' then s.until else p_at + v_grace end, heard_at = p_at
    where org_id = p_org;
    perform app.say_of_plan(p_org, 'payment_failed', p_at);
  else
    update public.subscriptions set state = 'given', until = null, next_plan = null, heard_at = p_at where org_id = p_org;
    perform app.put_plan(p_org, 'free', 'subscription ended');
    perform app.say_of_plan(p_org, 'plan_over', p_at);
  end if;
end $$;

-- The bell: once for each cause and day.
create function app.say_of_plan(p_org uuid, p_what text, p_at timestamptz) returns void
language sql security definer set search_path = '' as $$
  insert into public.alerts (org_id, kind, key, detail)
  values (p_org, 'limit', p_what || ':' || to_char(p_at, 'YYYY-MM-DD'), jsonb_build_object('what', p_what))
  on conflict do nothing
$$;

-- ---- by the clock ----------------------------------------------------------------------------------------------

-- Ends trials, days of grace, and paid periods after which another plan was chosen; says three days before that a trial
-- ends. Returns whom it concerned, so that their open pages look again. Of several processes each takes others.
create function app.plans_by_the_clock() returns setof uuid
language plpgsql security definer set search_path = '' as $$
declare s public.subscriptions;
begin
  for s in
    select b.* from public.subscriptions b
    where b.until <= now() and (b.state in ('trial', 'late') or (b.state = 'paid' and b.next_plan is not null))
    order by b.until limit 200 for update skip locked
  loop
    perform app.put_plan(s.org_id, case when s.state = 'paid' then s.next_plan else 'free' end,
      case s.state when 'trial' then 'trial ended' when 'late' then 'not paid' else 'chosen for the period''s end' end);
    if s.state = 'paid' and s.next_plan <> 'free' then
      update public.subscriptions set next_plan = null where org_id = s.org_id;
    else
      update public.subscriptions set state = 'given', until = null, next_plan = null where org_id = s.org_id;
    end if;
    perform app.say_of_plan(s.org_id, case s.state when 'trial' then 'trial_over' else 'plan_over' end, s.until);
    return next s.org_id;
  end loop;
  return query
  insert into public.alerts as a (org_id, kind, key, detail)
  select b.org_id, 'limit', 'trial_ends:' || to_char(b.until, 'YYYY-MM-DD'), '{"what": "trial_ends"}'
  from public.subscriptions b
  where b.state = 'trial' and b.until > now() and b.until <= now() + interval '3 days'
  on conflict do nothing returning a.org_id;
end $$;

-- For everybody of the business: until when the trial is, and nothing where there is none.
create function app.trial_of_mine(p_org uuid) returns timestamptz
language sql stable security definer set search_path = '' as $$
  select s.until from public.subscriptions s
  where s.org_id = p_org and s.state = 'trial' and p_org = any (app.read_orgs())
$$;

select app.close_functions();
grant execute on function app.trial_of_mine(uuid) to vulkn_web;
grant execute on function app.set_plan(uuid, text, text) to vulkn_web, vulkn_maint;
grant execute on function app.payment_begin(uuid, text) to vulkn_web;
grant execute on function app.payment_event(text, jsonb), app.plans_by_the_clock() to vulkn_engine;

grant select on public.subscriptions, public.invoices to authenticated, vulkn_web, vulkn_maint;
do $$
declare t text;
begin
  foreach t in array array['subscriptions', 'invoices'] loop
    execute format($p$create policy "admins see what is paid" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.admin_read_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
end $$;
