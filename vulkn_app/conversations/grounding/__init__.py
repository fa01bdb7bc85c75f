"""Nothing invented: every figure of an answer stands in a source, and nothing is called done that was not.

`Facts.build` once for an organization's knowledge, `Evidence` and `Gate` for every answer.
"""

from vulkn_app.conversations.grounding.claims import claims_action, claims_booking
from vulkn_app.conversations.grounding.evidence import Evidence, Facts, Source, SourceKind, forget_texts
from vulkn_app.conversations.grounding.figures import figures
from vulkn_app.conversations.grounding.gate import Gate, Ungrounded
from vulkn_app.conversations.grounding.phrases import correction, safe
from vulkn_app.conversations.grounding.scan import Figure, Kind
from vulkn_app.conversations.grounding.verdict import links, ungrounded

__all__ = [
    "Evidence",
    "Facts",
    "Figure",
    "Gate",
    "Kind",
    "Source",
    "SourceKind",
    "Ungrounded",
    "claims_action",
    "claims_booking",
    "correction",
    "figures",
    "forget_texts",
    "links",
    "safe",
    "ungrounded",
]
