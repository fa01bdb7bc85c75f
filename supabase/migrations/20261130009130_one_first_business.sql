-- The guide founds for somebody who is in no organization: two tabs at once, at whichever processes, found one.
set local lock_timeout = '5s';

-- Null for who is in an organization by now: by another tab, a second click or an invitation.
create function app.create_first_organization(
  p_name text, p_slug text, p_industry text, p_country text, p_timezone text, p_currency text) returns uuid
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('founding:' || coalesce(auth.uid()::text, ''), 0));
  if exists (
    select from public.memberships m join public.organizations o on o.id = m.org_id and o.deleted_at is null
    where m.user_id = auth.uid()) then
    return null;
  end if;
  return app.create_organization(p_name, p_slug, p_industry, p_country, p_timezone, p_currency);
end $$;

select app.close_functions();
grant execute on function app.create_first_organization(text, text, text, text, text, text) to vulkn_web;
