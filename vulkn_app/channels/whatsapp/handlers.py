"""Which handler is whose: imported by whoever works on events."""

from vulkn_app.channels.whatsapp import afterwards, inbound
from vulkn_app.channels.whatsapp.events import HANDLERS
from vulkn_app.channels.whatsapp.payloads import EventKind

HANDLERS.update(
    {
        EventKind.MESSAGE: inbound.handle,
        EventKind.REACTION: afterwards.reaction,
        EventKind.EDIT: afterwards.edit,
        EventKind.REVOKE: afterwards.revoke,
        EventKind.IDENTITY: afterwards.identity,
    }
)
