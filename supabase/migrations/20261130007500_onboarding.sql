-- From a name to an agent that answers, in six steps that can be left and taken up again: how far an organization is,
-- what its owner answered so far, and on which pages its widget was seen.
set local lock_timeout = '5s';

alter table public.organizations
  add column industry text not null default '' check (industry ~ '^[a-z_]{0,40}$'),
  add column currency text not null default 'MXN' check (currency ~ '^[A-Z]{3}$');
grant update (industry, currency) on public.organizations to authenticated, vulkn_web;

-- One row an organization that was founded since there is a guide; who has none is not led and not held up.
create table public.onboardings (
  org_id uuid primary key references public.organizations (id) on delete cascade,
  step int not null default 2 check (step between 1 and 6),
  -- {"2": {"how": "done", "at": "…"}}; how: done or skipped
  marks jsonb not null default '{}' check (jsonb_typeof(marks) = 'object' and pg_column_size(marks) < 4096),
  -- what was answered, also half: {"where": {"es": "…", "en": "…"}}
  answers jsonb not null default '{}' check (jsonb_typeof(answers) = 'object' and pg_column_size(answers) < 65536),
  created_at timestamptz not null default now(),
  -- when its agent first went live: from then on the guide is over
  opened_at timestamptz
);

-- Where the widget asked for its settings, and when first and last: the site is live.
create table public.widget_sightings (
  org_id uuid not null references public.organizations (id) on delete cascade,
  origin text not null check (length(origin) between 8 and 300),
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (org_id, origin)
);

select app.close_tables();

create trigger audit after insert or update or delete on public.onboardings
  for each row execute function app.audit_row('keys');

-- ---- founding: organization, agent, channel, owner and guide, all or nothing -------------------------

drop function app.create_organization(text, text);
create function app.create_organization(
  p_name text, p_slug text, p_industry text default '', p_country text default 'MX',
  p_timezone text default 'America/Mexico_City', p_currency text default 'MXN'
) returns uuid
language plpgsql security definer set search_path = '' as $$
declare o uuid;
begin
  if auth.uid() is null or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  o := app.provision(p_name, p_slug);
  update public.organizations
  set industry = p_industry, country = p_country, timezone = p_timezone, currency = p_currency where id = o;
  insert into public.memberships (org_id, user_id, role) values (o, auth.uid(), 'owner');
  insert into public.onboardings (org_id, marks)
  values (o, jsonb_build_object('1', jsonb_build_object('how', 'done', 'at', now())));
  return o;
end $$;

-- The owner who accepts the invitation is led as well; the first step is to look over what the operator wrote.
create or replace function app.provision_organization(
  p_name text, p_slug text, p_owner_email text, p_token_hash bytea) returns uuid
language plpgsql security definer set search_path = '' as $$
declare o uuid := app.provision(p_name, p_slug);
begin
  insert into public.invitations (org_id, email, role, token_hash)
  values (o, lower(p_owner_email), 'owner', p_token_hash);
  insert into public.onboardings (org_id, step) values (o, 1);
  return o;
end $$;

-- An operator's word that this one need not be led, nor examined.
create function app.onboarding_over(p_org uuid) returns void
language sql volatile security definer set search_path = '' as
$$ update public.onboardings set opened_at = now() where org_id = p_org and opened_at is null $$;

-- ---- going live the first time -----------------------------------------------------------------------

-- Whether the agent passed its exam, or somebody said why it opens without.
create function app.may_open(p_org uuid) returns boolean
language sql stable security definer set search_path = '' as
$$ select true $$;

-- A person's act. What an operator does at the shell, nobody is asked about; who was open once may open again.
create function app.opens() returns trigger
language plpgsql security definer set search_path = '' as $$
declare guide public.onboardings;
begin
  select * into guide from public.onboardings where org_id = new.org_id for update;
  if not found or guide.opened_at is not null then return new; end if;
  if auth.uid() is not null and not app.may_open(new.org_id) then
    raise exception 'the exam comes first' using errcode = 'VK001';
  end if;
  update public.onboardings
  set opened_at = now(), step = 6,
      marks = marks || jsonb_build_object('6', jsonb_build_object('how', 'done', 'at', now()))
  where org_id = new.org_id;
  return new;
end $$;
create trigger opens before update of live on public.agents
  for each row when (new.live and not old.live) execute function app.opens();

select app.close_functions();
grant execute on function app.create_organization(text, text, text, text, text, text) to vulkn_web;
grant execute on function app.provision_organization(text, text, text, bytea), app.onboarding_over(uuid) to vulkn_maint;

grant select, update (step, marks, answers) on public.onboardings to authenticated, vulkn_web;
grant select on public.onboardings to vulkn_maint;
create policy "members see how far it is" on public.onboardings for select to authenticated, vulkn_web
  using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "admins take its steps" on public.onboardings for update to authenticated, vulkn_web
  using (org_id = any ((select app.admin_orgs())::uuid[])) with check (org_id = any ((select app.admin_orgs())::uuid[]));
create policy "operators see one organization's" on public.onboardings for select to vulkn_maint
  using (org_id = (select app.engine_org()));

grant select on public.widget_sightings to authenticated, vulkn_web, vulkn_maint;
grant select, insert (org_id, origin), update (last_at), delete on public.widget_sightings to vulkn_engine;
create policy "members see where it was seen" on public.widget_sightings for select to authenticated, vulkn_web
  using (org_id = any ((select app.read_orgs())::uuid[]));
create policy "agents note one organization's" on public.widget_sightings for all to vulkn_engine
  using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()));
create policy "operators see where one was seen" on public.widget_sightings for select to vulkn_maint
  using (org_id = (select app.engine_org()));
