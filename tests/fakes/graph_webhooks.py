"""What Meta posts to a webhook: what became of a message, and what somebody wrote."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from uuid import uuid4

from tests.fakes.graph_rules import Body

APP_SECRET = "an app secret for tests"
# Meta's words for the codes that a test may ask for; others are "fake CODE".
WORDS = {
    0: ("AuthException", 401),
    3: ("API Method", 500),
    10: ("Permission Denied", 403),
    4: ("Too many calls", 400),
    190: ("Access token has expired", 401),
    368: ("Temporarily blocked for policies violations", 403),
    80007: ("Rate limit issues", 400),
    130429: ("Rate limit hit", 429),
    130472: ("User's number is part of an experiment", 400),
    131000: ("Something went wrong", 500),
    131016: ("Service unavailable", 500),
    131026: ("Message undeliverable", 400),
    131047: ("Re-engagement message", 400),
    131048: ("Spam rate limit hit", 400),
    131056: ("Pair rate limit hit", 400),
    131057: ("Account in maintenance mode", 500),
    132001: ("Template does not exist in the translation", 404),
    135000: ("Generic user error", 500),
}


@dataclass
class Taken:
    """A message that reached a phone."""

    wamid: str
    body: Body
    at: float

    @property
    def to(self) -> str:
        return self.body.get("to") or self.body["recipient"]

    @property
    def kind(self) -> str:
        return self.body.get("type", "text")

    @property
    def said(self) -> str:
        """Its words, whatever it is."""
        one = self.body.get(self.kind) or {}
        if self.kind == "interactive":
            return one["body"]["text"]
        return one.get("body") or one.get("caption") or one.get("name") or one.get("emoji") or ""

    @property
    def tracker(self) -> str:
        return self.body.get("biz_opaque_callback_data", "")


def status(
    message: Taken,
    state: str,
    *,
    number: str,
    waba: str = "102290129340398",
    at: int | None = None,
    code: int | None = None,
    pricing: Body | None = None,
) -> Body:
    """The webhook's body that says what became of a message: sent, delivered, read, played, or failed (`code`)."""
    one: Body = {
        "id": message.wamid,
        "status": state,
        "timestamp": str(at or int(time.time())),
        ("recipient_user_id" if "recipient" in message.body else "recipient_id"): message.to.lstrip("+"),
    }
    if message.tracker:
        one["biz_opaque_callback_data"] = message.tracker
    if code is not None:
        words = WORDS.get(code, (f"fake {code}", 400))[0]
        one["errors"] = [{"code": code, "title": words, "message": words, "error_data": {"details": words}}]
    if pricing:
        one["pricing"] = pricing
    return envelope({"statuses": [one]}, number=number, waba=waba)


def inbound(
    text: str,
    *,
    sender: str,
    number: str,
    name: str = "Lucía",
    wamid: str = "",
    waba: str = "102290129340398",
    at: int | None = None,
) -> Body:
    """The webhook's body of a text that somebody wrote."""
    message = {
        "id": wamid or f"wamid.{uuid4().hex}",
        "from": sender,
        "timestamp": str(at or int(time.time())),
        "type": "text",
        "text": {"body": text},
    }
    contact = {"wa_id": sender, "profile": {"name": name}}
    return envelope({"contacts": [contact], "messages": [message]}, number=number, waba=waba)


def envelope(value: Body, *, number: str, waba: str, name: str = "messages") -> Body:
    metadata = {"display_phone_number": "5215512345678", "phone_number_id": number}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": waba, "changes": [{"value": value, "field": name}]}],
    }


def signed(body: Body, *, secret: str = APP_SECRET) -> tuple[bytes, dict[str, str]]:
    """The bytes and the headers of Meta's POST."""
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return raw, {"content-type": "application/json", "x-hub-signature-256": f"sha256={signature}"}
