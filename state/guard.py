"""The door of every event: deny by default.

Reflex runs any public method of any state for any socket, whatever a page's on_load says, and whoever
presents a client token owns the state behind it. So before every event: the state tree belongs to one
cookie looking at one organization and is wiped for any other, and a handler of ours runs only for the role
that it declares."""

import contextvars
from typing import Any

import reflex as rx
import structlog
from reflex.event import run_script
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, OnLoadInternalState, State, StateUpdate
from reflex_base.event import Event, EventSpec
from reflex_base.registry import RegistrationContext

from state import arriving, fanout, viewing
from state.prefs import PrefsState
from state.session import WITHOUT_PLACE, SessionState, cookie_of
from vulkn_app import auth
from vulkn_app.administrators import standing
from vulkn_app.errors import DatabaseAway, NotAllowed, VulknError
from vulkn_app.i18n import Language, sentence

log = structlog.get_logger()

RANK = {"": 0, "person": 0, "member": 1, "admin": 2, "owner": 3}
# Of VULKN's own people, and of nobody else whatever their place in an organization: an administrator whose second
# factor may still be missing, one who showed it, one who stands in a client's shoes.
OURS = ("administrator", "platform", "standing")
DESK = "/admin/"
# What Reflex itself needs before anything is known about the person.
FRAMEWORK = {
    "hydrate",
    "hydrate_and_load",
    "set_is_hydrated",
    "on_load_internal",
    "update_vars_internal",
    "handle_frontend_exception",
}
# With these a page begins, and shows only what is read from then on.
BEGINNING = {"hydrate", "hydrate_and_load", "on_load_internal"}
UNDECLARED = "undeclared"

language: contextvars.ContextVar[Language] = contextvars.ContextVar("language", default="es")


class Binding(rx.State):
    """Whose tree this is: the hash of the cookie it was made for, the organization, and the session of support. Never
    sent to the browser. `_stale`: it changed under a page that still shows what was before. `_noted`: what the audit log
    of an organization already has of support's look at the page `_at`."""

    _key: str = ""
    _stale: bool = False
    _at: str = ""
    _noted: list[str] = []


class Guard(Middleware):
    async def preprocess(self, app: Any, state: Any, event: Event) -> StateUpdate | None:
        root = state._get_root_state()
        sid = cookie_of(root)
        try:
            person = await auth.read(sid)
        except DatabaseAway as problem:
            return _say(problem)
        key = _key(sid, person) if person else ""
        stale = await _bind(state, root, key, begins=event.name.rpartition(".")[2] in BEGINNING)
        prefs = await state.get_state(PrefsState)
        language.set("en" if prefs.lang == "en" else "es")
        verdict = _verdict(event.name, person, stale=stale)
        if verdict is None and event.name.rpartition(".")[2] in FRAMEWORK:
            verdict = _look_once_more(root, person, await arriving.note(root, event))
        if verdict is None and person and person.standing:
            return await _note(app, root, event, person)
        return verdict


def _key(sid: str, person: auth.Person) -> str:
    session = person.standing.session if person.standing else "over" if person.over else ""
    return f"{auth.cookie_key(sid).hex()}:{person.org_id}:{session}"


def _look_once_more(root: Any, person: auth.Person | None, instead: str) -> StateUpdate | None:
    """What a page does instead of loading whose line is back: as after a ring."""
    known = RegistrationContext.get().event_handlers.get(instead)
    if known is None or person is None:
        return None
    looks = [known.handler]
    if person.org_id:
        looks = [SessionState.load, *fanout.what_rings(known.handler)]
        fanout.watch(person.org_id, root.router.session.client_token, known.handler)
    return StateUpdate(events=Event.from_event_type([*looks, OnLoadInternalState.set_is_hydrated(True)]))


async def _note(app: Any, root: Any, event: Event, person: auth.Person) -> StateUpdate | None:
    """What support is shown stands in the organization's log before it is shown."""
    url, binding = root.router.url, await root.get_state(Binding)
    page = viewing.page_of(app, event.name, url.path, url.query)
    if binding._at != url.path:  # another page is open: what is on it was not seen yet
        binding._at, binding._noted = url.path, []
    if not page or page in binding._noted:
        return None
    try:
        await standing.note(person, page)
    except DatabaseAway as problem:
        return _say(problem)
    except NotAllowed:
        return _instead(rx.redirect(DESK))
    binding._noted = [*binding._noted, page]
    return None


