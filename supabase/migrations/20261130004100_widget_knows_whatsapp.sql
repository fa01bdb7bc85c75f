-- The widget offers to go on in WhatsApp where a number takes messages.
set local lock_timeout = '5s';

drop function app.resolve_widget(text);
create function app.resolve_widget(p_slug text)
returns table (org_id uuid, slug text, name text, timezone text, branding jsonb, allowed_origins text[],
               channel_id uuid, agent_name text, live boolean, greeting_es text, greeting_en text, whatsapp boolean)
language sql stable security definer set search_path = '' as $$
  select o.id, o.slug, o.name, o.timezone, o.branding, o.allowed_origins,
         c.id, a.name, a.live, a.greeting_es, a.greeting_en,
         exists (select from public.whatsapp_numbers n
                 join public.channels h on h.org_id = n.org_id and h.id = n.channel_id
                 where n.org_id = o.id and n.state in ('active', 'restricted') and n.display_phone <> ''
                   and h.status = 'active' and h.external_id is not null)
  from public.organizations o
  join public.channels c on c.org_id = o.id and c.kind = 'web' and c.status = 'active'
  join public.agents a on a.org_id = o.id and a.id = c.agent_id
  where o.slug = p_slug and o.status = 'active' and o.deleted_at is null
  order by c.id limit 1
$$;

select app.close_functions();
grant execute on function app.resolve_widget(text) to vulkn_engine;
