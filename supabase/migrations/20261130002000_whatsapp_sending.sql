-- Sending on WhatsApp: in order, at the pace that Meta allows, each message at most once.
set local lock_timeout = '5s';

alter table public.outbox
  -- how many messages it is; null: nobody tried yet
  add column parts smallint check (parts between 1 and 100),
  -- attempts that sent nothing because it was not time yet; they do not count as tries
  add column deferred int not null default 0;
create index outbox_open on public.outbox (org_id, conversation_id, created_at) where state in ('ready', 'sending');

-- When the next message would be due if all were sent evenly (GCRA's theoretical arrival time).
alter table public.whatsapp_numbers
  add column paced_until timestamptz,
  -- Meta suspects spam: nothing that nobody asked for until then
  add column restricted_until timestamptz;
alter table public.conversations add column paced_until timestamptz;

-- Whether nothing of it is on its way: each WhatsApp message has a row in `message_deliveries` before Meta is called.
create function app.surely_unsent(p_org uuid, p_outbox uuid, p_conversation uuid) returns boolean
language sql stable set search_path = '' as $$
  select exists (
      select from public.conversations c
      join public.whatsapp_numbers n on n.org_id = c.org_id and n.channel_id = c.channel_id
      where c.org_id = p_org and c.id = p_conversation)
    and not exists (
      select from public.message_deliveries d
      where d.org_id = p_org and d.outbox_id = p_outbox and d.state = 'sending')
$$;

drop function app.claim_outbox(int, interval);
-- As before, and: one conversation's rows go out one after the other in their order (what waits for the morning holds
-- nobody up); a number that may not send keeps its rows; each organization's turn comes before anybody's second.
create function app.claim_outbox(p_limit int, p_lease interval)
returns table (org_id uuid, id uuid, kind text, dedupe_key text, conversation_id uuid, message_id uuid,
               payload jsonb, attempt int, tries int)
language plpgsql volatile security definer set search_path = '' as $$
declare v_now timestamptz := clock_timestamp();
begin
  update public.outbox o set state = 'cancelled', finished_at = v_now
  from public.conversations c
  where o.state = 'ready' and o.kind = 'answer' and o.available_at <= v_now
    and c.org_id = o.org_id and c.id = o.conversation_id and c.status = 'human' and c.handoff_at > o.created_at;
  -- The process that took it is gone. What it surely did not send is tried again; of the rest only the other side
  -- can tell, and a person is told.
  with gone as (
    update public.outbox o
    set state = case when not app.surely_unsent(o.org_id, o.id, o.conversation_id) then 'unknown'
                     when o.attempt - o.deferred < 6 then 'ready' else 'failed' end,
        lease_until = null, finished_at = v_now
    where o.state = 'sending' and o.lease_until < v_now
    returning o.org_id, o.id, o.kind, o.state, o.conversation_id)
  insert into public.alerts (org_id, kind, key, conversation_id, detail)
  select g.org_id, 'delivery', g.id::text, g.conversation_id, jsonb_build_object('state', g.state, 'kind', g.kind)
  from gone g where g.state <> 'ready' on conflict do nothing;
  return query
  with due as (
    select r.id, row_number() over (partition by r.org_id order by r.available_at, r.created_at, r.id) as place
    from public.outbox r
    where r.state = 'ready' and r.available_at <= v_now
      and not exists (
        select from public.outbox e
        where e.org_id = r.org_id and e.conversation_id = r.conversation_id and e.id <> r.id
          and (e.state = 'sending'
            or e.state = 'ready' and (e.created_at, e.id) < (r.created_at, r.id)
               and (e.available_at <= v_now or e.kind not in ('reminder', 'campaign'))))
      and not exists (
        select from public.conversations c
        join public.whatsapp_numbers n on n.org_id = c.org_id and n.channel_id = c.channel_id
        where c.org_id = r.org_id and c.id = r.conversation_id
          and (n.state in ('reauth', 'down') or n.paced_until > v_now + interval '3 seconds')))
  update public.outbox o
  set state = 'sending', attempt = o.attempt + 1, lease_until = v_now + p_lease
  where o.id in (
    select r.id from public.outbox r join due on due.id = r.id where r.state = 'ready'
    order by due.place, r.available_at for update of r skip locked limit least(p_limit, 100))
  returning o.org_id, o.id, o.kind, o.dedupe_key, o.conversation_id, o.message_id, o.payload, o.attempt,
            o.attempt - o.deferred;
end $$;

