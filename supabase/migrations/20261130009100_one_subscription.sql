-- A business pays one subscription. Two can begin where two pages stood open, or where the provider still tries an old
-- card: then the one that began first is to be ended there, and who leads the business is told.
set local lock_timeout = '5s';

create table app.doubled_subscriptions (
  org_id uuid not null references public.organizations (id) on delete cascade,
  provider text not null check (length(provider) <= 40),
  reference text not null check (length(reference) <= 200),
  customer text not null check (length(customer) <= 200),
  plan text not null check (plan in ('free', 'starter', 'pro', 'business')),
  until timestamptz not null,
  noted_at timestamptz not null default clock_timestamp(),
  -- when the worker asks the provider the next time
  try_at timestamptz not null default clock_timestamp(),
  tries int not null default 0,
  -- the provider's word that it is over
  ended_at timestamptz,
  primary key (org_id, provider, reference)
);
create index doubled_subscriptions_due on app.doubled_subscriptions (provider, try_at) where ended_at is null;

select app.close_tables();

-- When a subscription was first told to run.
create function app.subscription_began(p_org uuid, p_provider text, p_reference text) returns timestamptz
language sql stable security definer set search_path = '' as $$
  select min(e.at) from app.payment_events e
  where e.org_id = p_org and e.provider = p_provider and e.body -> 'subscription' ->> 'reference' = p_reference
    and e.body -> 'subscription' ->> 'state' = 'active'
$$;

-- Whether it was told to be over, at p_at or later.
create function app.subscription_over(p_org uuid, p_provider text, p_reference text, p_at timestamptz) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from app.payment_events e
    where e.org_id = p_org and e.provider = p_provider and e.body -> 'subscription' ->> 'reference' = p_reference
      and e.body -> 'subscription' ->> 'state' = 'ended' and e.at >= p_at)
$$;

-- One more to be ended. p_charged: both are paid, so people are told; once for each.
create function app.note_double(p_org uuid, p_provider text, p_reference text, p_customer text, p_plan text,
  p_until timestamptz, p_goes_on text, p_charged boolean) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into app.doubled_subscriptions (org_id, provider, reference, customer, plan, until)
  values (p_org, p_provider, p_reference, coalesce(p_customer, ''), p_plan, p_until) on conflict do nothing;
  if not found or not p_charged then return; end if;
  insert into public.alerts (org_id, kind, key, detail)
  values (p_org, 'limit', left('paid_twice:' || p_reference, 200), '{"what": "paid_twice"}') on conflict do nothing;
  perform app.audit_append(p_org, 'paid_twice', 'subscriptions', p_org::text,
    jsonb_build_object('ends', p_reference, 'goes_on', p_goes_on));
end $$;

-- As before, and: news are older or newer among those of their own subscription, and of two that run one goes on.
create or replace function app.payment_event(p_provider text, p_event jsonb) returns text
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
      when s.provider = p_provider and s.reference = n ->> 'reference' then
        case when v_at < s.heard_at then 'old' else n ->> 'state' end
      when n ->> 'state' = 'active' then app.another_runs(v_org, p_provider, v_at, s, n)
      -- what an earlier subscription does says nothing about the one that came after it
      else 'other' end;
    if v_outcome in ('active', 'late', 'ended') then
      perform app.note_subscription(v_org, p_provider, v_at, s, n);
    end if;
    if n ->> 'state' = 'ended' then
      update app.doubled_subscriptions set ended_at = v_at
      where org_id = v_org and provider = p_provider and reference = n ->> 'reference' and ended_at is null;
    end if;
  end if;
  insert into app.payment_events (org_id, provider, key, body, outcome, at)
  values (v_org, p_provider, p_event ->> 'key', p_event, v_outcome, v_at);
  return v_outcome;
end $$;

-- A subscription runs that is not the one we know. What becomes of its news: 'active', it is ours from now on; 'double',
-- the one we know goes on; 'old', it is over by now.
create function app.another_runs(p_org uuid, p_provider text, p_at timestamptz, s public.subscriptions, n jsonb)
returns text language plpgsql security definer set search_path = '' as $$
declare
  v_began timestamptz := least(p_at, app.subscription_began(p_org, p_provider, n ->> 'reference'));
  v_paid boolean := s.state in ('paid', 'late');
begin
  if app.subscription_over(p_org, p_provider, n ->> 'reference', p_at) then return 'old'; end if;
  -- It was ended, and still runs: once more.
  update app.doubled_subscriptions set ended_at = null, try_at = clock_timestamp()
  where org_id = p_org and provider = p_provider and reference = n ->> 'reference' and ended_at < p_at;
  if exists (select from app.doubled_subscriptions d
             where d.org_id = p_org and d.provider = p_provider and d.reference = n ->> 'reference') then
    return 'double';
  end if;
  if v_paid and v_began < app.subscription_began(p_org, s.provider, s.reference) then
    perform app.note_double(p_org, p_provider, n ->> 'reference', n ->> 'customer', n ->> 'plan',
      (n ->> 'until')::timestamptz, s.reference, true);
    return 'double';
  end if;
  if s.reference is not null and not app.subscription_over(p_org, s.provider, s.reference, s.heard_at) then
    perform app.note_double(p_org, s.provider, s.reference, s.customer,
      (select o.plan from public.organizations o where o.id = p_org), coalesce(s.until, p_at), n ->> 'reference', v_paid);
  end if;
  return 'active';
end $$;

-- As before, and: the end of what was paid says nothing where nothing is paid any more.
create or replace function app.note_subscription(p_org uuid, p_provider text, p_at timestamptz, s public.subscriptions, n jsonb)
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
  elsif s.state not in ('paid', 'late') then
    -- The plan went when its time was over, or the house gave one: only that it was heard is new.
    update public.subscriptions set heard_at = p_at where org_id = p_org;
  elsif n ->> 'state' = 'late' then
    -- a second failed try gives no further days; after they are over, the plan has gone already
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

-- ---- the worker's part ---------------------------------------------------------------------------------------

-- What this provider is to be asked to end, for this process alone for some minutes; longer with every try.
create function app.doubles_due(p_provider text)
returns table (org_id uuid, reference text, customer text, plan text, until timestamptz)
language sql volatile security definer set search_path = '' as $$
  update app.doubled_subscriptions d
  set tries = d.tries + 1, try_at = clock_timestamp() + least(d.tries + 1, 12) * interval '5 minutes'
  where (d.org_id, d.provider, d.reference) in (
    select w.org_id, w.provider, w.reference from app.doubled_subscriptions w
    where w.provider = p_provider and w.ended_at is null and w.try_at <= clock_timestamp()
    order by w.try_at limit 20 for update skip locked)
  returning d.org_id, d.reference, d.customer, d.plan, d.until
$$;

create function app.double_ended(p_org uuid, p_provider text, p_reference text) returns void
language sql volatile security definer set search_path = '' as $$
  update app.doubled_subscriptions set ended_at = clock_timestamp()
  where org_id = p_org and provider = p_provider and reference = p_reference and ended_at is null
$$;

select app.close_functions();
grant execute on function app.doubles_due(text), app.double_ended(uuid, text, text) to vulkn_engine;
