"""Meta's Graph API for WhatsApp, here: it refuses what Meta refuses, remembers everything, and fails on demand.

    python -m tests.fakes.graph --port 9098 --token EAAtest

`fake.will(code=131056)`, `fake.will(status=429, retry_after=3)`, `fake.will(fault="hang")` and so on is what the next
message meets (of one `on="messages"` by default; `on="media"`, `"templates"`, `"read"`...); over HTTP, `POST
/__script` queues the same, `GET /__sent` tells what was taken, `DELETE /__sent` forgets it. Faults: `hang`, `drop`
(before it was taken), `drop_after` (the message was taken and the answer lost), `slow` (`seconds`), `500` (no word of
Meta's), `garbled`.

What Meta would post to a webhook is made by tests/fakes/graph_webhooks.py.
"""

import argparse
import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import BodyPartReader, web

from tests.fakes.graph_answers import DEBUG, NUMBER, error, hung_up, scripted
from tests.fakes.graph_rules import BSUID, Body, Refusal, refusal, wrong_values
from tests.fakes.graph_webhooks import Taken

TOKEN = "EAAtest"
LARGEST_UPLOAD = 16 * 2**20


@dataclass
class Received:
    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: Body


@dataclass
class FakeGraph:
    """The server and, in the same process, its controls."""

    url: str = ""
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    taken: list[Taken] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)
    script: list[Body] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    templates: list[Body] = field(default_factory=list)
    numbers: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # of Embedded Signup: the token that each is for
    subscribed: list[str] = field(default_factory=list)
    registered: dict[str, str] = field(default_factory=dict)
    synchronized: list[str] = field(default_factory=list)
    facts: Body = field(default_factory=lambda: dict(NUMBER))
    token_facts: Body = field(default_factory=lambda: dict(DEBUG))
    someone_came: asyncio.Condition = field(default_factory=asyncio.Condition)

    def will(self, **step: Any) -> None:
        """What the next request meets; call again for the one after."""
        self.script.append(step)

    def forget(self) -> None:
        for kept in (self.taken, self.read, self.requests, self.script):
            kept.clear()

    @property
    def said(self) -> list[str]:
        return [message.said for message in self.taken]

    async def until(self, count: int, seconds: float = 20.0) -> list[Taken]:
        """When so many messages were taken."""
        async with asyncio.timeout(seconds), self.someone_came:
            await self.someone_came.wait_for(lambda: len(self.taken) >= count)
        return self.taken

    def app(self) -> web.Application:
        app = web.Application(client_max_size=32 * 2**20)
        add = app.router.add_route
        add("POST", "/{version:v[0-9.]+}/{number}/messages", self._messages)
        add("POST", "/{version:v[0-9.]+}/{number}/media", self._upload)
        add("POST", "/{version:v[0-9.]+}/{number}/register", self._register)
        add("POST", "/{version:v[0-9.]+}/{number}/smb_app_data", self._synchronize)
        add("*", "/{version:v[0-9.]+}/{waba}/message_templates", self._templates)
        add("POST", "/{version:v[0-9.]+}/{waba}/subscribed_apps", self._subscribe)
        add("GET", "/{version:v[0-9.]+}/debug_token", self._debug)
        add("GET", "/{version:v[0-9.]+}/{waba}/phone_numbers", self._numbers)
        add("POST", "/{version:v[0-9.]+}/oauth/access_token", self._exchange)
        add("GET", "/{version:v[0-9.]+}/{id}", self._facts)
        add("GET", "/files/{id}", self._file)
        add("POST", "/__script", self._queue)
        add("GET", "/__sent", self._sent)
        add("DELETE", "/__sent", self._reset)
        return app

    # ---- the API ------------------------------------------------------------------------------------------

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body = await self._note(request)
        reading = body.get("status") == "read"
        step = self._step("read" if reading else "messages")
        if stopped := await self._stop(request, step):
            return stopped
        if reading:
            return self._read(body)
        if wrong := refusal(body) or self._wrong_template(body):
            return error(*wrong, status=400)
        wamid = f"wamid.{uuid4().hex}"
        self.taken.append(Taken(wamid, body, time.monotonic()))
        async with self.someone_came:
            self.someone_came.notify_all()
        if step.get("fault") == "drop_after":
            return hung_up(request)
        if step.get("fault") == "garbled":
            return web.Response(text="<html>", content_type="text/html")
        who = body.get("to") or body.get("recipient", "")
        contact = {"input": who, **({"user_id": who} if BSUID.fullmatch(who) else {"wa_id": who.lstrip("+")})}
        return web.json_response(
            {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}
        )

    def _read(self, body: Body) -> web.Response:
        typing = body.get("typing_indicator", {"type": "text"})
        known = set(body) <= {"messaging_product", "status", "message_id", "typing_indicator"}
        if not (
            known and str(body.get("message_id", "")).startswith("wamid.") and typing == {"type": "text"}
        ):
            return error(131009, "Parameter value is not valid", status=400)
        self.read.append(body["message_id"])
        return web.json_response({"success": True})

    def _wrong_template(self, body: Body) -> Refusal | None:
        """Where the fake was given templates, only they may be used."""
        if body.get("type") != "template" or not self.templates:
            return None
        used = body["template"]
        wanted = (used["name"], used["language"]["code"])
        found = [t for t in self.templates if (t["name"], t["language"]) == wanted]
        if not found:
            return 132001, "Template name does not exist in the translation"
        if found[0]["status"] != "APPROVED":
            return 132015, "Template is paused"
        return wrong_values(found[0], used)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        form: Body = {}
        content, mime = b"", ""
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                assert isinstance(part, BodyPartReader)
                if part.name == "file":
                    content, mime = bytes(await part.read()), part.headers.get("content-type", "")
                    form["filename"] = part.filename
                else:
                    form[part.name or ""] = await part.text()
        self._remember(request, form)
        if stopped := await self._stop(request, self._step("media")):
            return stopped
        if form.get("messaging_product") != "whatsapp" or not content or form.get("type") != mime:
            return error(100, "Invalid parameter", status=400)
        if len(content) > LARGEST_UPLOAD:
            return error(131053, "Media upload error", status=400)
        return web.json_response({"id": self.holds(content, mime)})

    def holds(self, content: bytes, mime: str, media_id: str = "") -> str:
        """A file that can be asked for; as if somebody had sent it."""
        media_id = media_id or str(uuid4().int)[:16]
        self.media[media_id] = (mime, content)
        return media_id

    async def _facts(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        asked = request.match_info["id"]
        step = self._step("media" if asked in self.media else "number")
        if stopped := await self._stop(request, step):
            return stopped
        if asked in self.media:
            mime, content = self.media[asked]
            return web.json_response(
                {
                    "messaging_product": "whatsapp",
                    "url": step.get("url", f"{self.url}/files/{asked}"),
                    "mime_type": mime,
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "file_size": str(len(content)),
                    "id": asked,
                }
            )
        if "fields" not in request.query:
            return error(
                100, "Object does not exist, cannot be loaded due to missing permissions", status=400
            )
        return web.json_response({"id": asked, **self.facts})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        step = self._step("file")
        if stopped := await self._stop(request, step):
            return stopped
        if request.match_info["id"] not in self.media:
            return web.Response(status=404)
        mime, content = self.media[request.match_info["id"]]
        return web.Response(body=step.get("content", content), headers={"content-type": mime})

    async def _templates(self, request: web.Request) -> web.StreamResponse:
        body = await self._note(request)
        if stopped := await self._stop(request, self._step("templates")):
            return stopped
        if request.method == "GET":
            return self._page(request)
        if request.method == "DELETE":
            kept = [t for t in self.templates if t["name"] != request.query.get("name")]
            if len(kept) == len(self.templates):
                return error(132001, "Message template not found", status=404)
            self.templates[:] = kept
            return web.json_response({"success": True})
        if not all(body.get(name) for name in ("name", "language", "category", "components")):
            return error(100, "Invalid parameter", status=400)
        if any((t["name"], t["language"]) == (body["name"], body["language"]) for t in self.templates):
            return error(100, "There is already content in this language", status=400, subcode=2388024)
        made = {**body, "id": str(uuid4().int)[:15], "status": "PENDING"}
        self.templates.append(made)
        return web.json_response({name: made[name] for name in ("id", "status", "category")})

    def _page(self, request: web.Request) -> web.Response:
        size, start = int(request.query.get("limit", "25")), int(request.query.get("after", "0") or 0)
        end = start + size
        paging: Body = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(self.templates):
            paging["next"] = f"{self.url}/next"
        return web.json_response({"data": self.templates[start:end], "paging": paging})

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        if stopped := await self._stop(request, self._step("subscribe")):
            return stopped
        self.subscribed.append(request.match_info["waba"])
        return web.json_response({"success": True})

    async def _register(self, request: web.Request) -> web.StreamResponse:
        body = await self._note(request)
        if stopped := await self._stop(request, self._step("register")):
            return stopped
        pin = str(body.get("pin", ""))
        if len(pin) != 6 or not pin.isdecimal():
            return error(133005, "Two step verification PIN Mismatch", status=400)
        self.registered[request.match_info["number"]] = pin
        return web.json_response({"success": True})

    async def _synchronize(self, request: web.Request) -> web.StreamResponse:
        body = await self._note(request)
        if stopped := await self._stop(request, self._step("synchronize")):
            return stopped
        self.synchronized.append(body.get("sync_type", ""))
        return web.json_response({"messaging_product": "whatsapp", "request_id": uuid4().hex})

    async def _debug(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        if stopped := await self._stop(request, self._step("debug")):
            return stopped
        valid = request.query.get("input_token") in self.tokens
        return web.json_response({"data": {**self.token_facts, "is_valid": valid}})

    async def _numbers(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        if stopped := await self._stop(request, self._step("numbers")):
            return stopped
        ids = self.numbers.get(request.match_info["waba"], [])
        return web.json_response({"data": [{"id": one} for one in ids]})

    async def _exchange(self, request: web.Request) -> web.StreamResponse:
        """A code is good once, and wants no token."""
        body = await self._note(request)
        token = self.codes.pop(str(body.get("code")), "")
        if not token or not body.get("client_secret"):
            return error(100, "This authorization code has been used", status=400, subcode=36009)
        return web.json_response({"access_token": token, "token_type": "bearer"})

    # ---- what goes wrong ----------------------------------------------------------------------------------

    async def _stop(self, request: web.Request, step: Body) -> web.StreamResponse | None:
        """Before anything was taken."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer not in self.tokens:
            return error(190, "Invalid OAuth access token", status=401)
        match step.get("fault"):
            case "hang":
                await asyncio.sleep(3600)
            case "slow":
                await asyncio.sleep(step["seconds"])
            case "drop":
                return hung_up(request)
            case "500":
                return web.Response(status=step.get("status", 500), text="<html>Bad gateway</html>")
        if "code" in step or "status" in step:
            return scripted(step)
        return None

    def _step(self, on: str) -> Body:
        for number, step in enumerate(self.script):
            if step.get("on", "messages") == on:
                return self.script.pop(number)
        return {}

    async def _note(self, request: web.Request) -> Body:
        body = await request.json() if request.can_read_body else {}
        self._remember(request, body)
        return body

    def _remember(self, request: web.Request, body: Body) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Received(request.method, request.path, headers, dict(request.query), body))

    # ---- its controls over HTTP ---------------------------------------------------------------------------

    async def _queue(self, request: web.Request) -> web.Response:
        told = await request.json()
        self.script += told if isinstance(told, list) else [told]
        return web.json_response({"queued": len(self.script)})

    async def _sent(self, _: web.Request) -> web.Response:
        return web.json_response(
            {"messages": [{"wamid": m.wamid, "body": m.body} for m in self.taken], "read": self.read}
        )

    async def _reset(self, _: web.Request) -> web.Response:
        self.forget()
        return web.json_response({})


@asynccontextmanager
async def running(port: int = 0, **options: Any) -> AsyncIterator[FakeGraph]:
    """The fake, listening on loopback until the block ends."""
    fake = FakeGraph(**options)
    runner = web.AppRunner(fake.app(), handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield fake
    finally:
        await runner.cleanup()


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    told = parser.parse_args()
    async with running(told.port, tokens={told.token}) as fake:
        print(f"fake Graph API ready: {fake.url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
