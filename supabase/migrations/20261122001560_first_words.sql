-- A new business greets its visitors from its first minute; its owner changes the words at will.
set local lock_timeout = '5s';

create or replace function app.provision(p_name text, p_slug text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  o uuid;
  a uuid;
begin
  insert into public.organizations (name, slug, branding)
  values (p_name, p_slug, jsonb_build_object('suggestions', jsonb_build_object(
    -- What can be answered before anything is known.
    'es', jsonb_build_array('¿Quién eres?', 'Quiero hablar con una persona'),
    'en', jsonb_build_array('Who are you?', 'I would like to talk to a person'))))
  returning id into o;
  insert into public.agents (org_id, name, greeting_es, greeting_en)
  values (o, 'Sofía',
    format('¡Hola! Soy el asistente de %s. ¿En qué te puedo ayudar?', p_name),
    format('Hi! I am the assistant of %s. How can I help you?', p_name))
  returning id into a;
  insert into public.channels (org_id, agent_id, kind, name) values (o, a, 'web', 'Web');
  return o;
end $$;
