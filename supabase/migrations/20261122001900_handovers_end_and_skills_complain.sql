-- A hand-over that nobody takes care of ends by itself, and a skill that fails says so.
set local lock_timeout = '5s';

-- ---- hand-overs end ------------------------------------------------------------------------------------

-- The agent's own note about it leaves no mark on the list of conversations.
grant update (last_message_at, last_text, last_sender) on public.conversations to vulkn_engine;
create index conversations_human on public.conversations (handoff_at) where status = 'human';

-- When a person last had to do with it: took it, got it, or wrote in it.
create function app.human_since(c public.conversations) returns timestamptz
language sql stable set search_path = '' as $$
  select greatest(coalesce(c.handoff_at, c.created_at), max(m.created_at)) from public.messages m
  where m.org_id = c.org_id and m.conversation_id = c.id and m.sender = 'human'
    and coalesce(m.external_id, '') not like 'notice:%'  -- a word about an appointment answers nothing
$$;

-- How long the owner lets a conversation rest with people; null: for ever. The number stands also in
-- skills/handoff.py, for what was published without it.
create function app.hand_back_after(p_org uuid) returns interval
language sql stable set search_path = '' as $$
  select nullif(make_interval(hours => coalesce(
    (select (s.published ->> 'back_after_hours')::int from public.agent_skills s
     where s.org_id = p_org and s.key = 'handoff'
       and jsonb_typeof(s.published -> 'back_after_hours') = 'number'), 12)), interval '0')
$$;

-- Whether it is the agent's again. Answered by a person and quiet since: after the pause. A customer who still waits
-- for a person stays on the people's list until they write once more after it.
create function app.handover_is_over(c public.conversations, p_after interval) returns boolean
language sql stable set search_path = '' as $$
  select coalesce(c.status = 'human' and coalesce(c.handoff_at, c.created_at) <= now() - p_after and (
    select case
      when w.answered >= greatest(c.handoff_at, w.asked) then w.answered <= now() - p_after
      else w.asked > now() - interval '24 hours' and w.asked >= app.human_since(c) + p_after
           and coalesce(c.paused_until, now()) <= now()
    end
    from (
      select max(m.created_at) filter (where m.sender = 'human' and coalesce(m.external_id, '') not like 'notice:%')
               as answered,
             max(m.created_at) filter (where m.sender = 'visitor') as asked
      from public.messages m where m.org_id = c.org_id and m.conversation_id = c.id) w), false)
$$;

-- Of the whole platform, a few at a time in any order, so that one that cannot be given back is not always the
-- first; the caller then works in each row's organization only.
create function app.handovers_over(p_limit int) returns table (org_id uuid, conversation_id uuid)
language sql volatile security definer set search_path = '' as $$
  select c.org_id, c.id from public.conversations c
  join public.organizations o on o.id = c.org_id and o.status = 'active' and o.deleted_at is null
  where c.status = 'human' and app.handover_is_over(c, app.hand_back_after(c.org_id))
  order by random() limit least(p_limit, 100)
$$;

-- Gives it back, says so in the conversation, and opens a turn for a customer who waits, for whoever sweeps next.
-- False: a person wrote meanwhile. p_es, p_en: the note in both languages.
create function app.give_back(p_org uuid, p_conversation uuid, p_es text, p_en text, p_reserve bigint) returns boolean
language plpgsql set search_path = '' as $$
declare
  c public.conversations;
  v_asked uuid[];
  v_turn uuid;
