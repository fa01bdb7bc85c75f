-- WhatsApp: the numbers of a business, who writes there, what came in, what became of what went out, what it cost.
set local lock_timeout = '5s';

-- ---- the business's side ---------------------------------------------------------------------------------

-- One row a connected number; its phone_number_id is the channel's external_id, which routes what comes in.
create table public.whatsapp_numbers (
  org_id uuid not null references public.organizations (id) on delete cascade,
  channel_id uuid not null,
  -- the WhatsApp Business Account; templates and account news name it and no number
  waba text not null check (waba ~ '^[0-9]{5,24}$'),
  display_phone text not null default '' check (length(display_phone) <= 32),
  verified_name text not null default '' check (length(verified_name) <= 200),
  -- coexistence: the owner goes on using the WhatsApp Business app with the same number
  mode text not null default 'cloud' check (mode in ('cloud', 'coexistence')),
  state text not null default 'connecting' check (state in ('connecting', 'active', 'reauth', 'restricted', 'down')),
  -- why it is not active, as a word of the channels locale, and Meta's own code
  problem text check (length(problem) <= 80),
  problem_code int,
  quality text not null default 'unknown' check (quality in ('green', 'yellow', 'red', 'unknown')),
  -- how many people may be written to first in 24 hours, as Meta words it; null: not known
  tier text check (length(tier) <= 40),
  history_state text not null default 'none' check (history_state in ('none', 'importing', 'done', 'declined')),
  history_progress smallint not null default 0 check (history_progress between 0 and 100),
  connected_at timestamptz not null default now(),
  checked_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (org_id, channel_id),
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete cascade
);
create index whatsapp_numbers_waba on public.whatsapp_numbers (waba);

-- Ciphertext, for the agent alone: the access token and the two-step PIN of a number.
create table app.channel_secrets (
  org_id uuid not null references public.organizations (id) on delete cascade,
  channel_id uuid not null,
  name text not null check (name in ('access_token', 'pin')),
  sealed bytea not null check (length(sealed) between 29 and 4096),
  updated_at timestamptz not null default now(),
  primary key (org_id, channel_id, name),
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete cascade
);

create table public.whatsapp_templates (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  channel_id uuid not null,
  name text not null check (name ~ '^[a-z0-9_]+$' and length(name) <= 512),
  language text not null check (length(language) between 2 and 15),
  category text not null check (category in ('utility', 'marketing', 'authentication')),
  -- Meta's words in lower case; `draft`: not sent to Meta yet
  status text not null default 'draft' check (status in
    ('draft', 'pending', 'approved', 'rejected', 'paused', 'disabled', 'deleted')),
  reason text not null default '' check (length(reason) <= 500),
  quality text not null default 'unknown' check (quality in ('green', 'yellow', 'red', 'unknown')),
  -- as Meta words them: [{"type": "BODY", "text": ...}, ...]
  components jsonb not null default '[]' check (pg_column_size(components) < 65536),
  -- the job in our own pack of templates that it does; null: the owner's own
  purpose text check (length(purpose) <= 60),
  external_id text check (length(external_id) <= 40),
  updated_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, channel_id, name, language),
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete cascade
);

-- ---- the people ------------------------------------------------------------------------------------------

