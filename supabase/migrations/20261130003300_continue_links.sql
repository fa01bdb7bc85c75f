-- A visitor of the website goes on in WhatsApp, and is one person from then on.
set local lock_timeout = '5s';

-- Only a keyed hash of the code that the visitor carries over is kept; it counts once, and for half an hour.
create table app.continue_links (
  org_id uuid not null references public.organizations (id) on delete cascade,
  code_hash bytea not null check (length(code_hash) = 32),
  conversation_id uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (org_id, code_hash),
  foreign key (org_id, conversation_id) references public.conversations (org_id, id) on delete cascade
);
create index continue_links_conversation on app.continue_links (org_id, conversation_id);
select app.close_tables();

-- Makes one for the visitor's conversation and gives the number to write to, as it is shown; null where no WhatsApp
-- number of the business takes messages. No rows: there is no such visitor.
create function app.continue_begin(p_org uuid, p_visitor bytea, p_hash bytea, p_life interval)
returns table (display_phone text, language text)
language plpgsql security definer set search_path = '' as $$
declare c public.conversations;
begin
  if p_org is distinct from app.engine_org() then raise exception 'not allowed' using errcode = '42501'; end if;
  select v.* into c from public.conversations v
  join public.channels h on h.org_id = p_org and h.id = v.channel_id and h.kind = 'web'
  where v.org_id = p_org and v.visitor_hash = p_visitor;
  if not found then return; end if;
  delete from app.continue_links l where l.org_id = p_org and l.expires_at < now() - interval '1 day';
  return query
  select n.display_phone, c.language from public.whatsapp_numbers n
  join public.channels h on h.org_id = p_org and h.id = n.channel_id and h.status = 'active' and h.external_id is not null
  where n.org_id = p_org and n.state in ('active', 'restricted') order by n.state, n.connected_at limit 1;
  if not found then
    return query select null::text, c.language;
    return;
  end if;
  insert into app.continue_links (org_id, code_hash, conversation_id, expires_at)
  values (p_org, p_hash, c.id, clock_timestamp() + p_life);
end $$;

-- Whoever brings the code is the visitor: their contacts become one. 'joined', 'late' (known, but used or too old), or
-- 'unknown'. p_conversation: where the code was written.
create function app.continue_take(p_org uuid, p_hash bytea, p_conversation uuid) returns text
language plpgsql security definer set search_path = '' as $$
declare
  l app.continue_links;
  web public.conversations;
  here public.conversations;
begin
  if p_org is distinct from app.engine_org() then raise exception 'not allowed' using errcode = '42501'; end if;
  update app.continue_links set used_at = clock_timestamp()
  where org_id = p_org and code_hash = p_hash and used_at is null and expires_at > clock_timestamp() returning * into l;
  if not found then
    return case when exists (select from app.continue_links k where k.org_id = p_org and k.code_hash = p_hash)
      then 'late' else 'unknown' end;
  end if;
  -- In the order of their ids, as everybody who takes two takes them.
  perform 1 from public.conversations v where v.org_id = p_org and v.id in (l.conversation_id, p_conversation)
  order by v.id for update;
  select v.* into web from public.conversations v where v.org_id = p_org and v.id = l.conversation_id;
  select v.* into here from public.conversations v where v.org_id = p_org and v.id = p_conversation;
  if web.id is null or here.id is null then return 'late'; end if;
  perform app.join_contacts(p_org, here.contact_id, web.contact_id, here.id);
  -- A person has the visitor's case: they have it here too.
  if web.status = 'human' and here.status <> 'human' then
    update public.conversations
    set status = 'human', handoff_reason = web.handoff_reason, handoff_summary = web.handoff_summary
    where org_id = p_org and id = here.id;
  end if;
  if here.language is null then
    update public.conversations set language = web.language where org_id = p_org and id = here.id;
  end if;
  return 'joined';
end $$;

