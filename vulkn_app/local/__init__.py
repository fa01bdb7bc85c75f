"""The embedded stack of `./vulkn up` and of the tests: PostgreSQL, a local Supabase, the front end build, the
web process. Nothing here runs when DATABASE_URL and SUPABASE_URL name a real project."""