-- Everything a person is known by. `key` is what is compared: of a phone its digits without the mobile prefixes
-- that a country writes or leaves out (Mexico's 1, Argentina's 9, Brazil's ninth digit); `value` is how it came.
create table public.contact_identities (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  contact_id uuid not null,
  -- bsuid: Meta's id of a person for one business; parent_bsuid: for all numbers of one portfolio
  kind text not null check (kind in ('bsuid', 'parent_bsuid', 'phone')),
  key text not null check (length(key) between 1 and 160),
  value text not null check (length(value) between 1 and 160),
  created_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, kind, key),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
create index contact_identities_contact on public.contact_identities (org_id, contact_id);

alter table public.contacts
  -- what WhatsApp shows; it can be changed any day and is no key
  add column username text check (length(username) <= 80),
  -- wants nothing that they did not ask for; their own questions are still answered
  add column opted_out_at timestamptz;

alter table public.conversations
  -- until then WhatsApp takes any message; after it only templates. null: a channel without such a window
  add column window_until timestamptz,
  -- a conversation that an ad began is free of charge until then
  add column free_until timestamptz;

alter table public.leads
  add column source text not null default 'web' check (source in ('web', 'whatsapp', 'ad', 'link')),
  -- of an ad: its id, headline and address
  add column source_detail jsonb not null default '{}' check (pg_column_size(source_detail) < 8192);

-- ---- what came in ----------------------------------------------------------------------------------------

-- One delivery of Meta's, to the letter, cut to what concerns one organization; kept for thirty days.
create table public.whatsapp_envelopes (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  digest bytea not null check (length(digest) = 32),
  body text not null,
  received_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, digest)
);
create index whatsapp_envelopes_age on public.whatsapp_envelopes (received_at);

-- One thing that happened, once however often it is told. `lane` puts those of one person in a line.
create table public.whatsapp_events (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  envelope_id uuid,
  channel_id uuid,
  key text not null check (length(key) between 1 and 300),
  kind text not null check (kind ~ '^[a-z_]{2,40}$'),
  lane text not null default '' check (length(lane) <= 200),
  -- when it happened there
  at timestamptz not null,
  payload jsonb not null,
  state text not null default 'ready' check (state in ('ready', 'working', 'done', 'failed')),
  attempt int not null default 0,
  available_at timestamptz not null default now(),
  lease_until timestamptz,
  problem text check (length(problem) <= 200),
  received_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (org_id, id),
  unique (org_id, key),
  foreign key (org_id, envelope_id) references public.whatsapp_envelopes (org_id, id)
    on delete set null (envelope_id),
  foreign key (org_id, channel_id) references public.channels (org_id, id) on delete cascade
);
create index whatsapp_events_open on public.whatsapp_events (available_at) where state in ('ready', 'working');
create index whatsapp_events_lane on public.whatsapp_events (org_id, lane, at) where state in ('ready', 'working');
create index whatsapp_events_envelope on public.whatsapp_events (org_id, envelope_id);
create index whatsapp_events_channel on public.whatsapp_events (org_id, channel_id);
create index whatsapp_events_age on public.whatsapp_events (received_at) where state in ('done', 'failed');

alter table public.messages
  add column kind text not null default 'text' check (kind in ('text', 'image', 'audio', 'video', 'document', 'sticker',
    'location', 'contacts', 'interactive', 'order', 'template', 'unsupported')),
  -- what the kind is made of: a place, a card, the id behind a tapped button, a template's values
  add column content jsonb not null default '{}' check (pg_column_size(content) < 65536),
  add column reply_to_id uuid,
  -- the owner wrote it in the WhatsApp Business app
  add column from_phone boolean not null default false,
  add column edited_at timestamptz,
  add column revoked_at timestamptz,
  add foreign key (org_id, reply_to_id) references public.messages (org_id, id) on delete set null (reply_to_id);
create index messages_reply_to on public.messages (org_id, reply_to_id);

create table public.message_attachments (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  message_id uuid not null,
  kind text not null check (kind in ('image', 'audio', 'video', 'document', 'sticker')),
  mime text not null default '' check (length(mime) <= 120),
  filename text not null default '' check (length(filename) <= 240),
  size bigint not null default 0 check (size >= 0),
  -- Meta's media id; theirs to fetch for seven days
  media text check (length(media) <= 200),
  state text not null default 'pending' check (state in ('pending', 'stored', 'failed')),
  problem text check (length(problem) <= 80),
  -- what a voice note says, by a machine
  transcript text check (length(transcript) <= 16384),
  created_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, message_id, media),
  foreign key (org_id, message_id) references public.messages (org_id, id) on delete cascade
);

