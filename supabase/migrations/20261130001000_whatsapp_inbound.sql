-- WhatsApp, what comes in: routing, storing, claiming, and what each kind of event does to a conversation. All but
-- three functions run with the engine's own rights in the organization they are told; the three are doors.
set local lock_timeout = '5s';

-- Events of one delivery keep the order in which it told them.
alter table public.whatsapp_events alter column received_at set default clock_timestamp();

-- Signed deliveries that belong to nobody: how many, and nothing of what they said.
create table app.whatsapp_orphans (
  -- a phone_number_id, "waba:" and an account, or "unreadable"
  name text primary key check (length(name) between 1 and 80),
  count bigint not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now()
);
select app.close_tables();

grant update (last_text) on public.conversations to vulkn_engine;
-- What a person takes back is not kept.
grant delete on public.message_attachments to vulkn_engine;

-- ---- doors -----------------------------------------------------------------------------------------------

-- Whose numbers and accounts these are. An account can have numbers of several organizations.
create function app.whatsapp_routes(p_numbers text[], p_wabas text[])
returns table (name text, org_id uuid, channel_id uuid)
language sql stable security definer set search_path = '' as $$
  select h.external_id, h.org_id, h.id
  from public.channels h
  join public.organizations o on o.id = h.org_id and o.deleted_at is null
  where h.kind = 'whatsapp' and h.external_id = any (p_numbers)
  union all
  select distinct 'waba:' || n.waba, n.org_id, null::uuid
  from public.whatsapp_numbers n
  join public.organizations o on o.id = n.org_id and o.deleted_at is null
  where n.waba = any (p_wabas)
$$;

create function app.whatsapp_orphaned(p_name text) returns void
language sql volatile security definer set search_path = '' as $$
  insert into app.whatsapp_orphans as o (name) values (left(p_name, 80))
  on conflict (name) do update set count = o.count + 1, last_at = now()
$$;

-- Takes up to p_limit events that may be handled now. A lane is one person's: its oldest first, and nothing of it
-- while another one of it is being handled. An organization has p_share at once, whatever it has waiting, so the
-- flood of one delays no other. Lanes come in the order of their names, which payloads.py gives by urgency.
-- The lock puts those who claim in a line: two that choose at once could take two events of one lane.
create function app.claim_whatsapp_events(p_limit int, p_share int, p_tries int, p_lease interval)
returns table (org_id uuid, id uuid, channel_id uuid, waba text, kind text, at timestamptz, payload jsonb, attempt int)
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform pg_catalog.pg_advisory_xact_lock(1465401413);
  -- The process that had it died with it, again and again.
  with dead as (
    update public.whatsapp_events e
    set state = 'failed', problem = 'lost', finished_at = clock_timestamp(), lease_until = null
    where e.state = 'working' and e.lease_until < clock_timestamp() and e.attempt >= p_tries
    returning e.org_id, e.id, e.kind)
  insert into public.alerts (org_id, kind, key, detail)
  select d.org_id, 'channel', 'event:' || d.id, jsonb_build_object('event', d.kind) from dead d on conflict do nothing;
  return query
  with recursive orgs as (
    (select e.org_id from public.whatsapp_events e where e.state in ('ready', 'working') order by e.org_id limit 1)
    union all
    select (select e.org_id from public.whatsapp_events e
            where e.state in ('ready', 'working') and e.org_id > o.org_id order by e.org_id limit 1)
    from orgs o where o.org_id is not null),
  heads as (
    select l.id, row_number() over (partition by o.org_id order by l.lane) as place
    from orgs o
    cross join lateral (select count(*) as busy from public.whatsapp_events w
      where w.org_id = o.org_id and w.state = 'working' and w.lease_until > clock_timestamp()) b
    cross join lateral app.whatsapp_lanes(o.org_id, greatest(0, least(p_limit, p_share - b.busy::int))) l
    where o.org_id is not null)
  update public.whatsapp_events e
  set state = 'working', attempt = e.attempt + 1, lease_until = clock_timestamp() + p_lease
  where e.id in (
    select w.id from public.whatsapp_events w join heads h on h.id = w.id
    where w.state in ('ready', 'working')
    order by h.place, w.at limit p_limit for update of w skip locked)
  returning e.org_id, e.id, e.channel_id, coalesce(e.payload ->> 'waba', ''), e.kind, e.at, e.payload, e.attempt;
