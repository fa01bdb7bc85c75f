-- The calendar as people of the business work with it: why an appointment was called off, a "did not come" that is
-- taken back, and a word about it to the customer.
set local lock_timeout = '5s';

-- What the person who called it off gave as the reason.
alter table public.bookings add column reason text not null default '' check (length(reason) <= 300);
grant update (reason) on public.bookings to authenticated, vulkn_web;

create or replace function app.keep_booking() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.changed_at := now();
  -- Only a person can have been wrong about who came; the time must still be free, the table's constraint says.
  if old.state <> 'booked' and new.state <> old.state
     and not (old.state = 'no_show' and new.state = 'booked' and current_user <> 'vulkn_engine') then
    raise exception 'what is over stays over' using errcode = '23514';
  end if;
  -- The contact was deleted: the calendar keeps that something was booked, not by whom.
  if old.contact_id is not null and new.contact_id is null then
    new.name := '';
    new.phone := null;
    new.email := null;
    new.note := '';
    new.reason := '';
  end if;
  return new;
end $$;

-- Hands a message that the asker wrote to the channel that can call its customer; on the web the message itself
-- is what the customer sees. Whether there was anything to send.
create function app.send_to_customer(p_org uuid, p_message uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
  select m.org_id, 'notice', m.id::text, m.conversation_id, m.id, jsonb_build_object('text', m.body)
  from public.messages m
  join public.conversations c on c.org_id = m.org_id and c.id = m.conversation_id
  join public.channels h on h.org_id = c.org_id and h.id = c.channel_id and h.kind <> 'web'
  where m.org_id = p_org and m.id = p_message and m.sender = 'human' and m.author_id = auth.uid()
    and m.org_id = any (app.write_orgs())
  on conflict do nothing;
  return found;
end $$;

-- As before, and whether it is such a word: a widget then does not take it for a person who takes the conversation.
create or replace function app.visible_messages(p_org uuid, p_conversation uuid, p_after uuid, p_limit int)
returns jsonb language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(m) order by m.seq), '[]')
  from (
    select m.id, m.seq, m.sender, m.body as text, m.language, m.sources, m.rating, m.created_at,
           m.sender = 'human' and coalesce(m.external_id like 'notice:%', false) as notice
    from public.messages m
    where m.org_id = p_org and m.conversation_id = p_conversation
      and m.seq > coalesce((select a.seq from public.messages a
                            where a.org_id = p_org and a.conversation_id = p_conversation and a.id = p_after), 0)
    order by m.seq desc limit p_limit
  ) m
$$;

select app.close_functions();
grant execute on function app.send_to_customer(uuid, uuid) to vulkn_web;