-- The bytes: in the database, so that they are bound by its policies, copied with it and gone with the business.
create table public.attachment_files (
  org_id uuid not null references public.organizations (id) on delete cascade,
  attachment_id uuid not null,
  content bytea not null check (length(content) <= 16777216),
  primary key (org_id, attachment_id),
  foreign key (org_id, attachment_id) references public.message_attachments (org_id, id) on delete cascade
);

create table public.message_reactions (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  message_id uuid not null,
  side text not null check (side in ('customer', 'business')),
  emoji text not null check (length(emoji) between 1 and 32),
  at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, message_id, side),
  foreign key (org_id, message_id) references public.messages (org_id, id) on delete cascade
);

-- What was said on the owner's phone before VULKN came: for suggestions and for reading, never a turn or a lead.
create table public.history_messages (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  contact_id uuid not null,
  external_id text not null check (length(external_id) between 1 and 200),
  from_business boolean not null,
  kind text not null default 'text' check (length(kind) <= 40),
  body text not null check (length(body) between 1 and 16384),
  sent_at timestamptz not null,
  unique (org_id, id),
  unique (org_id, external_id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id) on delete cascade
);
create index history_messages_contact on public.history_messages (org_id, contact_id, sent_at desc);

-- ---- what went out ---------------------------------------------------------------------------------------

-- One row a WhatsApp message that was sent; a long text is several parts. Meta's news moves `state` forward only.
create table public.message_deliveries (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  outbox_id uuid,
  message_id uuid,
  part int not null default 0 check (part between 0 and 99),
  -- Meta's id of the message; null until they said it
  wamid text check (length(wamid) <= 200),
  state text not null default 'sending' check (state in ('sending', 'accepted', 'sent', 'delivered', 'read', 'played', 'failed')),
  error_code int,
  error text check (length(error) <= 300),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, outbox_id, part),
  unique (org_id, wamid),
  foreign key (org_id, outbox_id) references public.outbox (org_id, id) on delete set null (outbox_id),
  foreign key (org_id, message_id) references public.messages (org_id, id) on delete cascade
);
create index message_deliveries_message on public.message_deliveries (org_id, message_id);

-- What Meta charges, by its own word: one row a message that may be billed, however many statuses say so.
create table public.message_costs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  conversation_id uuid,
  wamid text not null check (length(wamid) between 1 and 200),
  category text not null check (length(category) between 1 and 60),
  -- regular, free_customer_service, free_entry_point
  kind text not null default 'regular' check (length(kind) <= 60),
  country text not null default '' check (country ~ '^([A-Z]{2})?$'),
  billable boolean not null,
  -- by our rate card of that day; null: it has no rate for this country and category
  cost_micro_usd bigint check (cost_micro_usd >= 0),
  rate_from date,
  at timestamptz not null,
  created_at timestamptz not null default now(),
  unique (org_id, id),
  unique (org_id, wamid),
  foreign key (org_id, conversation_id) references public.conversations (org_id, id)
    on delete set null (conversation_id)
);
create index message_costs_conversation on public.message_costs (org_id, conversation_id);
create index message_costs_recent on public.message_costs (org_id, at desc);

alter table public.alerts drop constraint alerts_kind_check;
alter table public.alerts add constraint alerts_kind_check check (kind in
  ('limit', 'loop', 'provider', 'handoff', 'received', 'skill', 'delivery', 'channel', 'template', 'policy'));

select app.close_tables();

-- ---- who may what ----------------------------------------------------------------------------------------

create trigger stamp before update on public.whatsapp_numbers for each row execute function app.stamp();
create trigger stamp before update on public.whatsapp_templates for each row execute function app.stamp();
create trigger stamp before update on public.message_deliveries for each row execute function app.stamp();
create trigger audit after insert or delete on public.whatsapp_numbers
  for each row execute function app.audit_row('values');
create trigger audit_state after update of state, mode on public.whatsapp_numbers
  for each row when (old.state is distinct from new.state or old.mode is distinct from new.mode)
  execute function app.audit_row('values');
create trigger audit after insert or update or delete on public.whatsapp_templates
  for each row execute function app.audit_row('keys');
