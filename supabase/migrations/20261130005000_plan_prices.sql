-- What a plan costs and includes, for the price list: said in one place, read by the landing page.
set local lock_timeout = '5s';

-- Centavos of Mexican pesos a month, VAT (16 %) in them: the sum a person pays. Without the VAT each price covers
-- the worst month, all of monthly_micro_usd at 18.50 pesos a dollar and 100 pesos of hosting a client.
-- includes: keys of skills and channels, each with words in locales/*/landing.json as `includes_KEY`; the skills
-- are those that the catalogue offers on this plan, kept by a test.
alter table app.plans
  add column monthly_mxn_cents int not null default 0 check (monthly_mxn_cents >= 0),
  add column includes text[] not null default '{}';

update app.plans p set monthly_mxn_cents = v.cents, includes = v.includes
from (values
  ('free', 0, array['faq', 'web', 'whatsapp', 'lead_capture', 'handoff']),
  ('starter', 44900, array['faq', 'web', 'whatsapp', 'lead_capture', 'handoff', 'booking', 'reminders', 'intake']),
  ('pro', 144900, array['faq', 'web', 'whatsapp', 'lead_capture', 'handoff', 'booking', 'reminders', 'intake',
                        'http_action']),
  ('business', 549000, array['faq', 'web', 'whatsapp', 'lead_capture', 'handoff', 'booking', 'reminders', 'intake',
                             'http_action'])
) v (key, cents, includes)
where p.key = v.key;

create function app.price_list()
returns table (key text, monthly_mxn_cents int, monthly_turns int, includes text[])
language sql stable security definer set search_path = '' as $$
  select p.key, p.monthly_mxn_cents, p.monthly_turns, p.includes from app.plans p
  order by p.monthly_mxn_cents, p.key
$$;

select app.close_functions();
grant execute on function app.price_list() to vulkn_engine;
