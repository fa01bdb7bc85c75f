-- A conversation with fewer messages than a machine's minute is nobody's loop: most need not be looked through.
set local lock_timeout = '5s';

create or replace function app.loops(p_org uuid, c public.conversations, p_loop int) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return c.last_seq >= p_loop and (
    select count(*) >= p_loop from public.messages m
    where m.org_id = p_org and m.conversation_id = c.id and m.seq > c.last_seq - 2 * p_loop
      and m.sender = 'visitor' and m.created_at > now() - interval '60 seconds');
end $$;
