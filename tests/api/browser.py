"""What a browser does at the door: native forms, redirects that it is told, one cookie."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx

from vulkn_app import auth
from vulkn_app.api import forms
from vulkn_app.onboarding import business as guide
from vulkn_app.onboarding.business import BusinessForm

PASSWORD = "correcto-caballo-7"


@dataclass(frozen=True)
class Told:
    """Where the server sends the browser next."""

    path: str
    query: dict[str, str]
    location: str
    cookie: str
    typed: forms.Typed

    @property
    def problem(self) -> str:
        return self.query.get("e", "")


def an_email() -> str:
    return f"ana-{uuid4().hex[:10]}@luna.example"


class Browser:
    def __init__(self, base: str) -> None:
        self.http = httpx.AsyncClient(base_url=base, timeout=20)

    @property
    def sid(self) -> str:
        return self.http.cookies.get(auth.COOKIE) or ""

    async def post(self, form: str, headers: dict[str, str] | None = None, /, **fields: str) -> Told:
        answer = await self.http.post(f"/api/auth/{form}", data=fields, headers=headers)
        assert answer.status_code == 303, answer.text
        location = answer.headers["location"]
        parts = urlsplit(location)
        cookies = answer.headers.get_list("set-cookie")
        session = "".join(cookie for cookie in cookies if cookie.startswith(auth.COOKIE))
        kept = "; ".join(cookie.partition(";")[0] for cookie in cookies)
        query = dict(parse_qsl(parts.query))
        return Told(parts.path, query, location, session, forms.typed(kept, parts.path))

    async def sign_up(self, email: str, *, business: str = "Café Luna", **fields: str) -> Told:
        """The form; who is in no organization after it founds `business`, as the guide does that comes next."""
        told = await self.post("signup", email=email, **{"name": "Ana", "password": PASSWORD, **fields})
        if business and told.cookie and not fields.get("invite"):
            await self.found(business)
        return told

    async def found(self, business: str) -> None:
        person = await auth.read(self.sid)
        assert person
        await guide.found(person.user_id, BusinessForm(name=business))

    async def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> Told:
        return await self.post("login", email=email, password=password, **fields)

    async def is_signed_in(self) -> bool:
        """Asked of the one form that answers those at the door otherwise than those inside."""
        return (await self.post("join", invite="none")).path == "/signup/"
