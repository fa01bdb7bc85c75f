-- Who gives a plan showed their second factor, as for everything else at /admin; and both logs say so.
set local lock_timeout = '5s';

create or replace function app.set_plan(p_org uuid, p_plan text, p_why text) returns void
language plpgsql security definer set search_path = '' as $$
declare s public.subscriptions;
begin
  if not (session_user = 'vulkn_maint' or app.is_administering()) or app.in_impersonation() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  if length(btrim(coalesce(p_why, ''))) not between 3 and 500 then
    raise exception 'a reason is needed' using errcode = '23514';
  end if;
  select * into s from public.subscriptions where org_id = p_org for update;
  if s.state in ('paid', 'late') then raise exception 'they pay for their plan' using errcode = 'VK004'; end if;
  perform app.put_plan(p_org, p_plan, p_why);
  update public.subscriptions set state = 'given', until = null, next_plan = null where org_id = p_org;
end $$;

create or replace function app.admin_set_plan(p_org uuid, p_plan text, p_why text) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare v_before text;
begin
  perform app.must_administer();
  select plan into v_before from public.organizations where id = p_org and deleted_at is null;
  if v_before is null then return false; end if;
  perform app.set_plan(p_org, p_plan, p_why);
  perform app.touch_brain(p_org);
  perform app.admin_note(p_org, 'organization.plan',
    jsonb_build_object('from', v_before, 'to', p_plan, 'reason', left(btrim(p_why), 500)));
  return true;
end $$;

select app.close_functions();
