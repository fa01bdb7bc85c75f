-- What Meta refused because too much came at once to one person (131056) goes out in fewer messages: the rows that wait
-- behind it are said with it, in one bubble.
set local lock_timeout = '5s';

-- The row that says this one's words too; it goes out, and ends, as that one does.
alter table public.outbox add column merged_into uuid,
  add foreign key (org_id, merged_into) references public.outbox (org_id, id) on delete set null (merged_into);
create index outbox_merged on public.outbox (org_id, merged_into);
grant update (merged_into) on public.outbox to vulkn_engine;

-- As before; what is said with another row is claimed with it, and cancelled with it.
create or replace function app.claim_outbox(p_limit int, p_lease interval)
returns table (org_id uuid, id uuid, kind text, dedupe_key text, conversation_id uuid, message_id uuid,
               payload jsonb, attempt int, tries int)
language plpgsql volatile security definer set search_path = '' as $$
declare v_now timestamptz := clock_timestamp();
begin
  update public.outbox o set state = 'cancelled', finished_at = v_now
  from public.conversations c
  where o.state = 'ready' and o.kind = 'answer' and o.available_at <= v_now and o.merged_into is null
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
    where r.state = 'ready' and r.available_at <= v_now and r.merged_into is null
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

-- Whether it is nothing but words, so that another one's can stand below them.
create function app.only_words(p_org uuid, p_outbox uuid) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from public.outbox o join public.messages m on m.org_id = o.org_id and m.id = o.message_id
    where o.org_id = p_org and o.id = p_outbox and o.kind in ('answer', 'reply') and m.kind = 'text'
      and not o.payload ?| array['choices', 'wants'])
$$;

-- Takes along what waits behind a row that Meta refused for its pace: of the same kind, words only, nothing of it under
-- way, up to the first that is not so. What was sent in part is not touched. Returns how many say it now.
create function app.delivery_merge(p_org uuid, p_id uuid, p_attempt int) returns int
language plpgsql set search_path = '' as $$
declare
  o public.outbox;
  v_count int;
begin
  perform set_config('app.org_id', p_org::text, true);
  perform 1 from public.conversations c
  where c.org_id = p_org
    and c.id = (select x.conversation_id from public.outbox x where x.org_id = p_org and x.id = p_id) for update;
  select * into o from public.outbox where org_id = p_org and id = p_id for update;
  if not found or o.state <> 'sending' or o.attempt <> p_attempt or o.error is distinct from 'pair'
     or not app.only_words(p_org, p_id)
     or exists (select from public.message_deliveries d
                where d.org_id = p_org and d.outbox_id = p_id and d.state <> 'failed') then
    return 0;
  end if;
  with behind as (
    select r.id, bool_and(r.state = 'ready' and r.kind = o.kind and r.attempt = 0 and r.merged_into is null
        and app.only_words(p_org, r.id)
        and not exists (select from public.messages m where m.org_id = p_org and m.id = r.message_id
                        and m.reply_to_id is not null))
      over (order by r.created_at, r.id) as fits
    from public.outbox r
    where r.org_id = p_org and r.conversation_id = o.conversation_id and r.state in ('ready', 'sending')
      and (r.created_at, r.id) > (o.created_at, o.id))
  update public.outbox r set merged_into = p_id
  from behind b where b.fits and r.org_id = p_org and r.id = b.id;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- What one row says for others is theirs too: sent, unknown, or failed after Meta took it. Where it never left, they go
-- by themselves.
create function app.merged_follow() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.state in ('sent', 'unknown') then
    update public.outbox
    set state = new.state, provider_id = new.provider_id, error = new.error, finished_at = new.finished_at
    where org_id = new.org_id and merged_into = new.id and state in ('ready', 'unknown');
  elsif new.state = 'ready' then
    update public.outbox set state = 'ready', finished_at = null
    where org_id = new.org_id and merged_into = new.id and state in ('sent', 'unknown');
  elsif new.state in ('failed', 'cancelled') then
    update public.outbox set state = 'failed', error = new.error, finished_at = new.finished_at
    where org_id = new.org_id and merged_into = new.id and state in ('sent', 'unknown');
    update public.outbox set merged_into = null
    where org_id = new.org_id and merged_into = new.id and state = 'ready';
  end if;
  return null;
end $$;
create trigger merged_follow after update of state on public.outbox
for each row when (old.state is distinct from new.state and new.merged_into is null)
execute function app.merged_follow();

select app.close_functions();
grant execute on function app.claim_outbox(int, interval), app.only_words(uuid, uuid),
  app.delivery_merge(uuid, uuid, int) to vulkn_engine;
