-- What the plan of one's own organization includes, and what was used of it this month.
set local lock_timeout = '5s';

create function app.plan_of_mine(p_org uuid)
returns table (plan text, month date, monthly_turns int, monthly_micro_usd bigint, turns int, cost_micro_usd bigint)
language sql stable security definer set search_path = '' as $$
  select l.key, m.month, l.monthly_turns, l.monthly_micro_usd, coalesce(u.turns, 0), coalesce(u.cost_micro_usd, 0)
  from public.organizations o
  join app.plans l on l.key = o.plan
  cross join lateral (select app.month_of(o.id) as month) m
  left join public.usage_months u on u.org_id = o.id and u.month = m.month
  where o.id = p_org and p_org = any (app.read_orgs())
$$;

select app.close_functions();
grant execute on function app.plan_of_mine(uuid) to vulkn_web;
