-- Where a lead came from, in the list of leads.
set local lock_timeout = '5s';

create or replace view public.lead_cards with (security_invoker = true) as
  select l.id, l.org_id, l.contact_id, l.conversation_id, l.stage, l.score, l.reasons, l.notes,
         l.last_message_at, l.contacted_at, l.created_at, c.name, c.email, c.phone, l.need, l.source, l.source_detail
  from public.leads l
  join public.contacts c on c.org_id = l.org_id and c.id = l.contact_id;