end $$;

-- The event that is next in each lane of an organization, of p_limit lanes. It goes from lane to lane through the
-- index, so that a thousand events of one person are one look, and stops when it has enough.
create function app.whatsapp_lanes(p_org uuid, p_limit int) returns table (lane text, id uuid)
language plpgsql stable set search_path = '' as $$
declare
  v_lane text;
  v_found int := 0;
begin
  if p_limit <= 0 then return; end if;
  select e.lane into v_lane from public.whatsapp_events e
  where e.org_id = p_org and e.state in ('ready', 'working') order by e.lane limit 1;
  while v_lane is not null and v_found < p_limit loop
    if not exists (select from public.whatsapp_events w where w.org_id = p_org and w.lane = v_lane
                   and w.state = 'working' and w.lease_until > clock_timestamp()) then
      -- One that waits for its next try does not hold up the others; one whose process died comes first again.
      select e.id into id from public.whatsapp_events e
      where e.org_id = p_org and e.lane = v_lane and e.state in ('ready', 'working')
        and (e.state = 'working' or e.available_at <= clock_timestamp())
      order by e.at, e.received_at limit 1;
      if found then
        lane := v_lane;
        v_found := v_found + 1;
        return next;
      end if;
    end if;
    select e.lane into v_lane from public.whatsapp_events e
    where e.org_id = p_org and e.state in ('ready', 'working') and e.lane > v_lane order by e.lane limit 1;
  end loop;
end $$;

-- Envelopes after thirty days, what was handled after ninety; a part at a time.
create function app.whatsapp_forget() returns int
language plpgsql volatile security definer set search_path = '' as $$
declare v_count int;
begin
  delete from public.whatsapp_envelopes where id in (
    select id from public.whatsapp_envelopes where received_at < now() - interval '30 days' limit 5000);
  get diagnostics v_count = row_count;
  update public.whatsapp_events set payload = '{}' where id in (
    select id from public.whatsapp_events
    where state in ('done', 'failed') and received_at < now() - interval '90 days' and payload <> '{}' limit 5000);
  return v_count;
end $$;

-- ---- storing and noting ----------------------------------------------------------------------------------

-- One delivery of one organization: the envelope, a row an event. Returns how many were news.
create function app.whatsapp_store(p_org uuid, p_digest bytea, p_body text, p_events jsonb) returns int
language plpgsql set search_path = '' as $$
declare
  v_envelope uuid;
  v_count int;
begin
  perform set_config('app.org_id', p_org::text, true);
  insert into public.whatsapp_envelopes (org_id, digest, body) values (p_org, p_digest, p_body)
  on conflict (org_id, digest) do nothing returning id into v_envelope;
  if v_envelope is null then
    select id into v_envelope from public.whatsapp_envelopes where org_id = p_org and digest = p_digest;
  end if;
  insert into public.whatsapp_events (org_id, envelope_id, channel_id, key, kind, lane, at, payload)
  select p_org, v_envelope, (e.value ->> 'channel_id')::uuid, e.value ->> 'key', e.value ->> 'kind',
         e.value ->> 'lane', (e.value ->> 'at')::timestamptz, e.value -> 'payload'
  from jsonb_array_elements(p_events) with ordinality e (value, place) order by e.place
  on conflict (org_id, key) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- How an attempt ended. p_state: done, failed, or ready again after p_wait. One that lost its lease changes nothing.