drop function app.note_delivery(uuid, uuid, int, text, text, text, interval);
-- As before. p_deferred: it was not time yet, so this was no try. An unknown end of which nothing is on its way is
-- none: it is tried again.
-- What could not go out because the 24 hours are over and no template is there says so on its row; people are told once
-- a day of the business's own that there is something to set up.
create function app.note_delivery(p_org uuid, p_id uuid, p_attempt int, p_state text, p_provider_id text,
  p_error text, p_wait interval, p_deferred boolean default false) returns text
language plpgsql set search_path = '' as $$
declare
  o public.outbox;
  v_state text := p_state;
  v_wait interval := coalesce(p_wait, interval '0');
begin
  perform set_config('app.org_id', p_org::text, true);
  select * into o from public.outbox
  where org_id = p_org and id = p_id and attempt = p_attempt and state in ('sending', 'unknown') for update;
  if not found then return null; end if;
  if v_state = 'unknown' and app.surely_unsent(p_org, p_id, o.conversation_id) then
    v_state := case when o.attempt - o.deferred < 6 then 'ready' else 'failed' end;
    v_wait := interval '5 seconds';
  end if;
  update public.outbox
  set state = v_state, provider_id = coalesce(nullif(p_provider_id, ''), provider_id), error = left(p_error, 500),
      lease_until = null, available_at = clock_timestamp() + v_wait, deferred = deferred + p_deferred::int,
      finished_at = case when v_state = 'ready' then null else clock_timestamp() end
  where org_id = p_org and id = p_id;
  if v_state = 'failed' and p_error = 'window' and o.kind in ('reminder', 'notice') then
    insert into public.alerts (org_id, kind, key, conversation_id, detail)
    select p_org, 'template', 'no_template ' || to_char(now() at time zone z.timezone, 'YYYY-MM-DD'), o.conversation_id,
           jsonb_build_object('what', 'no_template', 'subject', o.kind)
    from public.organizations z where z.id = p_org on conflict do nothing;
  elsif v_state in ('failed', 'unknown') then
    insert into public.alerts (org_id, kind, key, conversation_id, detail)
    values (p_org, 'delivery', p_id::text, o.conversation_id,
            jsonb_build_object('state', v_state, 'kind', o.kind, 'why', left(coalesce(p_error, ''), 80)))
    on conflict do nothing;
  end if;
  return v_state;
end $$;

-- ---- one message -----------------------------------------------------------------------------------------

-- The last look before Meta is called, and the note that it is. `say`: go, wait (so many ms), done (it is there
-- already), unknown (an earlier try may have arrived), lost (somebody else has the row).
-- p_pair, p_burst: seconds between two messages to one person, and how many may come at once; p_rate: a second.
create function app.delivery_begin(p_org uuid, p_id uuid, p_attempt int, p_part int, p_parts int,
  p_rate int, p_pair interval, p_burst int) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_now timestamptz := clock_timestamp();
  o public.outbox;
  c public.conversations;
  n public.whatsapp_numbers;
  d public.message_deliveries;
  v_pair timestamptz;
  v_number timestamptz;
  v_wait interval;
begin
  perform set_config('app.org_id', p_org::text, true);
  select v.* into c from public.conversations v
  where v.org_id = p_org
    and v.id = (select x.conversation_id from public.outbox x where x.org_id = p_org and x.id = p_id) for update;
  select * into o from public.outbox where org_id = p_org and id = p_id for update;
  if not found or o.state <> 'sending' or o.attempt <> p_attempt or o.lease_until < v_now then
    return '{"say": "lost"}';
  end if;
  select * into d from public.message_deliveries where org_id = p_org and outbox_id = p_id and part = p_part;
  if found and d.state = 'sending' then return '{"say": "unknown"}'; end if;
  if found and d.state <> 'failed' then return jsonb_build_object('say', 'done', 'wamid', d.wamid); end if;
  if o.kind = 'answer' and c.status = 'human' and c.handoff_at > o.created_at then return '{"say": "taken_over"}'; end if;
  select * into n from public.whatsapp_numbers where org_id = p_org and channel_id = c.channel_id for update;
  if not found or n.state in ('reauth', 'down') then return '{"say": "wait", "ms": 60000}'; end if;
  if n.state = 'restricted' and n.restricted_until < v_now then
    update public.whatsapp_numbers set state = 'active', problem = null, problem_code = null, restricted_until = null
    where org_id = p_org and channel_id = c.channel_id;
  end if;
  -- Two rows of one conversation were taken in the same instant: the later one waits.
  if exists (select from public.message_deliveries x join public.outbox y on y.org_id = x.org_id and y.id = x.outbox_id
             where y.org_id = p_org and y.conversation_id = c.id and y.id <> p_id and y.state = 'sending'
               and x.state = 'sending') then
    return '{"say": "wait", "ms": 500}';
  end if;
  v_pair := greatest(coalesce(c.paced_until, v_now), v_now);
  v_number := greatest(coalesce(n.paced_until, v_now), v_now);
  v_wait := greatest(v_pair - v_now - p_pair * (p_burst - 1), v_number - v_now - interval '1 second');
  if v_wait > interval '0' then
    return jsonb_build_object('say', 'wait', 'ms', ceil(extract(epoch from v_wait) * 1000));
  end if;
  update public.conversations set paced_until = v_pair + p_pair where org_id = p_org and id = c.id;
  update public.whatsapp_numbers set paced_until = v_number + interval '1 second' / p_rate
  where org_id = p_org and channel_id = c.channel_id;
  insert into public.message_deliveries (org_id, outbox_id, message_id, part, state)
  values (p_org, p_id, o.message_id, p_part, 'sending')
  on conflict (org_id, outbox_id, part)
    do update set state = 'sending', wamid = null, error_code = null, error = null;
  if o.parts is distinct from p_parts then
    update public.outbox set parts = p_parts where org_id = p_org and id = p_id;
  end if;
  return '{"say": "go"}';
