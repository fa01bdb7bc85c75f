-- What is ended while writing is asked for stays ended.
set local lock_timeout = '5s';

-- As before, and: each of those who may end a session stands in line with this one: the shell, the owner, the
-- administrator in another browser. What they ended meanwhile is seen here, for the locks wait for them.
create or replace function app.impersonation_write(p_hash bytea, p_slug text) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  w app.web_sessions;
  s public.impersonation_sessions;
  v uuid;
begin
  perform 1 from app.platform_admins a where a.user_id = auth.uid() and a.revoked_at is null for share;
  select * into w from app.web_sessions x
  where x.id_hash = p_hash and x.user_id = auth.uid() and app.proof_holds(x.proved_at) for update;
  perform 1 from public.organizations o
  join public.impersonation_sessions i on i.org_id = o.id where i.id = w.imp_session for share of o;
  perform 1 from public.impersonation_sessions i where i.id = w.imp_session for update;
  s := app.imp_live(w.imp_session, auth.uid());
  if s.id is null or coalesce(auth.jwt() ->> 'aal', '') <> 'aal2' then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  if not exists (select from public.organizations o where o.id = s.org_id and o.slug = p_slug) then
    raise exception 'name does not match' using errcode = '22023';
  end if;
  if s.mode = 'write' then return s.id; end if;
  perform set_config('app.administering', 'on', true);
  update public.impersonation_sessions set ended_at = clock_timestamp() where id = s.id;
  insert into public.impersonation_sessions (org_id, admin_id, reason, mode, expires_at)
  values (s.org_id, s.admin_id, s.reason, 'write', s.expires_at) returning id into v;
  perform app.admin_note(s.org_id, 'support.write', jsonb_build_object('session', v, 'reason', s.reason));
  insert into public.alerts (org_id, kind, key, detail)
  values (s.org_id, 'support', v::text, jsonb_build_object('what', 'write', 'subject', left(s.reason, 120)));
  return v;
end $$;

select app.close_functions();
