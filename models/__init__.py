"""Tables, one module a context, exactly as supabase/migrations makes them. Nothing here opens a connection.

`tests/test_schema.py` compares them with a migrated database, column by column.
"""
