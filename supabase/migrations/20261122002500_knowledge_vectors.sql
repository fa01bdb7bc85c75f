-- What an entry means, as a model of embeddings puts it: only where one is configured. An entry takes its vector along
-- when it goes.
set local lock_timeout = '5s';

create table public.knowledge_vectors (
  org_id uuid not null references public.organizations (id) on delete cascade,
  entry_id uuid not null,
  -- of the model and the words it was made from: another one is out of date
  digest text not null check (length(digest) between 1 and 64),
  vector real[] not null check (cardinality(vector) between 1 and 4096),
  primary key (org_id, entry_id),
  foreign key (org_id, entry_id) references public.knowledge_entries (org_id, id) on delete cascade
);

select app.close_tables();
grant select on public.knowledge_vectors to vulkn_maint;
grant select, insert (org_id, entry_id, digest, vector), update (digest, vector) on public.knowledge_vectors to vulkn_engine;

create policy "agents work on one organization's" on public.knowledge_vectors for all to vulkn_engine
  using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()));
create policy "operators read one organization's" on public.knowledge_vectors for select to vulkn_maint
  using (org_id = (select app.engine_org()));
