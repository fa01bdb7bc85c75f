-- What WhatsApp costs: Meta's rate card as data, one ledger row a message, and the month that both kinds of cost share.
set local lock_timeout = '5s';

-- Per delivered message, in millionths of a dollar, from a day on. `market`: a country, or one of Meta's groups of
-- countries. Without a rate (no row, or null) a message is shown as not priced, never as free. Volume discounts of
-- utility and authentication are not in it: what is counted is the list price.
create table app.whatsapp_rates (
  market text not null check (market ~ '^([A-Z]{2}|[a-z_]{3,40})$'),
  category text not null check (length(category) between 1 and 60),
  valid_from date not null,
  micro_usd bigint check (micro_usd >= 0),
  source text not null check (length(source) between 1 and 300),
  primary key (market, category, valid_from)
);

-- Countries that Meta counts in a group and not by themselves.
create table app.whatsapp_markets (
  country text primary key check (country ~ '^[A-Z]{2}$'),
  market text not null check (market ~ '^[a-z_]{3,40}$'),
  source text not null check (length(source) between 1 and 300)
);

insert into app.whatsapp_rates (market, category, valid_from, micro_usd, source)
select m.market, c.category, date '2026-10-01', c.micro_usd,
       'Meta''s rate card of 2026-10-01 (developers.facebook.com/docs/whatsapp/pricing), as a public transcript of 2026-09-29 has it'
from (values
  -- market, marketing, utility; authentication and service cost what utility does
  ('MX', 39700, 8500), ('CO', 12500, 800), ('CL', 88900, 20000), ('PE', 70300, 30000), ('AR', 61800, 26000),
  ('BR', 62500, 6800), ('ES', 70700, 20000)) m (market, marketing, utility)
cross join lateral (values
  ('marketing', m.marketing), ('utility', m.utility), ('authentication', m.utility), ('service', m.utility)) c (category, micro_usd);

insert into app.whatsapp_rates (market, category, valid_from, micro_usd, source)
select m.market, c.category, date '2026-07-01', c.micro_usd,
       'Meta''s rate card of 2026-07-01 as public transcripts have it; whether it changed on 2026-10-01 is not known'
from (values ('north_america', 25000, 3400), ('rest_of_latin_america', 74000, 11300)) m (market, marketing, utility)
cross join lateral (values
  ('marketing', m.marketing), ('utility', m.utility), ('authentication', m.utility)) c (category, micro_usd);

insert into app.whatsapp_rates (market, category, valid_from, micro_usd, source)
select r.market, 'service', date '2026-10-01', r.micro_usd,
       'Since 2026-10-01 a service message costs what a utility message costs; that market''s own card of the day was not seen'
from app.whatsapp_rates r where r.market in ('north_america', 'rest_of_latin_america') and r.category = 'utility';

insert into app.whatsapp_markets (country, market, source)
select country, 'north_america', 'Meta''s markets as we know them; not checked against its rate card'
from unnest(array['US', 'CA']) country
union all
select country, 'rest_of_latin_america', 'Meta''s markets as we know them; not checked against its rate card'
from unnest(array['BO', 'CR', 'DO', 'EC', 'SV', 'GT', 'HT', 'HN', 'JM', 'NI', 'PA', 'PY', 'PR', 'UY', 'VE']) country;

-- Of what a month cost, what WhatsApp did; cost_micro_usd is all of it.
alter table public.usage_months add column whatsapp_micro_usd bigint not null default 0;

select app.close_tables();

-- The rate of that day; nothing where the card has none.
create function app.whatsapp_rate(p_country text, p_category text, p_day date)
returns table (micro_usd bigint, valid_from date)
language sql stable security definer set search_path = '' as $$
  select r.micro_usd, r.valid_from from app.whatsapp_rates r
  where r.category = p_category and r.valid_from <= p_day
    and r.market = coalesce((select m.market from app.whatsapp_markets m where m.country = p_country), p_country)
  order by r.valid_from desc limit 1
$$;

-- The conversation that a message of ours belongs to; of one whose sending is not noted yet, the person's on that channel.
create function app.conversation_of(p_org uuid, p_wamid text, p_channel uuid, p_user text, p_phone text) returns uuid
language sql stable set search_path = '' as $$
  select coalesce(
    (select m.conversation_id from public.message_deliveries d
     join public.messages m on m.org_id = p_org and m.id = d.message_id
     where d.org_id = p_org and d.wamid = p_wamid),
    (select c.id from public.contact_identities i
     join public.conversations c on c.org_id = p_org and c.contact_id = i.contact_id
     join public.channels h on h.org_id = p_org and h.id = c.channel_id and h.kind = 'whatsapp'
       and h.id = coalesce(p_channel, h.id)
     where i.org_id = p_org and ((i.kind = 'bsuid' and i.key = p_user) or (i.kind = 'phone' and i.key = p_phone))
     order by i.kind, c.last_message_at desc nulls last limit 1))
$$;

