"""Connecting a number: an admin's own act, never a support session's. What Meta says is checked before anything is kept.

Order: may they, is the token good and for this account, is the number the account's; then number and sealed token in
one transaction; then Meta is asked to send us its news, the number is registered where it is not, and its templates are
read. A step that fails after the number was kept leaves it visible with what is wrong, and `recheck` goes on there."""

import secrets as random
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import psycopg.errors
import structlog
from pydantic import BaseModel, Field, SecretStr, field_validator

from models.whatsapp import NumberMode, NumberState, Quality
from vulkn_app import live, plans, secrets
from vulkn_app.channels.whatsapp import health, numbers, problems, template_admin
from vulkn_app.channels.whatsapp.graph import Graph, GraphAway, GraphProblem
from vulkn_app.channels.whatsapp.health import Facts
from vulkn_app.channels.whatsapp.numbers import Number, belongs_to
from vulkn_app.channels.whatsapp.refusals import WhatsAppRefused, explained
from vulkn_app.db import AgentKey, Member, as_agent, as_person
from vulkn_app.errors import Conflict, NotAllowed, NotFound, VulknError

log = structlog.get_logger()

TAKEN = "VK002"  # app.whatsapp_claim's word for a number that another business has

MAY = "select app.whatsapp_may(%s)"
CLAIM = "select app.whatsapp_claim(%s, %s, %s, %s, %s, %s)"
SECRET = "select app.channel_secret_set(%s, %s, %s, %s)"
DISCONNECT = "select app.whatsapp_disconnect(%s, %s)"
KNOWN = "select 1 from channels where org_id = %s and kind = 'whatsapp' and external_id = %s"
ACT = "select app.whatsapp_act(%s, %s, %s, '')"
PIN = "select sealed from app.channel_secrets where org_id = %s and channel_id = %s and name = 'pin'"


class NumberTaken(Conflict):
    code = "whatsapp_taken"


class ConnectForm(BaseModel):
    """`pin`: the number's two-step code, where it has one already. `mode`: whether the phone's app stays in use."""

    phone_number_id: str = Field(pattern=r"^[0-9]{5,24}$")
    waba: str = Field(pattern=r"^[0-9]{5,24}$")
    token: SecretStr = Field(min_length=1, max_length=2000)
    pin: SecretStr | None = None
    mode: NumberMode = NumberMode.CLOUD

    @field_validator("token")
    @classmethod
    def _fits_a_header(cls, token: SecretStr) -> SecretStr:
        """Pasted with spaces around it, or line breaks in it, it is the same token."""
        text = "".join(token.get_secret_value().split())
        if not text or not text.isascii() or not text.isprintable():
            raise ValueError("letters, digits and signs only")
        return SecretStr(text)

    @field_validator("pin")
    @classmethod
    def _six_digits(cls, pin: SecretStr | None) -> SecretStr | None:
        text = pin.get_secret_value().strip() if pin else ""
        if text and not (len(text) == 6 and text.isascii() and text.isdecimal()):
            raise ValueError("six digits")
        return SecretStr(text) if text else None


class Health(BaseModel):
    """What a check found. `problem`: a word of the problems locale; `expires_at`: of a token that does not last."""

    channel_id: UUID
    display_phone: str
    verified_name: str
    state: NumberState
    problem: str | None = None
    quality: Quality = Quality.UNKNOWN
    tier: str | None = None
    expires_at: datetime | None = None
    templates: int = 0


async def connect(member: Member, form: ConnectForm) -> Health:
    """Raises NotAllowed, PlanFull, NumberTaken, or what explains Meta's refusal."""
    member.must_be_theirs()
    await _may(member)
    await _has_room(member, form.phone_number_id)
    number = Number(
        channel_id=UUID(int=0),
        phone_number_id=form.phone_number_id,
        waba=form.waba,
        token=form.token,
        mode=form.mode,
        state=NumberState.CONNECTING,
    )
    graph = Graph(number)
    try:
        expires = health.good_token(await graph.token_facts(), form.waba)
        await _of_account(graph, form)
        facts = health.facts(await graph.number_facts())
    except (GraphProblem, GraphAway) as problem:
        raise explained(problem) from None
    if facts.on_app and form.mode is NumberMode.CLOUD:
        raise WhatsAppRefused("whatsapp_used_in_app")
    pin = form.pin or SecretStr(f"{random.randbelow(10**6):06}")
    channel_id = await _keep(member, form, facts, pin)
    number = replace(number, channel_id=channel_id)
    return await _finish(AgentKey(member.org_id), number, facts, pin, expires)


async def recheck(member: Member, channel_id: UUID) -> Health:
    """Looks at everything again, and mends what can be mended from here. Raises NotFound, NotAllowed, NotConnected, or
    what explains Meta's refusal, which is also kept with the number."""
    member.must_write()
    await acting(member, channel_id, "recheck")
    agent = AgentKey(member.org_id)
    numbers.forget(live.Ring(member.org_id, "channel"))
    number = await numbers.number(agent, channel_id)
    graph = Graph(number)
    try:
        expires = health.good_token(await graph.token_facts(), number.waba)
        facts = health.facts(await graph.number_facts())
    except (GraphProblem, GraphAway, WhatsAppRefused) as problem:
        await _failed(agent, channel_id, problem)
        raise (problem if isinstance(problem, WhatsAppRefused) else explained(problem)) from None
    return await _finish(agent, number, facts, await _pin(agent, channel_id), expires)