create function app.note_whatsapp_event(p_org uuid, p_id uuid, p_attempt int, p_state text, p_problem text, p_wait interval)
returns boolean language plpgsql set search_path = '' as $$
declare e public.whatsapp_events;
begin
  perform set_config('app.org_id', p_org::text, true);
  update public.whatsapp_events
  set state = p_state, problem = left(p_problem, 200), lease_until = null,
      available_at = clock_timestamp() + coalesce(p_wait, interval '0'),
      finished_at = case when p_state = 'ready' then null else clock_timestamp() end
  where org_id = p_org and id = p_id and attempt = p_attempt and state = 'working' returning * into e;
  if not found then return false; end if;
  if p_state = 'failed' then
    insert into public.alerts (org_id, kind, key, detail)
    values (p_org, 'channel', 'event:' || p_id, jsonb_build_object('event', e.kind)) on conflict do nothing;
  end if;
  return true;
end $$;

-- ---- people ----------------------------------------------------------------------------------------------

-- The person with any of these identities, with the conversation on this channel; made where there is none (p_create,
-- p_conversation). The business-scoped id decides, then the portfolio's, then the number; an identity that is new is
-- linked, one that belonged to a contact known by nothing better comes along. A number whose owner told that they
-- left it (`was:`) is a stranger's when somebody with another id writes from it.
create function app.whatsapp_person(p_org uuid, p_channel uuid, p_user text, p_parent text, p_phone text,
  p_phone_key text, p_username text, p_name text, p_create boolean, p_conversation boolean)
returns jsonb language plpgsql set search_path = '' as $$
declare
  k uuid;
  c public.conversations;
  v_opted timestamptz;
  v_visitor bytea;
  v_left boolean := false;
begin
  perform set_config('app.org_id', p_org::text, true);
  -- People are made one after another: two deliveries about a stranger make one contact.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_org::text || ':whatsapp:' || n, 0))
  from unnest(array[p_user, p_parent, p_phone_key]) n where n <> '' order by n;
  select i.contact_id into k from public.contact_identities i
  where i.org_id = p_org and i.kind = 'bsuid' and i.key = p_user and p_user <> '';
  if k is null and p_parent <> '' then
    select i.contact_id into k from public.contact_identities i
    where i.org_id = p_org and i.kind = 'parent_bsuid' and i.key = p_parent;
  end if;
  if p_phone_key <> '' then
    select i.value like 'was:%' and p_user <> '' into v_left from public.contact_identities i
    where i.org_id = p_org and i.kind = 'phone' and i.key = p_phone_key;
    v_left := coalesce(v_left, false);
    if k is null and not v_left then
      select i.contact_id into k from public.contact_identities i
      where i.org_id = p_org and i.kind = 'phone' and i.key = p_phone_key;
    end if;
  end if;
  if k is null then
    if not p_create or p_user || p_parent || p_phone_key = '' then return null; end if;
    insert into public.contacts (org_id, name, phone, username)
    values (p_org, nullif(left(p_name, 120), ''), nullif(left(p_phone, 32), ''), nullif(left(p_username, 80), ''))
    returning id into k;
  else
    update public.contacts
    set name = coalesce(name, nullif(left(p_name, 120), '')), phone = coalesce(phone, nullif(left(p_phone, 32), '')),
        username = coalesce(nullif(left(p_username, 80), ''), username)
    where org_id = p_org and id = k and (name is null and p_name <> '' or phone is null and p_phone <> ''
      or p_username <> '' and username is distinct from left(p_username, 80));
  end if;
  perform app.whatsapp_link(p_org, k, p_user, p_parent, p_phone_key, p_phone, v_left);
  v_visitor := sha256(convert_to(p_channel::text || ':' || k::text, 'UTF8'));
  if p_conversation then
    select * into c from public.conversations where org_id = p_org and visitor_hash = v_visitor;
    if not found and p_create then
      insert into public.conversations (org_id, channel_id, contact_id, visitor_hash)
      values (p_org, p_channel, k, v_visitor) on conflict (org_id, visitor_hash) do nothing;
      select * into c from public.conversations where org_id = p_org and visitor_hash = v_visitor;
    end if;
    if c.id is null then return null; end if;
  end if;
  select opted_out_at into v_opted from public.contacts where org_id = p_org and id = k;
  return jsonb_build_object('contact_id', k, 'conversation_id', c.id, 'visitor', encode(v_visitor, 'hex'),
    'opted_out', v_opted is not null, 'status', coalesce(c.status, ''));
