"""What goes on behind the organizations: models, queues, dead letters, flags for everybody, and the log."""

from typing import get_args

import reflex as rx

from state.admin import AdministratorMixin, DeskTableMixin
from state.admin_desk import SAID
from state.prefs import SpeakingMixin
from state.session import role
from state.table import SIZE
from vulkn_app.administrators import desk, operations, switches
from vulkn_app.administrators.desk import LogRow
from vulkn_app.administrators.operations import DeadRow, ProviderRow, Queue, QueueRow
from vulkn_app.administrators.switches import FlagRow
from vulkn_app.errors import BadInput

QUEUES: tuple[Queue, ...] = get_args(Queue)


def _queue(name: str) -> Queue:
    for queue in QUEUES:
        if queue == name:
            return queue
    raise BadInput


class OperationsState(AdministratorMixin, SpeakingMixin, rx.State):
    loaded: bool = False
    providers: list[ProviderRow] = []
    queues: list[QueueRow] = []
    dead: list[DeadRow] = []
    queue: str = ""
    flags: list[FlagRow] = []
    busy: bool = False

    _replayed: int = 0

    @rx.event
    @role("platform")
    async def load(self):
        await self._look()

    @rx.event
    @role("platform")
    async def pick_queue(self, queue: str):
        self.queue = queue if queue in QUEUES else ""
        await self._look()

    @rx.event
    @role("platform")
    async def replay(self, queue: str, row: str):
        """`row` empty: all of the queue that may be."""
        self.busy = True
        yield
        trouble = await self._attempt(self._replay(queue, str(row)[:64]))
        self.busy = False
        if trouble:
            yield rx.toast.error(trouble)
            return
        yield await self._saved("admin.replayed" if self._replayed else "admin.replayed_none")
        await self._look()

    @rx.event
    @role("platform")
    async def set_flag(self, key: str, said: str):
        await switches.say(await self._administrator(), str(key), SAID.get(said, "default"))
        await self._look()
        return await self._saved()

    async def _replay(self, queue: str, row: str) -> None:
        self._replayed = await operations.replay(await self._administrator(), _queue(queue), row)

    async def _look(self) -> None:
        who = await self._administrator()
        self.providers = await operations.providers(who)
        self.queues = await operations.queues(who)
        self.dead = await operations.dead(who, _queue(self.queue) if self.queue else None)
        self.flags = await switches.everybody(who)
        self.loaded = True


class AdminLogState(DeskTableMixin, AdministratorMixin, rx.State):
    rows: list[LogRow] = []

    @rx.event
    @role("platform")
    async def load(self):
        await self._look()

    async def _look(self) -> None:
        who = await self._administrator()
        self.rows, self.total = await desk.log_page(who, page=self.page, size=SIZE)
        self.loaded = True
