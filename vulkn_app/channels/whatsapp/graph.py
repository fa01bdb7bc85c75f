"""Meta's Graph API, one method a call, nothing retried.

The token travels in the Authorization header only (`token_facts` apart, where Meta's own interface wants it as
`input_token`), and neither it nor a number nor a text gets into an exception: what Meta says in words is kept without
its digits. Shapes: FIELD 4.3, pywa's client, facebook/openapi."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import structlog

from vulkn_app import clients
from vulkn_app.channels.whatsapp.numbers import Number
from vulkn_app.settings import settings

log = structlog.get_logger()

Body = dict[str, Any]
# Where Meta serves media from. The token goes to no other host, whoever wrote the address.
MEDIA_HOSTS = ("fbsbx.com", "fbcdn.net", "facebook.com", "whatsapp.net")
LONGEST_WAIT = 3600.0  # seconds that a Retry-After is believed
LARGEST_ANSWER = 4 * 1024 * 1024
NUMBER_FACTS = (
    "display_phone_number,verified_name,quality_rating,messaging_limit_tier,throughput,platform_type,status,"
    "name_status,is_on_biz_app"
)
TEMPLATE_FACTS = "id,name,language,category,status,components,quality_score,rejected_reason,parameter_format"
_DIGITS = re.compile(r"\d(?:[\s().-]?\d){6,}")


class GraphProblem(Exception):
    """Meta refused, and said so: surely nothing was done. `title` is Meta's sentence, for whoever maintains this."""

    def __init__(
        self, code: int, subcode: int, status: int, title: str, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{code} ({status})")
        self.code = code
        self.subcode = subcode
        self.status = status
        self.title = title
        self.retry_after = retry_after


class GraphAway(Exception):
    """No answer of Meta's. `taken`: whether they may have done what was asked all the same."""

    def __init__(self, why: str, *, taken: bool) -> None:
        super().__init__(why)
        self.taken = taken


@dataclass(frozen=True)
class MediaFacts:
    """Where a file lies for the next five minutes."""

    address: str
    mime: str
    sha256: str
    size: int


class Graph:
    def __init__(self, number: Number) -> None:
        self._number = number

    # ---- messages -----------------------------------------------------------------------------------------

    async def send(self, body: Mapping[str, Any]) -> str:
        """The wamid of what was accepted."""
        told = await self._json("POST", f"{self._number.phone_number_id}/messages", body=_message(body))
        try:
            return str(told["messages"][0]["id"])
        except (KeyError, IndexError, TypeError):
            raise GraphAway("no id", taken=True) from None

    async def read_and_type(self, wamid: str) -> None:
        """Blue ticks up to this message, and three dots for 25 seconds or until something is sent."""
        body = {"status": "read", "message_id": wamid, "typing_indicator": {"type": "text"}}
        await self._json("POST", f"{self._number.phone_number_id}/messages", body=_message(body))

    # ---- media --------------------------------------------------------------------------------------------

    async def media_address(self, media_id: str) -> MediaFacts:
        asked = {"phone_number_id": self._number.phone_number_id}
        told = await self._json("GET", _segment(media_id), query=asked)
        size = str(told.get("file_size") or "0")  # documented as a string, seen as a number
        return MediaFacts(
            str(told.get("url") or ""),
            str(told.get("mime_type") or ""),
            str(told.get("sha256") or ""),
            int(size) if size.isdecimal() else 0,
        )

    async def download(self, address: str, most_bytes: int) -> bytes:
        """Raises GraphProblem 131052 for an address that is not Meta's or a file that is larger."""
        if not _of_meta(address):
            raise GraphProblem(131052, 0, 400, "not an address of Meta's")
        content = bytearray()
        try:
            async with clients.http().stream("GET", address, headers=self._headers()) as response:
                if response.status_code != 200:
                    raise _problem(response.status_code, b"", response.headers)
                async for piece in response.aiter_bytes():
                    content += piece
                    if len(content) > most_bytes:
                        raise GraphProblem(131052, 0, 413, "larger than allowed")
        except httpx.HTTPError as problem:
            raise _away(problem) from None
        return bytes(content)

    async def upload(self, content: bytes, mime: str, filename: str) -> str:
        """A media id, good for 30 days."""
        form = {"messaging_product": "whatsapp", "type": mime}
        files = {"file": (filename or "file", content, mime)}
        told = await self._json("POST", f"{self._number.phone_number_id}/media", form=form, files=files)
        if not told.get("id"):
            raise GraphAway("no id", taken=True)
        return str(told["id"])

    # ---- templates ----------------------------------------------------------------------------------------

    async def templates(self, after: str = "") -> tuple[list[Body], str]:
        """One page, and where the next one begins; empty: there is none."""
        query = {"fields": TEMPLATE_FACTS, "limit": "100", **({"after": after} if after else {})}
        told = await self._json("GET", f"{self._number.waba}/message_templates", query=query)
        paging = told.get("paging") or {}
        following = (paging.get("cursors") or {}).get("after", "") if paging.get("next") else ""
        return list(told.get("data") or []), following

    async def create_template(
        self,
        name: str,
        language: str,
        category: str,
        components: Sequence[Mapping[str, Any]],
        parameter_format: Literal["named", "positional"] = "positional",
    ) -> Body:
        """{id, status, category}; Meta may choose another category."""
        body = {
            "name": name,
            "language": language,
            "category": category.upper(),
            "components": list(components),
            "parameter_format": parameter_format.upper(),
        }
        return await self._json("POST", f"{self._number.waba}/message_templates", body=body)

    async def delete_template(self, name: str) -> None:
        """In all its languages."""
        await self._json("DELETE", f"{self._number.waba}/message_templates", query={"name": name})

    # ---- the account --------------------------------------------------------------------------------------

    async def subscribe(self) -> None:
        """From now on the account's news come to our webhook."""
        await self._json("POST", f"{self._number.waba}/subscribed_apps", body={})

    async def register(self, pin: str) -> None:
        await self._json("POST", f"{self._number.phone_number_id}/register", body=_message({"pin": pin}))

    async def number_facts(self) -> Body:
        return await self._json("GET", self._number.phone_number_id, query={"fields": NUMBER_FACTS})

    async def account_numbers(self) -> set[str]:
        """The ids of the account's numbers; of a hundred at most, and an account has twenty."""
        told = await self._json(
            "GET", f"{self._number.waba}/phone_numbers", query={"fields": "id", "limit": "100"}
        )
        return {str(one.get("id")) for one in told.get("data") or [] if isinstance(one, dict)}

    async def token_facts(self) -> Body:
        """What the token may do and until when ({is_valid, expires_at, scopes, granular_scopes...})."""
        query = {"input_token": self._number.token.get_secret_value()}
        return dict((await self._json("GET", "debug_token", query=query)).get("data") or {})

    async def synchronize(self, kind: Literal["smb_app_state_sync", "history"]) -> None:
        """Coexistence: asks for the app's contacts or its history, which then come as webhooks."""
        body = _message({"sync_type": kind})
        await self._json("POST", f"{self._number.phone_number_id}/smb_app_data", body=body)

    # ---- the wire -----------------------------------------------------------------------------------------

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._number.token.get_secret_value()}"}

    async def _json(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Body:
        address = f"{settings.whatsapp_graph_url}/{settings.whatsapp_graph_version}/{path}"
        try:
            response = await clients.http().request(
                method, address, json=body, params=query, data=form, files=files, headers=self._headers()
            )
        except httpx.HTTPError as problem:
            raise _away(problem) from None  # its chain holds the request, and that the token
        if not response.is_success:
            raise _problem(response.status_code, response.content, response.headers)
        told = _parsed(response.content)
        if told is None:
            raise GraphAway("unreadable", taken=True)
        return told


def _message(body: Mapping[str, Any]) -> Body:
    return {"messaging_product": "whatsapp", **body}


def _problem(status: int, content: bytes, headers: Mapping[str, str]) -> GraphProblem | GraphAway:
    """A refusal names a code. Without one it was no word of Meta's: a gateway spoke, and nobody knows (5xx)."""
    told = (_parsed(content) or {}).get("error")
    wait = _seconds(headers.get("retry-after", ""))
    if isinstance(told, dict) and isinstance(code := told.get("code"), int):
        subcode = told.get("error_subcode")
        return GraphProblem(code, subcode if isinstance(subcode, int) else 0, status, _title(told), wait)
    if status in (429, 503):  # turned away at the door
        return GraphProblem(130429, 0, status, "", wait)
    if status >= 500:
        return GraphAway(f"status {status}", taken=True)
    return GraphProblem(190 if status == 401 else 100, 0, status, "", wait)


def _title(told: Mapping[str, Any]) -> str:
    data = told.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    words = " · ".join(str(part) for part in (told.get("message"), details) if part)
    return _DIGITS.sub("…", words)[:300]


def _seconds(header: str) -> float | None:
    return min(float(header), LONGEST_WAIT) if header.strip().isdecimal() else None


def _away(problem: httpx.HTTPError) -> GraphAway:
    never = isinstance(problem, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    return GraphAway(type(problem).__name__, taken=not never)


def _parsed(content: bytes) -> Body | None:
    if len(content) > LARGEST_ANSWER:
        return None
    try:
        told = json.loads(content)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _segment(name: str) -> str:
    """An id of a webhook as a part of an address, and not as a way to another one."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", name):
        raise GraphProblem(131052, 0, 400, "not a media id")
    return name


def _of_meta(address: str) -> bool:
    parts, own = urlsplit(address), urlsplit(settings.whatsapp_graph_url)
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    host = parts.hostname or ""
    return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in MEDIA_HOSTS)