create trigger audit_opt_out after update of opted_out_at on public.contacts
  for each row when (current_user = 'vulkn_engine' and (old.opted_out_at is null) <> (new.opted_out_at is null))
  execute function app.audit_row('keys');

select app.close_functions();

grant select on public.whatsapp_numbers, public.whatsapp_templates, public.contact_identities,
  public.message_attachments, public.message_reactions, public.history_messages, public.message_deliveries,
  public.message_costs, public.attachment_files to authenticated, vulkn_web, vulkn_engine, vulkn_maint;
grant select on public.whatsapp_envelopes, public.whatsapp_events to vulkn_engine, vulkn_maint;
grant select on app.channel_secrets to vulkn_engine;

grant update (display_phone, verified_name, mode, state, problem, problem_code, quality, tier, history_state,
  history_progress, checked_at) on public.whatsapp_numbers to vulkn_engine;
grant insert (org_id, channel_id, name, language, category, status, reason, quality, components, purpose, external_id),
  update (category, status, reason, quality, components, purpose, external_id), delete
  on public.whatsapp_templates to vulkn_engine;
grant insert (org_id, contact_id, kind, key, value), update (contact_id, value) on public.contact_identities
  to vulkn_engine;
grant update (username, opted_out_at) on public.contacts to vulkn_engine;
grant update (opted_out_at) on public.contacts to authenticated, vulkn_web;
grant insert (username, opted_out_at) on public.contacts to vulkn_engine;
grant update (window_until, free_until) on public.conversations to vulkn_engine;
grant insert (source, source_detail), update (source, source_detail) on public.leads to vulkn_engine;
grant insert (org_id, digest, body) on public.whatsapp_envelopes to vulkn_engine;
grant insert (org_id, envelope_id, channel_id, key, kind, lane, at, payload),
  update (state, attempt, available_at, lease_until, problem, finished_at) on public.whatsapp_events to vulkn_engine;
grant insert (kind, content, reply_to_id, from_phone), update (body, kind, content, reply_to_id, edited_at, revoked_at)
  on public.messages to vulkn_engine;
grant insert (org_id, message_id, kind, mime, filename, size, media),
  update (mime, filename, size, state, problem, transcript) on public.message_attachments to vulkn_engine;
grant insert (org_id, attachment_id, content) on public.attachment_files to vulkn_engine;
grant insert (org_id, message_id, side, emoji, at), update (emoji, at), delete on public.message_reactions
  to vulkn_engine;
grant insert (org_id, contact_id, external_id, from_business, kind, body, sent_at) on public.history_messages
  to vulkn_engine;
grant insert (org_id, outbox_id, message_id, part, wamid, state), update (wamid, state, error_code, error)
  on public.message_deliveries to vulkn_engine;
grant insert (org_id, conversation_id, wamid, category, kind, country, billable, cost_micro_usd, rate_from, at)
  on public.message_costs to vulkn_engine;

do $$
declare t text;
begin
  foreach t in array array['whatsapp_numbers', 'whatsapp_templates', 'contact_identities', 'message_attachments',
                           'message_reactions', 'history_messages', 'message_deliveries', 'message_costs',
                           'attachment_files'] loop
    execute format($p$create policy "members see them" on public.%I for select to authenticated, vulkn_web
      using (org_id = any ((select app.read_orgs())::uuid[]))$p$, t);
  end loop;
  foreach t in array array['whatsapp_numbers', 'whatsapp_templates', 'contact_identities', 'message_attachments',
                           'message_reactions', 'history_messages', 'message_deliveries', 'message_costs',
                           'attachment_files', 'whatsapp_envelopes', 'whatsapp_events'] loop
    execute format($p$create policy "agents work in one organization" on public.%I for all to vulkn_engine
      using (org_id = (select app.engine_org())) with check (org_id = (select app.engine_org()))$p$, t);
    execute format($p$create policy "operators see one organization" on public.%I for select to vulkn_maint
      using (org_id = (select app.engine_org()))$p$, t);
  end loop;
end $$;
create policy "agents read one organization's" on app.channel_secrets for select to vulkn_engine
  using (org_id = (select app.engine_org()));