end $$;

-- Identities of one person. What another contact has comes along only if p_take, or if that contact is known by
-- nothing better: a bare number that wrote before the id was known is the same person.
create function app.whatsapp_link(p_org uuid, p_contact uuid, p_user text, p_parent text, p_phone_key text, p_phone text,
  p_take boolean) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.contact_identities as i (org_id, contact_id, kind, key, value)
  select p_org, p_contact, n.kind, left(n.key, 160), left(n.value, 160)
  from (values ('bsuid', p_user, p_user), ('parent_bsuid', p_parent, p_parent), ('phone', p_phone_key, p_phone))
    as n (kind, key, value)
  where n.key <> ''
  on conflict (org_id, kind, key) do update set contact_id = excluded.contact_id, value = excluded.value
  where i.contact_id <> excluded.contact_id and (p_take or i.kind = 'phone' and not exists (
    select from public.contact_identities o
    where o.org_id = p_org and o.contact_id = i.contact_id and o.kind <> 'phone'));
end $$;

-- A person told a new number, a new id or both: linked to the contact that the old ones name, never a second one. The
-- number that they left is marked, so that its next owner does not become them.
create function app.whatsapp_moved(p_org uuid, p_old_user text, p_old_key text, p_new_user text, p_new_parent text,
  p_new_phone text, p_new_key text) returns uuid
language plpgsql set search_path = '' as $$
declare k uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  select i.contact_id into k from public.contact_identities i
  where i.org_id = p_org and (i.kind = 'bsuid' and i.key = p_old_user and p_old_user <> ''
    or i.kind = 'phone' and i.key = p_old_key and p_old_key <> '')
  order by i.kind limit 1;
  if k is null then
    select i.contact_id into k from public.contact_identities i
    where i.org_id = p_org and (i.kind = 'bsuid' and i.key = p_new_user and p_new_user <> ''
      or i.kind = 'phone' and i.key = p_new_key and p_new_key <> '')
    order by i.kind limit 1;
  end if;
  if k is null then return null; end if;
  perform app.whatsapp_link(p_org, k, p_new_user, p_new_parent, p_new_key, p_new_phone, true);
  if p_new_key <> '' and p_new_key <> p_old_key then
    -- Only ours: a number that was given out again meanwhile is its new owner's.
    update public.contacts k_ set phone = left(p_new_phone, 32)
    where org_id = p_org and id = k and exists (
      select from public.contact_identities i where i.org_id = p_org and i.contact_id = k and i.kind = 'phone'
        and i.key = p_old_key and i.value = k_.phone);
    update public.contact_identities set value = left('was:' || value, 160)
    where org_id = p_org and contact_id = k and kind = 'phone' and key = p_old_key and value not like 'was:%';
  end if;
  return k;
end $$;

-- ---- a message -------------------------------------------------------------------------------------------

-- Before a message is stored: the window that it opens, the lead that it makes, the message that it answers. Asked
-- again it changes nothing. `answers`: the agent may; `stored`: it is there already, with its words.
create function app.whatsapp_heard(p_org uuid, p_conversation uuid, p_external text, p_at timestamptz, p_ad jsonb,
  p_quoted text, p_lead boolean) returns jsonb
language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  m public.messages;
  q public.messages;
  v_answers boolean;
  v_language text;
  v_from timestamptz := least(p_at, clock_timestamp());