end $$;

-- What Meta said to it: accepted with its id, or refused. News of it may have come before.
create function app.delivery_end(p_org uuid, p_id uuid, p_part int, p_wamid text, p_code int, p_error text)
returns void language plpgsql set search_path = '' as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  update public.message_deliveries
  set wamid = coalesce(p_wamid, wamid), error_code = p_code, error = left(p_error, 300),
      state = case when state <> 'sending' then state when p_wamid is null then 'failed' else 'accepted' end
  where org_id = p_org and outbox_id = p_id and part = p_part;
end $$;

-- Nothing goes out before: over the whole number, or to one person.
create function app.delivery_hold(p_org uuid, p_conversation uuid, p_number interval, p_pair interval, p_burst interval)
returns void language plpgsql set search_path = '' as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  if p_pair is not null then
    update public.conversations
    set paced_until = greatest(coalesce(paced_until, '-infinity'), clock_timestamp() + p_pair + p_burst)
    where org_id = p_org and id = p_conversation;
  end if;
  if p_number is not null then
    update public.whatsapp_numbers n
    set paced_until = greatest(coalesce(n.paced_until, '-infinity'), clock_timestamp() + p_number + interval '1 second')
    from public.conversations c
    where c.org_id = p_org and c.id = p_conversation and n.org_id = c.org_id and n.channel_id = c.channel_id;
  end if;
end $$;

create function app.delivery_rank(p_state text) returns int language sql immutable set search_path = '' as $$
  select array_position(array['sending', 'accepted', 'sent', 'delivered', 'read', 'played'], p_state)
$$;

-- Meta's news of a message, by its id or by what we gave it along (outbox id and part). Forward only: `failed` counts
-- against what was not delivered yet, and what is delivered after all was not failed. An unknown end is settled by it.
-- Gives what is known of the message then; `pending`: it may be one whose id we are about to learn.
create function app.delivery_news(p_org uuid, p_channel uuid, p_wamid text, p_outbox uuid, p_part int, p_state text,
  p_code int, p_error text) returns jsonb
language plpgsql set search_path = '' as $$
declare
  d public.message_deliveries;
  o public.outbox;
  v_changed boolean := false;
