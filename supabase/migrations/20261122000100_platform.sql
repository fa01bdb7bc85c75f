-- The private schema and the three roles that the product logs in with.
-- Runs as superuser on the embedded server and as `postgres` on a Supabase project, so no
-- NOSUPERUSER/NOBYPASSRLS words (Supabase refuses them): the defaults are right and asserted below.
set local lock_timeout = '5s';

create schema app;
revoke all on schema app from public;

do $$
declare login_role text;
begin
  foreach login_role in array array['vulkn_web', 'vulkn_engine', 'vulkn_maint'] loop
    if not exists (select from pg_roles where rolname = login_role) then
      execute format('create role %I login noinherit', login_role);
    end if;
    execute format('alter role %I set statement_timeout = ''8s''', login_role);
    execute format('alter role %I set lock_timeout = ''4s''', login_role);
    execute format('alter role %I set idle_in_transaction_session_timeout = ''15s''', login_role);
  end loop;
  if exists (
    select from pg_roles
    where rolname in ('vulkn_web', 'vulkn_engine', 'vulkn_maint')
      and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
  ) then
    raise exception 'a login role of the product has a forbidden attribute';
  end if;
end $$;

-- New tables and functions start closed, whatever the platform's default grants are.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from public, anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema app revoke all on functions from public;
-- The schema-wide line above cannot take away what is granted to PUBLIC globally, so every
-- migration that makes functions ends with `select app.close_functions()` before its grants.
grant usage on schema public to vulkn_web, vulkn_engine, vulkn_maint;
-- Not to anon or authenticated: policies call app's functions by oid and need EXECUTE only.
grant usage on schema app to vulkn_web, vulkn_engine, vulkn_maint;

create function app.close_tables() returns void
language plpgsql set search_path = '' as $$
declare t regclass;
begin
  for t in
    select c.oid::regclass from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'app') and c.relkind in ('r', 'p') and not c.relrowsecurity
  loop
    execute format('alter table %s enable row level security', t);
    execute format(
      'revoke all on %s from public, anon, authenticated, service_role, vulkn_web, vulkn_engine, vulkn_maint', t);
  end loop;
end $$;

create function app.close_functions() returns void
language plpgsql set search_path = '' as $$
declare f regprocedure;
begin
  for f in
    select p.oid::regprocedure from pg_catalog.pg_proc p
    where p.pronamespace = 'app'::regnamespace
      and has_function_privilege('anon', p.oid, 'execute')
  loop
    execute format('revoke all on function %s from public, anon, service_role', f);
  end loop;
end $$;