-- What a status of Meta's says about money; true when it is news. p_cost: wamid, state, category, kind, country,
-- billable, at, channel, user, phone. A message is charged once, in the transaction that counts it to the month; one that
-- failed after all is not charged, and one that arrived after all is.
create function app.note_cost(p_org uuid, p_cost jsonb) returns boolean
language plpgsql set search_path = '' as $$
declare
  v_wamid text := p_cost ->> 'wamid';
  v_at timestamptz := (p_cost ->> 'at')::timestamptz;
  v_zone text;
  v_billable boolean := coalesce((p_cost ->> 'billable')::boolean, false) and p_cost ->> 'kind' not like 'free%';
  v_micro bigint;
  v_from date;
  c public.message_costs;
begin
  perform set_config('app.org_id', p_org::text, true);
  v_zone := (select o.timezone from public.organizations o where o.id = p_org);
  if p_cost ->> 'state' = 'failed' then
    select * into c from public.message_costs where org_id = p_org and wamid = v_wamid and billable for update;
    if not found then return false; end if;
    update public.message_costs set billable = false, cost_micro_usd = 0 where org_id = p_org and id = c.id;
    perform app.count_whatsapp(p_org, date_trunc('month', c.at at time zone v_zone)::date, -coalesce(c.cost_micro_usd, 0));
    return true;
  end if;
  if p_cost ->> 'category' is null then return false; end if;
  -- Meta's news come in any order: what is known to have failed was not sent for money.
  if p_cost ->> 'state' = 'sent' and exists (
    select from public.message_deliveries d where d.org_id = p_org and d.wamid = v_wamid and d.state = 'failed') then
    return false;
  end if;
  if p_cost ->> 'category' = 'general_purpose_ai' then
    insert into public.alerts (org_id, kind, key, detail)
    values (p_org, 'policy', 'general_purpose_ai ' || to_char(v_at at time zone v_zone, 'YYYY-MM-DD'),
            '{"what": "general_purpose_ai"}') on conflict do nothing;
  end if;
  if v_billable then
    select r.micro_usd, r.valid_from into v_micro, v_from
    from app.whatsapp_rate(p_cost ->> 'country', p_cost ->> 'category', (v_at at time zone 'utc')::date) r;
  else
    v_micro := 0;
  end if;
  insert into public.message_costs as m
    (org_id, conversation_id, wamid, category, kind, country, billable, cost_micro_usd, rate_from, at)
  values (p_org,
    app.conversation_of(p_org, v_wamid, (p_cost ->> 'channel')::uuid, p_cost ->> 'user', p_cost ->> 'phone'),
    v_wamid, p_cost ->> 'category', coalesce(p_cost ->> 'kind', 'regular'), coalesce(p_cost ->> 'country', ''),
    v_billable, v_micro, v_from, v_at)
  on conflict (org_id, wamid) do update
    set category = excluded.category, kind = excluded.kind, billable = true,
        cost_micro_usd = excluded.cost_micro_usd, rate_from = excluded.rate_from
    where not m.billable and excluded.billable
  returning * into c;
  if not found then return false; end if;
  perform app.count_whatsapp(p_org, date_trunc('month', c.at at time zone v_zone)::date, coalesce(c.cost_micro_usd, 0));
  return true;
end $$;

-- Counts to the month's whole cost, with the alerts of a limit, and to WhatsApp's part of it.
create function app.count_whatsapp(p_org uuid, p_month date, p_micro bigint) returns void
language plpgsql set search_path = '' as $$
begin
  if p_micro = 0 then return; end if;
  perform app.settle(p_org, p_month, 0, p_micro);
  update public.usage_months set whatsapp_micro_usd = whatsapp_micro_usd + p_micro
  where org_id = p_org and month = p_month;
end $$;

drop function app.plan_of_mine(uuid);
create function app.plan_of_mine(p_org uuid)
returns table (plan text, month date, monthly_turns int, monthly_micro_usd bigint, turns int, cost_micro_usd bigint,
               whatsapp_micro_usd bigint)
language sql stable security definer set search_path = '' as $$
  select l.key, m.month, l.monthly_turns, l.monthly_micro_usd, coalesce(u.turns, 0), coalesce(u.cost_micro_usd, 0),
         coalesce(u.whatsapp_micro_usd, 0)
  from public.organizations o
  join app.plans l on l.key = o.plan
  cross join lateral (select app.month_of(o.id) as month) m
  left join public.usage_months u on u.org_id = o.id and u.month = m.month
  where o.id = p_org and p_org = any (app.read_orgs())
$$;

select app.close_functions();
grant execute on function app.plan_of_mine(uuid) to vulkn_web;
grant execute on function app.whatsapp_rate(text, text, date), app.conversation_of(uuid, text, uuid, text, text),
  app.note_cost(uuid, jsonb), app.count_whatsapp(uuid, date, bigint) to vulkn_engine;
grant update (category, kind, billable, cost_micro_usd, rate_from) on public.message_costs to vulkn_engine;
grant update (whatsapp_micro_usd) on public.usage_months to vulkn_engine;
