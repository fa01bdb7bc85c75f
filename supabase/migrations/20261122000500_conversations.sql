-- Who wrote, what was said, and who might buy: contacts, conversations, messages, leads.
set local lock_timeout = '5s';

create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text check (length(name) <= 120),
  email text check (length(email) <= 254),
  phone text check (length(phone) <= 32),
  created_at timestamptz not null default now(),
  unique (org_id, id)
);

create table public.conversations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  channel_id uuid not null,
  contact_id uuid not null,
  -- human: a person of the business answers here and the agent keeps quiet.
  status text not null default 'open' check (status in ('open', 'human', 'closed')),
  language text check (language in ('es', 'en')),
  page text check (length(page) <= 500),
  visitor_hash bytea check (length(visitor_hash) = 32),
  last_seq bigint not null default 0,
  last_message_at timestamptz,
  last_text text,
  last_sender text,
  unread int not null default 0,
  created_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, visitor_hash),
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete cascade,
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
create index conversations_channel on public.conversations (org_id, channel_id);
create index conversations_contact on public.conversations (org_id, contact_id);
create index conversations_recent on public.conversations (org_id, last_message_at desc) where last_seq > 0;

create table public.messages (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  conversation_id uuid not null,
  seq bigint not null,
  sender text not null check (sender in ('visitor', 'agent', 'human', 'system')),
  body text not null check (length(body) between 1 and 16384),
  language text check (language in ('es', 'en')),
  -- the client's own id: the same one again is the same message
  external_id text check (length(external_id) <= 200),
  author_id uuid,
  sources jsonb not null default '[]',
  rating smallint check (rating in (-1, 1)),
  rating_comment text check (length(rating_comment) <= 1000),
  created_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, conversation_id, seq),
  unique (org_id, conversation_id, external_id),
  foreign key (org_id, conversation_id) references public.conversations (org_id, id) on delete cascade
);

create table public.leads (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  contact_id uuid not null,
  conversation_id uuid,
  stage text not null default 'new' check (stage in ('new', 'contacted', 'won', 'lost')),
  score int not null default 0 check (score between 0 and 100),
  reasons text[] not null default '{}',
  notes text not null default '' check (length(notes) <= 4000),
  last_message_at timestamptz not null default now(),
  contacted_at timestamptz,
  created_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, contact_id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade,
  foreign key (org_id, conversation_id) references public.conversations (org_id, id)
    on delete set null (conversation_id)
);
create index leads_conversation on public.leads (org_id, conversation_id);
create index leads_best on public.leads (org_id, score desc, last_message_at desc);

select app.close_tables();

-- A message takes the next number of its conversation and leaves its mark there, whoever writes it.
-- The row lock this takes puts the writers of one conversation in a line: numbers have no gaps.
create function app.number_message() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.conversations c
  set last_seq = c.last_seq + 1,
      last_message_at = now(),
      last_text = left(new.body, 160),
      last_sender = new.sender,
      unread = case new.sender when 'visitor' then c.unread + 1 when 'human' then 0 else c.unread end
  where c.org_id = new.org_id and c.id = new.conversation_id
  returning c.last_seq into new.seq;
  -- `on conflict do nothing` would keep the number and drop the message: the gap would never close.
  if new.external_id is not null and exists (
    select from public.messages m
    where m.org_id = new.org_id and m.conversation_id = new.conversation_id and m.external_id = new.external_id
  ) then
    raise exception 'this message is there already' using errcode = '23505';
  end if;
  return new;
end $$;
create trigger number_message before insert on public.messages
  for each row execute function app.number_message();

-- Leads made by the agent come with every conversation: only what people do to them is audited.
create trigger audit after insert or update or delete on public.leads
  for each row when (current_user <> 'vulkn_engine') execute function app.audit_row('keys');
create trigger audit after update or delete on public.contacts
  for each row when (current_user <> 'vulkn_engine') execute function app.audit_row('keys');
create trigger audit after delete on public.conversations
  for each row execute function app.audit_row('keys');
create trigger audit_status after update of status on public.conversations
  for each row when (old.status is distinct from new.status) execute function app.audit_row('keys');

-- One row a lead with the person's details, for lists; the rights of the asker apply (security_invoker).
create view public.lead_cards with (security_invoker = true) as
  select l.id, l.org_id, l.contact_id, l.conversation_id, l.stage, l.score, l.reasons, l.notes,
         l.last_message_at, l.contacted_at, l.created_at, c.name, c.email, c.phone
  from public.leads l
  join public.contacts c on c.org_id = l.org_id and c.id = l.contact_id;

select app.close_functions();
revoke all on public.lead_cards from public, anon, authenticated, service_role, vulkn_web, vulkn_engine, vulkn_maint;
grant select on public.lead_cards to authenticated, vulkn_web, vulkn_maint;

grant select on public.contacts, public.conversations, public.messages, public.leads
  to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant update (name, email, phone) on public.contacts to authenticated, vulkn_web;
grant update (status, unread) on public.conversations to authenticated, vulkn_web;
grant insert (org_id, conversation_id, sender, body, external_id, author_id) on public.messages
  to authenticated, vulkn_web;
grant update (stage, notes, contacted_at), delete on public.leads to authenticated, vulkn_web;
grant delete on public.conversations, public.contacts to authenticated, vulkn_web;

grant insert (org_id, name, email, phone), update (name, email, phone) on public.contacts to vulkn_engine;
grant insert (org_id, channel_id, contact_id, page, visitor_hash, language), update (language, page, status)
  on public.conversations to vulkn_engine;
grant insert (org_id, conversation_id, sender, body, language, external_id, sources),
  update (rating, rating_comment) on public.messages to vulkn_engine;
grant insert (org_id, contact_id, conversation_id), update (score, reasons, last_message_at)
  on public.leads to vulkn_engine;

do $$
declare t text;
begin
  foreach t in array array['contacts', 'conversations', 'messages', 'leads'] loop
    execute format($p$create policy "members see them" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.read_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "agents work in one organization" on public.%I for all to vulkn_engine
      using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
  foreach t in array array['contacts', 'conversations', 'leads'] loop
    execute format($p$create policy "members work with them" on public.%I for update to authenticated, vulkn_web
      using (org_id = any ((select app.write_orgs())::uuid[]))
      with check (org_id = any ((select app.write_orgs())::uuid[]))$p$, t);
    execute format($p$create policy "admins remove them" on public.%I for delete to authenticated, vulkn_web
      using (org_id = any ((select app.admin_orgs())::uuid[]))$p$, t);
  end loop;
end $$;
create policy "members answer as themselves" on public.messages for insert to authenticated, vulkn_web
  with check (
    sender = 'human' and author_id = (select auth.uid()) and org_id = any ((select app.write_orgs())::uuid[]));
