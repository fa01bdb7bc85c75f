-- Whether the next turn of a conversation may be begun before it is allowed: only far from every limit, so that nobody's
-- model is asked what their plan has no room for.
set local lock_timeout = '5s';

-- p_reserve: what one turn is taken to cost. Two more turns of this visitor today and twenty of the organization this
-- month: so many may be under way at once before one of them is told of the others.
create function app.plenty(p_org uuid, p_conversation uuid, p_reserve bigint) returns boolean
language plpgsql stable set search_path = '' as $$
declare
  p app.plans := app.plan_of(p_org);
  u public.usage_months;
begin
  if p.daily_visitor_turns is not null and (
    select count(*) from (
      select from public.turns t
      where t.org_id = p_org and t.conversation_id = p_conversation and t.created_at >= current_date
      limit p.daily_visitor_turns) today) + 2 > p.daily_visitor_turns then
    return false;
  end if;
  if p.monthly_turns is null and p.monthly_micro_usd is null then return true; end if;
  select * into u from public.usage_months where org_id = p_org and month = app.month_of(p_org);
  return coalesce(coalesce(u.turns, 0) + 20 <= p.monthly_turns, true)
     and coalesce(coalesce(u.cost_micro_usd, 0) + 20 * p_reserve <= p.monthly_micro_usd, true);
end $$;

-- turn_close, and whether there is `plenty` for the turn after it.
create function app.turn_kept(p_org uuid, p_turn uuid, p_attempt int, p_draft jsonb, p_reserve bigint) returns jsonb
language plpgsql set search_path = '' as $$
declare kept jsonb := app.turn_close(p_org, p_turn, p_attempt, p_draft);
begin
  if kept ->> 'state' is distinct from 'done' then return kept; end if;
  return kept || jsonb_build_object('plenty', app.plenty(p_org,
    (select t.conversation_id from public.turns t where t.org_id = p_org and t.id = p_turn), p_reserve));
end $$;

select app.close_functions();
grant execute on function
  app.plenty(uuid, uuid, bigint), app.turn_kept(uuid, uuid, int, jsonb, bigint) to vulkn_engine;
