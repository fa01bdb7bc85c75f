-- What customers agreed to, the forms they filled in, what they need, and the secrets of an owner's own services.
set local lock_timeout = '5s';

alter table public.leads add column need text not null default '' check (length(need) <= 500);

-- Never changed: another answer is another row. `wording` is what was asked, to the letter.
create table public.consents (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  contact_id uuid not null,
  conversation_id uuid,
  granted boolean not null,
  wording text not null check (length(wording) between 1 and 2000),
  language text not null check (language in ('es', 'en')),
  created_at timestamptz not null default now(),
  unique (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade,
  foreign key (org_id, conversation_id) references public.conversations (org_id, id)
    on delete set null (conversation_id)
);
create index consents_contact on public.consents (org_id, contact_id, created_at desc);
create index consents_conversation on public.consents (org_id, conversation_id);

create table public.intake_answers (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  contact_id uuid not null,
  conversation_id uuid,
  -- one filling in of the form: stored again, it is the same row
  filling uuid not null,
  form text not null check (length(form) <= 120),
  -- [{"key", "question", "answer"}], the questions as they were asked
  answers jsonb not null check (pg_column_size(answers) < 65536),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, filling),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade,
  foreign key (org_id, conversation_id) references public.conversations (org_id, id)
    on delete set null (conversation_id)
);
create index intake_answers_contact on public.intake_answers (org_id, contact_id);
create index intake_answers_conversation on public.intake_answers (org_id, conversation_id);
create index intake_answers_recent on public.intake_answers (org_id, created_at desc);

-- Ciphertext, for the agent alone. People put one in, see that it is there, take it out.
create table app.skill_secrets (
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  sealed bytea not null check (length(sealed) between 29 and 4096),
  updated_at timestamptz not null default now(),
  primary key (org_id, name)
);

select app.close_tables();

create trigger stamp before update on public.intake_answers for each row execute function app.stamp();
create trigger audit after delete on public.intake_answers
  for each row execute function app.audit_row('keys');

-- Support staff never touches secrets, not even in a session that may write.
create function app.skill_secret_set(p_org uuid, p_name text, p_sealed bytea) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not (p_org = any (app.admin_orgs())) or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  insert into app.skill_secrets (org_id, name, sealed) values (p_org, p_name, p_sealed)
  on conflict (org_id, name) do update set sealed = excluded.sealed, updated_at = now();
  perform app.audit_append(p_org, 'update', 'skill_secrets', p_name, '{}');
end $$;

create function app.skill_secret_remove(p_org uuid, p_name text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not (p_org = any (app.admin_orgs())) or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  delete from app.skill_secrets where org_id = p_org and name = p_name;
  if not found then return false; end if;
  perform app.audit_append(p_org, 'delete', 'skill_secrets', p_name, '{}');
  return true;
end $$;

create function app.skill_secret_names(p_org uuid) returns table (name text, updated_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select s.name, s.updated_at from app.skill_secrets s
  where s.org_id = p_org and p_org = any (app.admin_read_orgs()) order by s.name
$$;

-- The view's new column comes last: `create or replace` may only add.
create or replace view public.lead_cards with (security_invoker = true) as
  select l.id, l.org_id, l.contact_id, l.conversation_id, l.stage, l.score, l.reasons, l.notes,
         l.last_message_at, l.contacted_at, l.created_at, c.name, c.email, c.phone, l.need
  from public.leads l
  join public.contacts c on c.org_id = l.org_id and c.id = l.contact_id;

select app.close_functions();
grant execute on function app.skill_secret_set(uuid, text, bytea), app.skill_secret_remove(uuid, text),
  app.skill_secret_names(uuid) to vulkn_web;

grant update (need) on public.leads to vulkn_engine;
grant select on public.consents, public.intake_answers to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant delete on public.intake_answers to authenticated, vulkn_web;
grant insert (org_id, contact_id, conversation_id, granted, wording, language) on public.consents to vulkn_engine;
grant insert (org_id, contact_id, conversation_id, filling, form, answers), update (answers, form)
  on public.intake_answers to vulkn_engine;
grant select on app.skill_secrets to vulkn_engine;

do $$
declare t text;
begin
  foreach t in array array['consents', 'intake_answers'] loop
    execute format($p$create policy "members see them" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.read_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "agents work in one organization" on public.%I for all to vulkn_engine
      using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
end $$;
create policy "admins remove answers" on public.intake_answers for delete to authenticated, vulkn_web
  using (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "agents read one organization's" on app.skill_secrets for select to vulkn_engine
  using (org_id = (select app.engine_org()));