begin
  perform set_config('app.org_id', p_org::text, true);
  select * into d from public.message_deliveries where org_id = p_org and wamid = p_wamid;
  if not found and p_outbox is not null then
    select * into d from public.message_deliveries where org_id = p_org and outbox_id = p_outbox and part = p_part;
  end if;
  if d.id is null then
    return jsonb_build_object('found', false, 'pending', p_outbox is null and exists (
      select from public.message_deliveries x
      join public.outbox y on y.org_id = x.org_id and y.id = x.outbox_id
      join public.conversations c on c.org_id = y.org_id and c.id = y.conversation_id and c.channel_id = p_channel
      where x.org_id = p_org and x.state = 'sending' and x.updated_at > clock_timestamp() - interval '5 minutes'));
  end if;
  select * into o from public.outbox where org_id = p_org and id = d.outbox_id for update;
  select * into d from public.message_deliveries where org_id = p_org and id = d.id for update;
  if p_state = 'failed' then
    v_changed := d.state in ('sending', 'accepted', 'sent');
  elsif d.state = 'failed' then
    v_changed := p_state in ('delivered', 'read', 'played');
  else
    v_changed := app.delivery_rank(p_state) > app.delivery_rank(d.state);
  end if;
  if v_changed then
    update public.message_deliveries
    set state = p_state, wamid = coalesce(wamid, p_wamid), error_code = p_code, error = left(p_error, 300)
    where org_id = p_org and id = d.id;
    if p_state <> 'failed' and o.state in ('unknown', 'failed') then
      perform app.delivery_settle(p_org, o.id);
    end if;
  end if;
  return jsonb_build_object('found', true, 'changed', v_changed, 'outbox', o.id, 'kind', o.kind,
    'tries', o.attempt - o.deferred, 'conversation', o.conversation_id, 'message', d.message_id,
    'recent', o.created_at > clock_timestamp() - interval '1 hour');
end $$;

-- An end that nobody knew, now that something is known: all parts are there, or the rest can go.
create function app.delivery_settle(p_org uuid, p_outbox uuid) returns void
language plpgsql set search_path = '' as $$
declare
  v_open int;
  v_there int;
  v_last text;
  v_state text;
begin
  select count(*) filter (where d.state = 'sending'), count(*) filter (where d.state not in ('sending', 'failed')),
         max(d.wamid) into v_open, v_there, v_last
  from public.message_deliveries d where d.org_id = p_org and d.outbox_id = p_outbox;
  if v_open > 0 then return; end if;
  update public.outbox
  set state = case when v_there >= coalesce(parts, 1) then 'sent' else 'ready' end,
      provider_id = coalesce(provider_id, v_last), error = null, available_at = clock_timestamp(),
      finished_at = case when v_there >= coalesce(parts, 1) then clock_timestamp() end
  where org_id = p_org and id = p_outbox returning state into v_state;
  update public.alerts set seen_at = clock_timestamp()
  where org_id = p_org and kind = 'delivery' and key = p_outbox::text and seen_at is null;
end $$;

-- Meta took it and failed later: it ends so, or goes again after p_wait.
create function app.delivery_failed(p_org uuid, p_outbox uuid, p_error text, p_wait interval) returns void
language plpgsql set search_path = '' as $$
declare o public.outbox;
begin
  perform set_config('app.org_id', p_org::text, true);
  update public.outbox
  set state = case when p_wait is null then 'failed' else 'ready' end, error = left(p_error, 500), lease_until = null,
      available_at = clock_timestamp() + coalesce(p_wait, interval '0'),
      finished_at = case when p_wait is null then clock_timestamp() end
  where org_id = p_org and id = p_outbox and state in ('sent', 'unknown')
    and not exists (select from public.message_deliveries d
                    where d.org_id = p_org and d.outbox_id = p_outbox and d.state = 'sending') returning * into o;
  if found and p_wait is null then
    insert into public.alerts (org_id, kind, key, conversation_id, detail)
    values (p_org, 'delivery', o.id::text, o.conversation_id,
            jsonb_build_object('state', 'failed', 'kind', o.kind, 'why', left(p_error, 80)))
    on conflict do nothing;
  end if;
end $$;

-- ---- what a person of the business sends -----------------------------------------------------------------

-- Hands what the asker just wrote to the channel that carries it. `web`: it is there already; `queued`; `closed`: the
-- person wrote too long ago for anything but a template; `away`: the number is not connected. The caller undoes what
-- it wrote unless it is one of the first two. The rule itself is channels/can_send.py's; this is its lock.
create function app.send_reply(p_org uuid, p_message uuid, p_kind text, p_payload jsonb default '{}') returns text
language plpgsql security definer set search_path = '' as $$
declare
  m public.messages;
  v_window timestamptz;
  v_channel text;
  v_state text;
begin
  select * into m from public.messages
  where org_id = p_org and id = p_message and sender = 'human' and author_id = auth.uid()
    and org_id = any (app.write_orgs());
  if not found or p_kind not in ('reply', 'media', 'template') then return 'none'; end if;
  select h.kind, c.window_until, n.state into v_channel, v_window, v_state
  from public.conversations c
  join public.channels h on h.org_id = c.org_id and h.id = c.channel_id
  left join public.whatsapp_numbers n on n.org_id = c.org_id and n.channel_id = c.channel_id
  where c.org_id = p_org and c.id = m.conversation_id;
  if v_channel <> 'whatsapp' then return 'web'; end if;
  if v_state is null or v_state in ('reauth', 'down', 'connecting') then return 'away'; end if;
  if p_kind <> 'template' and (v_window is null or v_window <= clock_timestamp()) then return 'closed'; end if;
  insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
  values (p_org, p_kind, m.id::text, m.conversation_id, m.id, coalesce(p_payload, '{}')) on conflict do nothing;
  return 'queued';
