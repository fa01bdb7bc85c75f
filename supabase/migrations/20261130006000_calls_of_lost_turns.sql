-- A model's call is paid for, whatever became of what it said: the conversation was deleted meanwhile, the customer
-- edited their message, another process took the turn over.
set local lock_timeout = '5s';

-- The calls of an attempt whose words are not kept, once each; a turn that is gone is counted without its name. The
-- month pays them, but counts no turn: the one that answers does.
create function app.count_lost(p_org uuid, p_turn uuid, p_attempt int, p_channel text, p_calls jsonb) returns void
language plpgsql set search_path = '' as $$
declare v_cost bigint;
begin
  perform set_config('app.org_id', p_org::text, true);
  with counted as (
    insert into public.usage_events (org_id, turn_id, call, provider, model, input_tokens, output_tokens,
      cache_read_tokens, cache_write_tokens, cost_micro_usd, first_token_ms, latency_ms, failure, price_version, channel)
    select p_org, (select t.id from public.turns t where t.org_id = p_org and t.id = p_turn), p_attempt * 100 + u.call,
           u.provider, u.model, u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_tokens,
           u.cost_micro_usd, u.first_token_ms, u.latency_ms, u.failure, coalesce(u.price_version, ''), p_channel
    from jsonb_to_recordset(p_calls) as u(call int, provider text, model text, input_tokens int, output_tokens int,
      cache_read_tokens int, cache_write_tokens int, cost_micro_usd bigint, first_token_ms int, latency_ms int,
      failure text, price_version text)
    on conflict do nothing returning cost_micro_usd)
  select coalesce(sum(cost_micro_usd), 0) into v_cost from counted;
  perform app.settle(p_org, app.month_of(p_org), 0, v_cost);
end $$;

select app.close_functions();
grant execute on function app.count_lost(uuid, uuid, int, text, jsonb) to vulkn_engine;
