"""Everybody who might try, with and without a right to."""

import json
from dataclasses import dataclass

from tests.isolation.world import PLACES, claims, support_key, uid

# The same person through PostgREST and through our own connection: the answer must not differ.
PEOPLE_ROLES = ("authenticated", "vulkn_web")


@dataclass(frozen=True)
class Actor:
    """A database role with the settings its transaction would carry."""

    name: str
    role: str
    person: str | None = None
    session: str | None = None  # the impersonation session they present ...
    stands_in: tuple[str, str] | None = None  # ... and what it is really worth: organization and mode
    works_in: str | None = None  # the one organization of an agent's or operator's transaction
    header: str | None = None  # what Supabase REST was sent as the key of a session

    def become(self) -> str:
        """The statement that turns a superuser's transaction into this actor's."""
        session = str(uid(f"session {self.session}")) if self.session and self.header is None else ""
        org = str(uid(f"org {self.works_in}")) if self.works_in else ""
        headers = json.dumps({"x-vulkn-support": self.header}) if self.header is not None else ""
        return (
            f"select set_config('request.jwt.claims', '{claims(self.person, self.role)}', true),"
            f" set_config('request.headers', '{headers}', true),"
            f" set_config('app.imp_session', '{session}', true), set_config('app.org_id', '{org}', true),"
            f" set_config('role', '{self.role}', true)"
        )

    def __str__(self) -> str:
        return self.name


def _person(role: str) -> list[Actor]:
    def one(name: str, person: str | None, session: str | None = None, worth: str = "") -> Actor:
        stands_in = ("A", worth) if worth else None
        return Actor(f"{name} as {role}", role, person, session, stands_in)

    return [
        one("owner", "owner A"),
        one("admin", "admin A"),
        one("member", "member A"),
        one("owner of another", "owner B"),
        one("member of two", "multi"),
        one("stranger", "stranger"),
        one("nobody signed in", None),
        one("platform admin without a session", "helper"),
        one("support reading", "helper", "reading", "read"),
        one("support writing", "writer", "writing", "write"),
        one("support after expiry", "sleeper", "expired"),
        one("support after the end", "writer", "ended"),
        one("support with a colleague's session", "helper", "writing"),
        one("support with an invented session", "helper", "never made"),
        one("owner with a support session", "owner B", "writing"),
    ]


def _over_rest() -> list[Actor]:
    """A session told in a header: worth something with the key that our server alone has, and its own person."""

    def one(name: str, person: str, header: str, worth: str = "") -> Actor:
        stands_in = ("A", worth) if worth else None
        return Actor(f"{name} over REST", "authenticated", person, "told", stands_in, header=header)

    return [
        one("support reading", "helper", support_key("reading"), "read"),
        one("support writing", "writer", support_key("writing"), "write"),
        one("support after the end", "writer", support_key("ended")),
        one("support after expiry", "sleeper", support_key("expired")),
        one("support with the id alone", "helper", str(uid("session reading"))),
        one("support with a colleague's key", "helper", support_key("writing")),
        one("owner with a key", "owner B", support_key("writing")),
        one("owner with nonsense", "owner A", "x"),
        one("owner with nothing", "owner A", ""),
    ]


ACTORS: tuple[Actor, ...] = (
    *_person("authenticated"),
    *_over_rest(),
    *_person("vulkn_web"),
    Actor("anon", "anon"),
    Actor("anon with a forged subject", "anon", "owner A"),
    Actor("service_role", "service_role"),
    Actor("service_role with a forged subject", "service_role", "owner A"),
    Actor("agent", "vulkn_engine", works_in="A"),
    Actor("agent of another", "vulkn_engine", works_in="B"),
    Actor("agent without an organization", "vulkn_engine"),
    Actor("agent with a person's claims", "vulkn_engine", "owner A"),
    Actor("operator", "vulkn_maint", works_in="A"),
    Actor("operator of another", "vulkn_maint", works_in="B"),
    Actor("operator without an organization", "vulkn_maint"),
)

assert {actor.person for actor in ACTORS if actor.person} <= {
    *PLACES,
    "stranger",
    "helper",
    "writer",
    "sleeper",
}
