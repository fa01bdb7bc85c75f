-- A number that lost its way to Meta is looked at again by itself.
set local lock_timeout = '5s';

alter table public.whatsapp_numbers add column looked_at timestamptz;
grant update (looked_at) on public.whatsapp_numbers to vulkn_engine;

-- Up to p_limit numbers that nothing goes out from, and that nobody looked at for p_every; who asks looks at them.
create function app.whatsapp_unwell(p_limit int, p_every interval) returns table (org_id uuid, channel_id uuid)
language sql volatile security definer set search_path = '' as $$
  update public.whatsapp_numbers n set looked_at = clock_timestamp()
  where (n.org_id, n.channel_id) in (
    select w.org_id, w.channel_id from public.whatsapp_numbers w
    join public.channels h on h.org_id = w.org_id and h.id = w.channel_id and h.external_id is not null
    where w.state in ('reauth', 'down') and w.problem is distinct from 'disconnected'
      and coalesce(w.looked_at, '-infinity') < clock_timestamp() - p_every
    order by w.looked_at nulls first for update of w skip locked limit least(p_limit, 100))
  returning n.org_id, n.channel_id
$$;

select app.close_functions();
grant execute on function app.whatsapp_unwell(int, interval) to vulkn_engine;
