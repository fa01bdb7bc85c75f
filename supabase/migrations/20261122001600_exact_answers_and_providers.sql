-- An entry whose owner wants its very words given when its title or an example is asked: no model is needed.
set local lock_timeout = '5s';
alter table public.knowledge_entries add column exact boolean not null default false;
grant insert (exact), update (exact) on public.knowledge_entries to authenticated, vulkn_web, vulkn_maint;

-- Which providers an organization wants asked, first one first; empty: the deployment's order.
alter table public.agents add column providers text[] not null default '{}'
  check (cardinality(providers) <= 5 and providers <@ array['claude', 'openai', 'openclaw']);
grant insert (providers), update (providers) on public.agents to authenticated, vulkn_web;