begin
  perform set_config('app.org_id', p_org::text, true);
  update public.conversations
  set window_until = greatest(window_until, v_from + interval '24 hours'),
      free_until = case when p_ad is null then free_until else greatest(free_until, v_from + interval '72 hours') end
  where org_id = p_org and id = p_conversation returning * into c;
  if not found then return null; end if;
  if p_lead then
    insert into public.leads (org_id, contact_id, conversation_id, source, source_detail)
    values (p_org, c.contact_id, c.id, case when p_ad is null then 'whatsapp' else 'ad' end, coalesce(p_ad, '{}'))
    on conflict (org_id, contact_id) do nothing;
  end if;
  if p_ad is not null then
    update public.leads set source = 'ad', source_detail = p_ad
    where org_id = p_org and contact_id = c.contact_id and source_detail = '{}';
  end if;
  select h.status = 'active' and a.live and o.status = 'active', coalesce(c.language, o.branding ->> 'language', 'es')
  into v_answers, v_language
  from public.organizations o
  join public.channels h on h.org_id = o.id and h.id = c.channel_id
  join public.agents a on a.org_id = o.id and a.id = h.agent_id
  where o.id = p_org;
  select * into m from public.messages
  where org_id = p_org and conversation_id = c.id and external_id = p_external and sender = 'visitor';
  if p_quoted <> '' then q := app.whatsapp_message(p_org, c.id, p_quoted); end if;
  return jsonb_build_object('answers', coalesce(v_answers, false), 'status', c.status,
    'language', case when v_language = 'en' then 'en' else 'es' end,
    'stored', case when m.id is not null then jsonb_build_object('id', m.id, 'text', m.body, 'revoked', m.revoked_at is not null,
      'waits', exists (select from public.message_attachments t
        where t.org_id = p_org and t.message_id = m.id and t.state = 'pending')) end,
    'quoted', case when q.id is not null then jsonb_build_object('id', q.id, 'text', q.body, 'sender', q.sender,
      -- what was said last is what any answer is about
      'last', not exists (select from public.messages n
        where n.org_id = p_org and n.conversation_id = c.id and n.seq > q.seq and n.sender in ('agent', 'human'))) end);
end $$;

-- The message with this id of WhatsApp's: a customer's own, or one that we sent.
create function app.whatsapp_message(p_org uuid, p_conversation uuid, p_wamid text) returns public.messages
language sql stable set search_path = '' as $$
  select m.* from public.messages m
  where m.org_id = p_org and m.conversation_id = p_conversation and (m.external_id = p_wamid or m.id in (
    select d.message_id from public.message_deliveries d where d.org_id = p_org and d.wamid = p_wamid))
  limit 1
$$;

-- What a stored message is made of beyond its text. p_file: {kind, mime, filename, media}, or null.
create function app.whatsapp_said(p_org uuid, p_conversation uuid, p_external text, p_kind text, p_content jsonb,
  p_quoted uuid, p_file jsonb) returns jsonb
language plpgsql set search_path = '' as $$
declare
  m uuid;
  a public.message_attachments;
begin
  perform set_config('app.org_id', p_org::text, true);
  update public.messages set kind = p_kind, content = p_content, reply_to_id = p_quoted
  where org_id = p_org and conversation_id = p_conversation and external_id = p_external and sender = 'visitor'
    and revoked_at is null returning id into m;
  if m is null then return null; end if;
  if p_file is not null then
    insert into public.message_attachments (org_id, message_id, kind, mime, filename, media)
    values (p_org, m, p_file ->> 'kind', left(p_file ->> 'mime', 120), left(p_file ->> 'filename', 240),
            left(p_file ->> 'media', 200)) on conflict (org_id, message_id, media) do nothing;
    select * into a from public.message_attachments
    where org_id = p_org and message_id = m and media = left(p_file ->> 'media', 200);
  end if;
  return jsonb_build_object('message_id', m, 'attachment_id', a.id, 'state', a.state);
end $$;

