-- What customers ask and the knowledge does not answer, gathered into suggestions that a person decides on; when they
-- are looked for; and the answers that somebody found wrong.
set local lock_timeout = '5s';

create table public.knowledge_suggestions (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  -- of the normalised question: what was decided once is recognised by it
  key text not null check (length(key) between 1 and 64),
  question text not null check (length(question) between 1 and 200),
  language text not null check (language in ('es', 'en')),
  -- how customers put it, without anything that tells who they are
  phrasings text[] not null default '{}' check (cardinality(phrasings) <= 40),
  people int not null check (people >= 0),
  unanswered int not null default 0,
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- messages; they may be deleted meanwhile
  evidence uuid[] not null default '{}' check (cardinality(evidence) <= 100),
  -- word for word what a person of the business answered, in this conversation
  draft text not null default '' check (length(draft) <= 20000),
  draft_from uuid,
  state text not null default 'open' check (state in ('open', 'approved', 'rejected')),
  reason text not null default '' check (length(reason) <= 300),
  entry_id uuid,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by uuid,
  unique (org_id, id),
  unique (org_id, key),
  foreign key (org_id, entry_id) references public.knowledge_entries (org_id, id) on delete set null (entry_id),
  check (state <> 'rejected' or length(btrim(reason)) > 0)
);
create index knowledge_suggestions_open on public.knowledge_suggestions (org_id, state, people desc);
create index knowledge_suggestions_entry on public.knowledge_suggestions (org_id, entry_id);

-- When an organization's conversations are looked through next: once a week, by whichever process comes first.
create table public.knowledge_looks (
  org_id uuid primary key references public.organizations (id) on delete cascade,
  due_at timestamptz not null,
  lease_until timestamptz,
  looked_at timestamptz,
  questions int not null default 0,
  found int not null default 0
);
create index knowledge_looks_due on public.knowledge_looks (due_at);

-- An answer of the agent that somebody of the business corrected.
create table public.knowledge_corrections (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  message_id uuid not null,
  entry_id uuid,
  created_at timestamptz not null default now(),
  created_by uuid,
  unique (org_id, message_id),
  foreign key (org_id, message_id) references public.messages (org_id, id) on delete cascade,
  foreign key (org_id, entry_id) references public.knowledge_entries (org_id, id) on delete set null (entry_id)
);
create index knowledge_corrections_entry on public.knowledge_corrections (org_id, entry_id);

select app.close_tables();

-- Monday before the business opens, by its own clock.
create function app.next_look(p_timezone text) returns timestamptz
language sql stable set search_path = '' as $$
  select case when this_week > now() then this_week
              else (date_trunc('week', now() at time zone p_timezone) + interval '7 days 6 hours') at time zone p_timezone
         end
  from (select (date_trunc('week', now() at time zone p_timezone) + interval '6 hours') at time zone p_timezone) w (this_week)
$$;

-- An organization whose week is over, for this process alone while the lease lasts. The whole platform's: the caller
-- then works in that organization only. One without a row has its first look on the next Monday.
create function app.claim_look(p_lease interval) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare v_org uuid;
begin
  insert into public.knowledge_looks (org_id, due_at)
  select o.id, app.next_look(o.timezone) from public.organizations o
  where not exists (select from public.knowledge_looks l where l.org_id = o.id)
  on conflict do nothing;
  update public.knowledge_looks l set lease_until = clock_timestamp() + p_lease
  where l.org_id = (
    select w.org_id from public.knowledge_looks w
    join public.organizations o on o.id = w.org_id and o.status = 'active' and o.deleted_at is null
    where w.due_at <= now() and coalesce(w.lease_until, '-infinity') < clock_timestamp()
    order by w.due_at for update of w skip locked limit 1)
  returning l.org_id into v_org;
  return v_org;
end $$;

-- A look is over: the next one is next Monday's, unless somebody only looked early. Its row's lock puts two looks of one
-- organization in a line. Of the organization that the session acts for.
create function app.look_done(p_questions int, p_found int) returns void
language sql volatile security definer set search_path = '' as $$
  insert into public.knowledge_looks as l (org_id, due_at, looked_at, questions, found)
  select o.id, app.next_look(o.timezone), clock_timestamp(), p_questions, p_found
  from public.organizations o where o.id = app.engine_org()
  on conflict (org_id) do update set looked_at = excluded.looked_at, questions = excluded.questions,
    found = excluded.found, lease_until = null,
    due_at = case when l.due_at <= now() then excluded.due_at else l.due_at end
$$;

-- A person decides once. What the engine finds again stays as the person left it.
create function app.decide_suggestion() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.state is distinct from old.state and new.state <> 'open' then
    new.decided_at := now();
    new.decided_by := auth.uid();
  end if;
  return new;
end $$;
create trigger decide before update of state on public.knowledge_suggestions
  for each row execute function app.decide_suggestion();
create trigger audit after update of state on public.knowledge_suggestions
  for each row when (old.state is distinct from new.state) execute function app.audit_row('keys');
create trigger stamp before insert on public.knowledge_corrections
  for each row execute function app.stamp_creator();
create trigger audit after insert or update or delete on public.knowledge_corrections
  for each row execute function app.audit_row('keys');

select app.close_functions();
grant execute on function app.claim_look(interval), app.look_done(int, int) to vulkn_engine;
grant execute on function app.next_look(text) to authenticated, vulkn_web, vulkn_engine;

grant select on public.knowledge_suggestions, public.knowledge_looks, public.knowledge_corrections
  to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant update (state, reason, entry_id) on public.knowledge_suggestions to authenticated, vulkn_web;
grant insert (org_id, key, question, language, phrasings, people, unanswered, first_at, last_at, evidence, draft, draft_from),
  update (key, question, language, phrasings, people, unanswered, first_at, last_at, evidence, draft, draft_from, state),
  delete on public.knowledge_suggestions to vulkn_engine;
grant insert (org_id, due_at, looked_at, questions, found), update (due_at, lease_until, looked_at, questions, found)
  on public.knowledge_looks to vulkn_engine;
grant insert (org_id, message_id, entry_id), update (entry_id) on public.knowledge_corrections to authenticated, vulkn_web;

do $$
declare t text;
begin
  foreach t in array array['knowledge_suggestions', 'knowledge_looks', 'knowledge_corrections'] loop
    execute format($p$create policy "members see them" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.read_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
  foreach t in array array['knowledge_looks', 'knowledge_corrections'] loop
    execute format($p$create policy "agents read one organization's" on public.%I for select to vulkn_engine
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
end $$;
create policy "agents work in one organization" on public.knowledge_suggestions for all to vulkn_engine
  using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()));
create policy "members decide on them" on public.knowledge_suggestions for update to authenticated, vulkn_web
  using (org_id = any ((select app.write_orgs())::uuid[])) with check (org_id = any ((select app.write_orgs())::uuid[]));
create policy "members mark a wrong answer" on public.knowledge_corrections for insert to authenticated, vulkn_web
  with check (org_id = any ((select app.write_orgs())::uuid[]));
create policy "members mark it again" on public.knowledge_corrections for update to authenticated, vulkn_web
  using (org_id = any ((select app.write_orgs())::uuid[])) with check (org_id = any ((select app.write_orgs())::uuid[]));
