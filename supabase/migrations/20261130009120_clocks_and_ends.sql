-- What people of one organization write with their own token must not stop what goes over all of them: a clock that no
-- server knows breaks every statement that reckons by each organization's own, a time without end every loop that words it.
set local lock_timeout = '5s';

update public.organizations o set timezone = 'America/Mexico_City'
where not exists (select from pg_catalog.pg_timezone_names z where z.name = o.timezone);

-- A trigger and no constraint: the server reads its list of clocks from files, so it is asked only where one changes.
create function app.known_clock() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from pg_catalog.pg_timezone_names z where z.name = new.timezone) then
    raise exception 'no such time zone' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger known_clock before update of timezone on public.organizations
  for each row when (new.timezone is distinct from old.timezone) execute function app.known_clock();

update public.agents set shadow_since = null, shadow_until = null
where not (isfinite(shadow_since) and isfinite(shadow_until));
alter table public.agents
  add constraint agents_shadow_ends check (isfinite(shadow_since) and isfinite(shadow_until));

select app.close_functions();