-- The file of an attachment, or why there is none.
create function app.whatsapp_file(p_org uuid, p_attachment uuid, p_mime text, p_content bytea, p_problem text, p_transcript text)
returns void language plpgsql set search_path = '' as $$
begin
  perform set_config('app.org_id', p_org::text, true);
  update public.message_attachments
  set state = case when p_content is null then 'failed' else 'stored' end, problem = left(p_problem, 80),
      mime = coalesce(nullif(left(p_mime, 120), ''), mime), size = coalesce(length(p_content), 0),
      transcript = left(p_transcript, 16384)
  where org_id = p_org and id = p_attachment and state <> 'stored';
  if found and p_content is not null then
    insert into public.attachment_files (org_id, attachment_id, content) values (p_org, p_attachment, p_content)
    on conflict do nothing;
  end if;
end $$;

-- A message that begins no turn: the agent may not answer, or what it says needs no model. Once.
create function app.whatsapp_kept(p_org uuid, p_conversation uuid, p_external text, p_text text, p_at timestamptz)
returns uuid language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  m uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  select * into c from public.conversations where org_id = p_org and id = p_conversation for update;
  select id into m from public.messages
  where org_id = p_org and conversation_id = p_conversation and external_id = p_external;
  if m is not null then return m; end if;
  insert into public.messages (org_id, conversation_id, sender, body, external_id, sent_at)
  values (p_org, p_conversation, 'visitor', p_text, p_external, p_at) returning id into m;
  if c.status = 'closed' then
    update public.conversations set status = 'open' where org_id = p_org and id = c.id;
  end if;
  update public.leads set last_message_at = now() where org_id = p_org and contact_id = c.contact_id;
  return m;
end $$;

-- A sentence of ours that needs no model, as the answer to p_external; once, and under the rules of any answer: not
-- where a person has the conversation, not while it is paused, not to what is older than a day. p_alert: the team
-- should look, for what it cannot say itself.
create function app.whatsapp_say(p_org uuid, p_conversation uuid, p_external text, p_text text, p_language text,
  p_at timestamptz, p_alert boolean) returns boolean
language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  m uuid;
  v_key text := left('polite:' || p_external, 200);
begin
  perform set_config('app.org_id', p_org::text, true);
  select * into c from public.conversations where org_id = p_org and id = p_conversation for update;
  if p_alert then
    insert into public.alerts (org_id, kind, key, conversation_id)
    values (p_org, 'received', left(p_external, 200), p_conversation) on conflict do nothing;
  end if;
  if c.id is null or c.status = 'human' or c.paused_until > clock_timestamp() or p_at < now() - interval '24 hours'
     -- four photographs in a row are one thing to say something about
     or exists (select from public.messages s where s.org_id = p_org and s.conversation_id = c.id
       and (s.external_id = v_key or s.external_id like 'polite:%' and s.body = p_text and s.created_at > now() - interval '10 seconds'))
  then return false; end if;
  insert into public.messages (org_id, conversation_id, sender, body, language, external_id)
  values (p_org, c.id, 'agent', p_text, p_language, v_key) returning id into m;
  insert into public.outbox (org_id, kind, dedupe_key, conversation_id, message_id, payload)
  values (p_org, 'answer', v_key, c.id, m, jsonb_build_object('channel', 'whatsapp')) on conflict do nothing;
  return true;
end $$;

-- ---- what is done to a message afterwards ----------------------------------------------------------------

-- A reaction of the customer's; an empty one takes it back. `asks`: it is about our last word, and that waits for an
-- answer.
create function app.whatsapp_reacted(p_org uuid, p_conversation uuid, p_wamid text, p_emoji text, p_at timestamptz)
returns jsonb language plpgsql set search_path = '' as $$
declare
  m public.messages;
  v_asks boolean;
begin
  perform set_config('app.org_id', p_org::text, true);
  m := app.whatsapp_message(p_org, p_conversation, p_wamid);
  if m.id is null then return null; end if;
  if p_emoji = '' then
    delete from public.message_reactions
    where org_id = p_org and message_id = m.id and side = 'customer' and at <= p_at;
  else
    insert into public.message_reactions as r (org_id, message_id, side, emoji, at)
    values (p_org, m.id, 'customer', left(p_emoji, 32), p_at)
    on conflict (org_id, message_id, side) do update set emoji = excluded.emoji, at = excluded.at where r.at <= excluded.at;
  end if;
  v_asks := m.sender = 'agent' and (m.body like '%?%' or m.external_id like 'reminder:%') and not exists (
    select from public.messages n where n.org_id = p_org and n.conversation_id = p_conversation and n.seq > m.seq);
  return jsonb_build_object('asks', coalesce(v_asks, false), 'message_id', m.id, 'text', m.body);
