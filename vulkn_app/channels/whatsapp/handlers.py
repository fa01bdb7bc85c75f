"""Which handler is whose: imported by whoever works on events."""

from vulkn_app.channels.whatsapp import (
    account,
    afterwards,
    contact_sync,
    costs,
    echoes,
    history,
    inbound,
    opt_out,
    phone_quality,
    preferences,
    statuses,
    templates,
)
from vulkn_app.channels.whatsapp.events import HANDLERS, LISTENERS
from vulkn_app.channels.whatsapp.payloads import EventKind

HANDLERS.update(
    {
        EventKind.MESSAGE: inbound.handle,
        EventKind.REACTION: afterwards.reaction,
        EventKind.EDIT: afterwards.edit,
        EventKind.REVOKE: afterwards.revoke,
        EventKind.IDENTITY: afterwards.identity,
        EventKind.STATUS: statuses.handle,
        EventKind.ECHO: echoes.handle,
        EventKind.HISTORY: history.handle,
        EventKind.CONTACT_SYNC: contact_sync.handle,
        EventKind.PREFERENCE: preferences.handle,
        EventKind.TEMPLATE: templates.handle_status,
        EventKind.TEMPLATE_QUALITY: templates.handle_quality,
        EventKind.TEMPLATE_CATEGORY: templates.handle_category,
        EventKind.ACCOUNT: account.handle,
        EventKind.CAPABILITY: account.capability,
        EventKind.ERROR: account.error,
        EventKind.PHONE_QUALITY: phone_quality.handle,
        EventKind.PHONE_NAME: phone_quality.name,
    }
)
LISTENERS.append(opt_out.heard)
statuses.LISTENERS.append(costs.note)