begin
  perform set_config('app.org_id', p_org::text, true);
  select v.* into c from public.conversations v where v.org_id = p_org and v.id = p_conversation for update;
  if not found or not app.handover_is_over(c, app.hand_back_after(p_org)) then return false; end if;
  select array_agg(m.id order by m.seq) into v_asked from public.messages m
  where m.org_id = p_org and m.conversation_id = c.id and m.sender = 'visitor' and m.turn_id is null
    and m.created_at >= app.human_since(c) + app.hand_back_after(p_org);
  update public.conversations set status = 'open' where org_id = p_org and id = c.id;
  insert into public.messages (org_id, conversation_id, sender, body, language)
  values (p_org, c.id, 'system', case c.language when 'en' then p_en else p_es end, coalesce(c.language, 'es'));
  update public.conversations
  set last_message_at = c.last_message_at, last_text = c.last_text, last_sender = c.last_sender
  where org_id = p_org and id = c.id;
  if v_asked is not null then
    insert into public.turns (org_id, conversation_id, message_id, lease_until, mode)
    values (p_org, c.id, v_asked[1], clock_timestamp(), app.allowance(p_org, c.id, p_reserve)) returning id into v_turn;
    update public.messages set turn_id = v_turn where org_id = p_org and id = any (v_asked);
  end if;
  return true;
end $$;

-- ---- skills complain -----------------------------------------------------------------------------------

-- What went wrong in a skill, for as long as it takes to see that it goes on going wrong.
create table app.skill_failures (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  skill text not null check (length(skill) <= 40),
  what text not null check (what in ('action', 'reminder', 'calendar')),
  subject text not null default '' check (length(subject) <= 120),
  at timestamptz not null default now()
);
create index skill_failures_recent on app.skill_failures (org_id, skill, what, subject, at);

select app.close_tables();

-- Counts one failure, and tells people once a day of the business's own when there were p_most within an hour.
-- True: they were told just now.
create function app.skill_failed(p_org uuid, p_skill text, p_what text, p_subject text, p_most int,
  p_conversation uuid) returns boolean
language plpgsql set search_path = '' as $$
declare v_day text := (select to_char(now() at time zone o.timezone, 'YYYY-MM-DD')
                       from public.organizations o where o.id = p_org);
begin
  delete from app.skill_failures where org_id = p_org and at < now() - interval '1 day';
  insert into app.skill_failures (org_id, skill, what, subject) values (p_org, p_skill, p_what, left(p_subject, 120));
  if (select count(*) from app.skill_failures f
      where f.org_id = p_org and f.skill = p_skill and f.what = p_what and f.subject = left(p_subject, 120)
        and f.at > now() - interval '1 hour') < p_most then
    return false;
  end if;
  insert into public.alerts (org_id, kind, key, conversation_id, detail)
  values (p_org, 'skill', left(concat_ws(' ', v_day, p_skill, p_what, p_subject), 200), p_conversation,
          jsonb_build_object('skill', p_skill, 'what', p_what, 'subject', left(p_subject, 120)))
  on conflict do nothing;
  return found;
end $$;

-- The agent's door to it.
create function app.note_skill_failure(p_org uuid, p_skill text, p_what text, p_subject text, p_most int,
  p_conversation uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if p_org is distinct from app.engine_org() then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  return app.skill_failed(p_org, p_skill, p_what, p_subject, p_most, p_conversation);
end $$;

-- A reminder that was wanted and whose appointment began before it could go out. Where the skill is off or the
-- appointment is not booked any more, nobody waits for it.
create function app.reminder_missed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare b public.bookings;
begin
  select v.* into b from public.bookings v
  join public.organizations o on o.id = v.org_id and o.status = 'active' and o.deleted_at is null
  join public.agent_skills s on s.org_id = v.org_id and s.key = 'reminders' and s.enabled
  where v.org_id = new.org_id and v.id = new.booking_id and v.state = 'booked' and v.starts_at <= now();
  if found then
    perform app.skill_failed(new.org_id, 'reminders', 'reminder', '', 1, b.conversation_id);
  end if;
  return null;
end $$;
create trigger reminder_missed after update of state on public.reminders
  for each row when (old.state = 'pending' and new.state = 'skipped') execute function app.reminder_missed();

select app.close_functions();
grant execute on function app.human_since(public.conversations), app.hand_back_after(uuid),
  app.handover_is_over(public.conversations, interval), app.handovers_over(int),
  app.give_back(uuid, uuid, text, text, bigint),
  app.note_skill_failure(uuid, text, text, text, int, uuid) to vulkn_engine;