end $$;

-- The customer's new words (p_text), or that they took the message back (null: p_mark takes its place). What is not
-- answered yet is answered as it is now: a turn that gathers reads it when it begins, one that runs begins again
-- (its attempt is lost), one of nothing but taken-back messages is given up. Returns the turn that must begin again.
create function app.whatsapp_changed(p_org uuid, p_conversation uuid, p_wamid text, p_text text, p_mark text, p_at timestamptz)
returns jsonb language plpgsql set search_path = '' as $$
declare
  m public.messages;
  t public.turns;
begin
  perform set_config('app.org_id', p_org::text, true);
  perform 1 from public.conversations where org_id = p_org and id = p_conversation for update;
  update public.messages
  set body = coalesce(p_text, p_mark), edited_at = case when p_text is null then edited_at else p_at end,
      revoked_at = case when p_text is null then p_at else revoked_at end,
      content = case when p_text is null then '{}' else content - 'text' end
  where org_id = p_org and conversation_id = p_conversation and external_id = p_wamid and sender = 'visitor'
    and revoked_at is null and (p_text is null or edited_at is null or edited_at < p_at)
  returning * into m;
  if m.id is null then return '{"found": false}'; end if;
  update public.conversations set last_text = left(m.body, 160)
  where org_id = p_org and id = p_conversation and last_seq = m.seq;
  if p_text is null then
    delete from public.message_attachments where org_id = p_org and message_id = m.id;
  end if;
  select * into t from public.turns
  where org_id = p_org and id = m.turn_id and state in ('gathering', 'running') for update;
  if t.id is null then return '{"found": true}'; end if;
  if not exists (select from public.messages x where x.org_id = p_org and x.turn_id = t.id and x.sender = 'visitor'
                 and x.revoked_at is null) then
    update public.turns set state = 'superseded', finished_at = clock_timestamp() where org_id = p_org and id = t.id;
    -- told again, such a message is one that nobody answers; whoever waits for the turn hears it
    update public.messages set turn_id = null where org_id = p_org and turn_id = t.id;
  elsif t.state = 'running' then
    update public.turns set attempt = attempt + 1, lease_until = clock_timestamp() where org_id = p_org and id = t.id;
    return jsonb_build_object('found', true, 'again', t.id);
  end if;
  return '{"found": true}';
end $$;

select app.close_functions();
grant execute on function
  app.whatsapp_routes(text[], text[]),
  app.whatsapp_orphaned(text),
  app.claim_whatsapp_events(int, int, int, interval),
  app.whatsapp_forget(),
  app.whatsapp_store(uuid, bytea, text, jsonb),
  app.note_whatsapp_event(uuid, uuid, int, text, text, interval),
  app.whatsapp_person(uuid, uuid, text, text, text, text, text, text, boolean, boolean),
  app.whatsapp_link(uuid, uuid, text, text, text, text, boolean),
  app.whatsapp_moved(uuid, text, text, text, text, text, text),
  app.whatsapp_heard(uuid, uuid, text, timestamptz, jsonb, text, boolean),
  app.whatsapp_message(uuid, uuid, text),
  app.whatsapp_said(uuid, uuid, text, text, jsonb, uuid, jsonb),
  app.whatsapp_file(uuid, uuid, text, bytea, text, text),
  app.whatsapp_kept(uuid, uuid, text, text, timestamptz),
  app.whatsapp_say(uuid, uuid, text, text, text, timestamptz, boolean),
  app.whatsapp_reacted(uuid, uuid, text, text, timestamptz),
  app.whatsapp_changed(uuid, uuid, text, text, text, timestamptz)
to vulkn_engine;