async def disconnect(member: Member, channel_id: UUID) -> None:
    """Forgets the token and frees the number. The conversations stay. Raises NotFound."""
    member.must_be_theirs()
    try:
        async with as_person(member) as connection:
            row = await (await connection.execute(DISCONNECT, (member.org_id, channel_id))).fetchone()
    except psycopg.errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    if not row or not row[0]:
        raise NotFound
    _ring(member.org_id)


async def _may(member: Member) -> None:
    async with as_person(member) as connection:
        row = await (await connection.execute(MAY, (member.org_id,))).fetchone()
    if not row or not row[0]:
        raise NotAllowed


async def _has_room(member: Member, number: str) -> None:
    """Said before anything is asked of Meta; a number that is connected already may be connected again."""
    async with as_person(member) as connection:
        known = await (await connection.execute(KNOWN, (member.org_id, number))).fetchone()
    if known is None:
        plans.ask(await plans.room(member), "numbers")


async def acting(member: Member, channel_id: UUID, act: str) -> None:
    """Whether they may, and that they did. Raises NotAllowed, NotFound."""
    try:
        async with as_person(member) as connection:
            row = await (await connection.execute(ACT, (member.org_id, channel_id, act))).fetchone()
    except psycopg.errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    if not row or not row[0]:
        raise NotFound


async def _of_account(graph: Graph, form: ConnectForm) -> None:
    """A token may reach several accounts: the number must be in the one that was named."""
    if form.phone_number_id not in await graph.account_numbers():
        raise WhatsAppRefused("whatsapp_not_in_account")


async def _keep(member: Member, form: ConnectForm, facts: Facts, pin: SecretStr) -> UUID:
    """Number and secrets, or neither."""
    claim = (member.org_id, form.phone_number_id, form.waba, facts.phone, facts.name, form.mode.value)
    sealed = {"access_token": form.token, "pin": pin}
    try:
        async with as_person(member) as connection:
            row = await (await connection.execute(CLAIM, claim)).fetchone()
            assert row
            for name, secret in sealed.items():
                owner = belongs_to(member.org_id, row[0], name)
                content = secrets.encrypt(secret.get_secret_value(), belongs_to=owner)
                await connection.execute(SECRET, (member.org_id, row[0], name, content))
    except psycopg.errors.InsufficientPrivilege as problem:
        raise NotAllowed from problem
    except psycopg.Error as problem:
        if problem.sqlstate == TAKEN:
            raise NumberTaken from None
        raise
    _ring(member.org_id)
    return row[0]


async def _finish(
    agent: AgentKey, number: Number, facts: Facts, pin: SecretStr | None, expires: datetime | None
) -> Health:
    """The steps at Meta that may be done again and again."""
    graph = Graph(number)
    try:
        await graph.subscribe()
        if number.mode is NumberMode.CLOUD and not facts.registered and pin:
            await graph.register(pin.get_secret_value())
        if number.mode is NumberMode.COEXISTENCE:
            await graph.synchronize("smb_app_state_sync")
            await graph.synchronize("history")
    except (GraphProblem, GraphAway) as problem:
        await _failed(agent, number.channel_id, problem)
        raise explained(problem) from None
    await health.note(agent, number.channel_id, facts, expires)
    found = Health(
        channel_id=number.channel_id,
        display_phone=facts.phone,
        verified_name=facts.name,
        state=NumberState.ACTIVE,
        quality=facts.quality,
        tier=facts.tier,
        expires_at=expires,
    )
    _ring(agent.org_id)
    try:
        found.templates = await template_admin.bring(agent, number.channel_id)
    except VulknError as problem:  # the number works; its templates are read again at the next look
        log.warning("whatsapp.templates_unread", code=problem.code)
    return found


async def _failed(
    agent: AgentKey, channel_id: UUID, problem: GraphProblem | GraphAway | WhatsAppRefused
) -> None:
    """What is wrong stays with the number. No answer of Meta's says nothing about it."""
    if isinstance(problem, GraphAway):
        return
    if isinstance(problem, WhatsAppRefused):
        word = "permission" if problem.code == "whatsapp_permission" else "token"
        await numbers.set_state(agent, channel_id, NumberState.REAUTH, problem=word)
        return
    word = problems.of_code(problem.code)
    gone = word in (problems.Problem.TOKEN, problems.Problem.PERMISSION)
    state = NumberState.REAUTH if gone else NumberState.DOWN
    await numbers.set_state(agent, channel_id, state, problem=word.value, code=problem.code)


async def _pin(agent: AgentKey, channel_id: UUID) -> SecretStr | None:
    async with as_agent(agent) as connection:
        row = await (await connection.execute(PIN, (agent.org_id, channel_id))).fetchone()
    if row is None:
        return None
    return SecretStr(secrets.decrypt(bytes(row[0]), belongs_to=belongs_to(agent.org_id, channel_id, "pin")))


def _ring(org_id: UUID) -> None:
    ring = live.Ring(org_id, "channel")
    numbers.forget(ring)
    live.publish(ring)