-- Two contacts turn out to be one person: what belonged to p_gone belongs to p_kept, which WhatsApp's conversations are
-- known by. What p_kept said of itself stays; of somebody who only just wrote, what the other one knows is better.
create function app.join_contacts(p_org uuid, p_kept uuid, p_gone uuid, p_conversation uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
  kept public.contacts;
  gone public.contacts;
  mine public.leads;
  theirs public.leads;
  v_new boolean;
begin
  if p_org is distinct from app.engine_org() then raise exception 'not allowed' using errcode = '42501'; end if;
  if p_kept = p_gone then return; end if;
  perform 1 from public.contacts k where k.org_id = p_org and k.id in (p_kept, p_gone) order by k.id for update;
  select k.* into kept from public.contacts k where k.org_id = p_org and k.id = p_kept;
  select k.* into gone from public.contacts k where k.org_id = p_org and k.id = p_gone;
  if kept.id is null or gone.id is null then return; end if;
  select l.* into mine from public.leads l where l.org_id = p_org and l.contact_id = p_kept for update;
  select l.* into theirs from public.leads l where l.org_id = p_org and l.contact_id = p_gone for update;
  v_new := not exists (
    select from public.conversations c join public.messages m on m.org_id = p_org and m.conversation_id = c.id
    where c.org_id = p_org and c.contact_id = p_kept);

  update public.contacts set
    name = case when v_new then coalesce(gone.name, kept.name) else coalesce(kept.name, gone.name) end,
    email = coalesce(kept.email, gone.email), phone = coalesce(kept.phone, gone.phone),
    username = coalesce(kept.username, gone.username),
    opted_out_at = coalesce(kept.opted_out_at, gone.opted_out_at), created_at = least(kept.created_at, gone.created_at)
  where org_id = p_org and id = p_kept;

  if mine.id is null then
    update public.leads set contact_id = p_kept, conversation_id = p_conversation
    where org_id = p_org and id = theirs.id;
  elsif theirs.id is not null then
    -- The further of two stages, but a customer who was lost and asks again is as the newer one says.
    update public.leads set
      stage = case when mine.stage = 'new' or (theirs.stage = 'won' and mine.stage <> 'won') then theirs.stage else mine.stage end,
      score = greatest(mine.score, theirs.score),
      reasons = array(select distinct r from unnest(mine.reasons || theirs.reasons) r order by r),
      notes = left(concat_ws(E'\n', nullif(mine.notes, ''), nullif(theirs.notes, '')), 4000),
      need = case when mine.need = '' then theirs.need else mine.need end,
      last_message_at = greatest(mine.last_message_at, theirs.last_message_at),
      contacted_at = least(mine.contacted_at, theirs.contacted_at),
      created_at = least(mine.created_at, theirs.created_at),
      source = case when theirs.created_at < mine.created_at then theirs.source else mine.source end,
      source_detail = case when theirs.created_at < mine.created_at then theirs.source_detail else mine.source_detail end
    where org_id = p_org and id = mine.id;
    delete from public.leads where org_id = p_org and id = theirs.id;
  end if;

  -- Who comes from the website goes on with what they were doing there.
  delete from public.skill_states s where s.org_id = p_org and s.contact_id = p_kept and exists (
    select from public.skill_states t where t.org_id = p_org and t.contact_id = p_gone and t.skill = s.skill
      and t.expires_at > now());
  delete from public.skill_states s where s.org_id = p_org and s.contact_id = p_gone and exists (
    select from public.skill_states t where t.org_id = p_org and t.contact_id = p_kept and t.skill = s.skill);
  update public.skill_states set contact_id = p_kept where org_id = p_org and contact_id = p_gone;
  update public.conversations set contact_id = p_kept where org_id = p_org and contact_id = p_gone;
  -- What is still to come is spoken of where they are now.
  update public.bookings set contact_id = p_kept,
    conversation_id = case when state = 'booked' and starts_at > now() then p_conversation else conversation_id end
  where org_id = p_org and contact_id = p_gone;
  update public.consents set contact_id = p_kept where org_id = p_org and contact_id = p_gone;
  update public.intake_answers set contact_id = p_kept where org_id = p_org and contact_id = p_gone;
  update public.contact_identities set contact_id = p_kept where org_id = p_org and contact_id = p_gone;
  update public.history_messages set contact_id = p_kept where org_id = p_org and contact_id = p_gone;
  delete from public.contacts where org_id = p_org and id = p_gone;
end $$;

select app.close_functions();
grant execute on function app.continue_begin(uuid, bytea, bytea, interval), app.continue_take(uuid, bytea, uuid) to vulkn_engine;