async def _bind(state: Any, root: Any, key: str, *, begins: bool) -> bool:
    """Empties a tree that was somebody else's or another organization's. Whether its page is still shown."""
    binding = await state.get_state(Binding)
    before, stale = binding._key, binding._stale
    if before not in ("", key):
        prefs = await state.get_state(PrefsState)
        lang = prefs.lang  # the browser's own business, whoever sits before it
        await _fetch(root, State)
        root.reset()
        prefs.lang = lang
        stale = True
        fanout.forget(root.router.session.client_token)  # nothing of the place before rings in this tab
    binding = await state.get_state(Binding)
    binding._key, binding._stale = key, stale and not begins
    return binding._stale


async def _fetch(root: Any, kind: type[BaseState]) -> None:
    """All that the tree holds: with Redis an event brings only the states it needs, and only those are reset."""
    for part in kind.get_substates():
        await root.get_state(part)
        await _fetch(root, part)


def _verdict(name: str, person: auth.Person | None, *, stale: bool) -> StateUpdate | None:
    """None lets the event through; an update stops it there."""
    known = RegistrationContext.get().event_handlers.get(name)
    handler = known.handler.fn if known else None
    module = getattr(handler, "__module__", "") or ""
    if module.split(".")[0] in ("reflex", "reflex_base"):
        return None if name.rpartition(".")[2] in FRAMEWORK else _refuse(name, "framework")
    least = getattr(handler, "__vulkn_role__", UNDECLARED)
    if least is None:
        return None
    if least == UNDECLARED:
        return _refuse(name, "undeclared")
    if person is None:
        return _instead(rx.redirect("/login/"))
    if least in OURS:
        return _of_ours(name, least, person)
    if person.over:
        return _instead(rx.redirect(DESK))
    if least == "person" and person.standing:
        return _say(VulknError("support_never"))
    if person.org_id is None and RANK[least]:
        return _instead(rx.redirect(WITHOUT_PLACE))
    if stale:  # the click was meant for what the page shows, and that is no longer this person's page
        return _instead(run_script("location.reload()"))
    if RANK[person.role] < RANK[least]:
        log.warning("guard.refused", handler=name, role=person.role)
        return _say(VulknError("not_allowed"))
    return None


def _of_ours(name: str, least: str, person: auth.Person) -> StateUpdate | None:
    """Whoever is not of VULKN is sent home, as from an address that does not exist. Nobody does an administrator's
    work from inside a client's shoes."""
    if not person.platform:
        log.warning("guard.refused", handler=name, role=person.role, why="not ours")
        return _instead(rx.redirect("/app/"))
    if least == "standing":
        return None if person.standing or person.over else _instead(rx.redirect(DESK))
    if person.standing:
        return _instead(rx.redirect("/app/"))
    # Without a word: the page asks for the factor (state/admin.py).
    return StateUpdate() if least == "platform" and not person.proved else None


def _refuse(name: str, why: str) -> StateUpdate:
    log.warning("guard.refused", handler=name[:200], why=why)
    return StateUpdate()


def _say(problem: VulknError) -> StateUpdate:
    return _instead(rx.toast.error(sentence(problem.code, language.get())))


def _instead(answer: EventSpec) -> StateUpdate:
    return StateUpdate(events=Event.from_event_type(answer))


def told(exception: Exception) -> EventSpec:
    """What the person sees when a handler raised: our sentence for our errors, a general one otherwise."""
    problem = exception  # Reflex insists on that name
    code = problem.code if isinstance(problem, VulknError) else "error"
    values = problem.values if isinstance(problem, VulknError) else {}
    if isinstance(problem, ValueError):  # arguments that no page of ours sends; their text may be a client's
        log.warning("handler.refused", kind=type(problem).__name__)
        code = "bad_input"
    elif not isinstance(problem, VulknError):
        log.error("handler.failed", kind=type(problem).__name__, exc_info=problem)
    if code == "signed_out":
        return rx.redirect("/login/")
    return rx.toast.error(sentence(code, language.get(), **values))
