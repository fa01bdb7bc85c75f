-- What a hosted Supabase project differs in from our own server: `postgres` owns the database and may make roles, but is
-- no superuser; what it makes in public is granted to the API roles; auth is somebody else's.
-- https://supabase.com/docs/guides/database/postgres/roles-superuser
create role postgres login createrole createdb replication bypassrls password 'a project''s password';
grant anon, authenticated, service_role, authenticator to postgres;
alter database postgres owner to postgres;
grant all on schema public to postgres;
grant usage on schema auth to postgres;
grant select, insert, update, delete, references on all tables in schema auth to postgres;
alter default privileges for role postgres in schema public
  grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on functions to anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  grant all on sequences to anon, authenticated, service_role;