end $$;

-- A person's message that is no plain text: what it is made of, and its file. Null: not theirs to write.
create function app.say_on_channel(p_org uuid, p_conversation uuid, p_draft text, p_body text, p_kind text,
  p_content jsonb, p_reply_to uuid, p_file bytea, p_mime text, p_filename text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  m uuid;
  a uuid;
begin
  if auth.uid() is null or not p_org = any (app.write_orgs()) then return null; end if;
  update public.conversations set status = 'human', unread = 0 where org_id = p_org and id = p_conversation;
  if not found then return null; end if;
  select id into m from public.messages
  where org_id = p_org and conversation_id = p_conversation and external_id = p_draft and author_id = auth.uid();
  if found then return m; end if;
  insert into public.messages
    (org_id, conversation_id, sender, body, external_id, author_id, kind, content, reply_to_id)
  values (p_org, p_conversation, 'human', p_body, p_draft, auth.uid(), p_kind, coalesce(p_content, '{}'),
          (select q.id from public.messages q
           where q.org_id = p_org and q.conversation_id = p_conversation and q.id = p_reply_to))
  returning id into m;
  if p_file is not null then
    insert into public.message_attachments (org_id, message_id, kind, mime, filename, size, state)
    values (p_org, m, p_kind, p_mime, p_filename, length(p_file), 'stored') returning id into a;
    insert into public.attachment_files (org_id, attachment_id, content) values (p_org, a, p_file);
  end if;
  return m;
end $$;

-- The business's own emoji on a customer's message; an empty one takes it away. Same answers as send_reply.
create function app.react(p_org uuid, p_message uuid, p_emoji text) returns text
language plpgsql security definer set search_path = '' as $$
declare
  v_conversation uuid;
  v_window timestamptz;
  v_channel text;
begin
  select m.conversation_id, c.window_until, h.kind into v_conversation, v_window, v_channel
  from public.messages m
  join public.conversations c on c.org_id = m.org_id and c.id = m.conversation_id
  join public.channels h on h.org_id = c.org_id and h.id = c.channel_id
  where m.org_id = p_org and m.id = p_message and m.sender = 'visitor' and m.org_id = any (app.write_orgs());
  if not found or v_channel <> 'whatsapp' or auth.uid() is null then return 'none'; end if;
  if v_window is null or v_window <= clock_timestamp() then return 'closed'; end if;
  if p_emoji = '' then
    delete from public.message_reactions where org_id = p_org and message_id = p_message and side = 'business';
  else
    insert into public.message_reactions (org_id, message_id, side, emoji) values (p_org, p_message, 'business', p_emoji)
    on conflict (org_id, message_id, side) do update set emoji = excluded.emoji, at = now();
  end if;
  insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
  values (p_org, 'reaction', gen_random_uuid()::text, v_conversation, p_message, jsonb_build_object('emoji', p_emoji));
  return 'queued';
end $$;

select app.close_functions();
grant execute on function app.claim_outbox(int, interval),
  app.note_delivery(uuid, uuid, int, text, text, text, interval, boolean),
  app.surely_unsent(uuid, uuid, uuid), app.delivery_rank(text), app.delivery_settle(uuid, uuid),
  app.delivery_begin(uuid, uuid, int, int, int, int, interval, int),
  app.delivery_end(uuid, uuid, int, text, int, text),
  app.delivery_hold(uuid, uuid, interval, interval, interval),
  app.delivery_news(uuid, uuid, text, uuid, int, text, int, text),
  app.delivery_failed(uuid, uuid, text, interval) to vulkn_engine;
grant execute on function app.send_reply(uuid, uuid, text, jsonb),
  app.say_on_channel(uuid, uuid, text, text, text, jsonb, uuid, bytea, text, text),
  app.react(uuid, uuid, text) to vulkn_web;
grant update (parts, deferred) on public.outbox to vulkn_engine;
grant update (paced_until, restricted_until) on public.whatsapp_numbers to vulkn_engine;
grant update (paced_until) on public.conversations to vulkn_engine;
grant update (seen_at) on public.alerts to vulkn_engine;
