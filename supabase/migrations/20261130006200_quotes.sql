-- A person of the business answers one message in particular.
set local lock_timeout = '5s';

grant insert (reply_to_id) on public.messages to vulkn_web, authenticated;
