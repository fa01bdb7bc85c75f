"""Businesses and visitors for tests, made as the superuser; everything after that goes through the product."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import psycopg

from vulkn_app.db import Member

KNOWLEDGE = (
    ("Horario", "Abrimos de lunes a viernes de 9:00 a 19:00 y sábados de 9:00 a 14:00.", "es"),
    ("Precio de la limpieza dental", "La limpieza dental cuesta $650 pesos y dura 40 minutos.", "es"),
    ("Estacionamiento", "Hay estacionamiento gratuito para pacientes en la parte de atrás.", "es"),
    ("Opening hours", "We are open Monday to Friday 9 am to 7 pm and Saturdays 9 am to 2 pm.", "en"),
)


@dataclass(frozen=True)
class Business:
    org_id: UUID
    slug: str
    owner: Member


def a_business(
    url: str,
    *,
    knowledge: Iterable[tuple[str, str, str]] = KNOWLEDGE,
    origins: Iterable[str] = (),
    live: bool = True,
    plan: str = "",
) -> Business:
    """An organization with an owner, an agent and a web channel; on its trial unless a plan is named."""
    slug, user_id = f"sol-{uuid4().hex[:10]}", uuid4()
    with psycopg.connect(url, autocommit=True) as admin:
        row = admin.execute("select app.provision('Clínica Sol', %s)", (slug,)).fetchone()
        assert row
        org_id: UUID = row[0]
        if plan:
            admin.execute("update organizations set plan = %s where id = %s", (plan, org_id))
            admin.execute(
                "update subscriptions set state = 'given', until = null where org_id = %s", (org_id,)
            )
        admin.execute("insert into auth.users (id, email) values (%s, %s)", (user_id, f"{slug}@sol.test"))
        admin.execute(
            "insert into profiles (user_id, email, name) values (%s, %s, 'Ana')",
            (user_id, f"{slug}@sol.test"),
        )
        admin.execute(
            "insert into memberships (org_id, user_id, role) values (%s, %s, 'owner')", (org_id, user_id)
        )
        admin.execute("update agents set live = %s where org_id = %s", (live, org_id))
        admin.execute("update organizations set allowed_origins = %s where id = %s", (list(origins), org_id))
        for title, body, language in knowledge:
            admin.execute(
                "insert into knowledge_entries (org_id, title, body, language) values (%s, %s, %s, %s)",
                (org_id, title, body, language),
            )
    return Business(org_id, slug, Member(user_id, org_id, "owner"))


@dataclass
class Answer:
    """What the widget saw of one turn."""

    status: int
    events: list[tuple[str, dict]]

    def __getitem__(self, name: str) -> dict:
        return next(data for event, data in self.events if event == name)

    @property
    def names(self) -> list[str]:
        """Event names in order, repeated deltas as one."""
        names: list[str] = []
        for event, _ in self.events:
            if names[-1:] != [event]:
                names.append(event)
        return names

    @property
    def text(self) -> str:
        return "".join(data["text"] for event, data in self.events if event == "delta")


class Visitor:
    """A browser with the widget, as far as HTTP is concerned."""

    def __init__(self, http: httpx.AsyncClient, slug: str) -> None:
        self.http, self.slug, self.token, self.conversation_id = http, slug, "", ""

    async def open(self, **form: str) -> dict:
        answer = await self.http.post(f"/api/widget/{self.slug}/sessions", json=form)
        assert answer.status_code == 201, answer.text
        session = answer.json()
        self.token, self.conversation_id = session["visitor_token"], session["conversation_id"]
        return session

    async def ask(self, text: str, *, id: str | None = None, **headers: str) -> Answer:
        answer = await self.http.post(
            f"/api/widget/{self.slug}/messages",
            json={"id": id or str(uuid4()), "text": text},
            headers={"authorization": f"Bearer {self.token}", **headers},
        )
        return Answer(answer.status_code, read_events(answer.text))

    async def history(self) -> list[dict]:
        answer = await self.http.get(
            f"/api/widget/{self.slug}/messages", headers={"authorization": f"Bearer {self.token}"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"]


def read_events(text: str) -> list[tuple[str, dict]]:
    """A finished event stream as (event, data) pairs; an error's JSON as none."""
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in fields:
            events.append((fields["event"], json.loads(fields["data"])))
    return events
