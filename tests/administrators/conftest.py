"""VULKN's own people, with a cookie and an authenticator, as the web knows them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg
import pytest
from reflex_base.registry import RegistrationContext

from tests.factories import Business, a_business
from tests.plugins.dashboard import a_session
from vulkn_app import auth
from vulkn_app.administrators import desk, factor, standing
from vulkn_app.administrators.desk import Reason
from vulkn_app.db import Member

WHY = Reason(reason="Ticket 4711: no ve sus horarios")


@dataclass
class Helper:
    """Somebody of VULKN in one browser."""

    user_id: UUID
    sid: str
    url: str = field(repr=False)
    secret: bytes = field(default=b"", repr=False)

    def code(self, *, steps: int = 0) -> str:
        return factor.code_at(self.secret, int(time.time()) // factor.STEP + steps)

    def root(self, statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    async def person(self) -> auth.Person:
        person = await auth.read(self.sid)
        assert person
        return person

    async def prove(self) -> desk.Administrator:
        """Enrols and shows the first code."""
        taught = await factor.enrol(await self.person())
        import base64

        self.secret = base64.b32decode(taught.by_hand.replace(" ", ""))
        await factor.prove(await self.person(), self.code())
        return await desk.of(self.sid)

    async def stand_in(self, business: Business) -> Member:
        await standing.begin(await desk.of(self.sid), business.org_id, WHY)
        return await auth.member(self.sid)


@pytest.fixture
def business(database_url: str) -> Business:
    return a_business(database_url)


@pytest.fixture
def helper(database_url: str) -> Helper:
    """Has a business of their own too: it must never be seen from inside another's."""
    own = a_business(database_url)
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("insert into app.platform_admins (user_id) values (%s)", (own.owner.user_id,))
        admin.execute("update organizations set name = 'Negocio propio' where id = %s", (own.org_id,))
    return Helper(own.owner.user_id, a_session(database_url, own), database_url)


@pytest.fixture
def another_browser(database_url: str) -> Callable[[Helper], Helper]:
    def sign_in(helper: Helper) -> Helper:
        mine = Member(helper.user_id, uuid4())
        return Helper(helper.user_id, a_session(database_url, Business(uuid4(), "", mine)), database_url)

    return sign_in


def handler(ending: str) -> str:
    return next(name for name in RegistrationContext.get().event_handlers if name.endswith(ending))
