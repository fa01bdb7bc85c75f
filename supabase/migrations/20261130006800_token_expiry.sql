-- When a number's token ends, by Meta's word at the last look; null: it does not, or nobody looked.
set local lock_timeout = '5s';

alter table public.whatsapp_numbers add column token_expires_at timestamptz;
grant update (token_expires_at) on public.whatsapp_numbers to vulkn_engine;
