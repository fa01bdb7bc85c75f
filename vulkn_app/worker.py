"""The job worker and what it does by the clock: inside the web process on a small machine, `./vulkn
worker` in production."""

import asyncio
import contextlib
import os

import structlog
from procrastinate import App

from vulkn_app import clients, jobs, live, llm, plans
from vulkn_app.channels import outbox
from vulkn_app.channels.whatsapp import revival, sending, typing  # noqa: F401 - they register themselves
from vulkn_app.channels.whatsapp import work as whatsapp
from vulkn_app.conversations import engine, shadow, starting
from vulkn_app.db import as_system, database
from vulkn_app.knowledge.sources import work as importing
from vulkn_app.knowledge.suggestions import looking
from vulkn_app.logs import set_up_logs
from vulkn_app.onboarding import sitting
from vulkn_app.payments import doubles
from vulkn_app.settings import settings
from vulkn_app.skills import hand_back, reminders

log = structlog.get_logger()

STALLED_AFTER = 120  # seconds without a heartbeat; no job of ours takes a quarter of that
PAUSE = 2  # seconds before a lost database is tried again


def timetable(queue: App) -> None:
    """Everything periodic. croniter reads a sixth field as seconds, at the end."""

    @queue.periodic(cron="* * * * * */5")
    @queue.task(name="answer_what_was_left", queueing_lock="answer_what_was_left")
    async def answer_what_was_left(timestamp: int) -> None:
        """Turns whose process died: their visitors still wait."""
        taken = await engine.sweep()
        if taken:
            log.warning("turns.swept", count=taken)

    @queue.periodic(cron="* * * * * */15")
    @queue.task(name="give_back", queueing_lock="give_back")
    async def give_back(timestamp: int) -> None:
        """A customer who wrote where nobody answers any more is answered at once."""
        if await hand_back.due():
            await engine.sweep()

    @queue.periodic(cron="* * * * * */5")
    @queue.task(name="send_what_is_due", queueing_lock="send_what_is_due")
    async def send_what_is_due(timestamp: int) -> None:
        while await outbox.deliver_due():
            pass

    @queue.periodic(cron="* * * * * */5")
    @queue.task(name="handle_what_whatsapp_told", queueing_lock="handle_what_whatsapp_told")
    async def handle_what_whatsapp_told(timestamp: int) -> None:
        """The bell wakes it at once; this is for second tries and for what a process that died has left."""
        whatsapp.ring()

    @queue.periodic(cron="23 * * * *")
    @queue.task(name="forget_what_whatsapp_told", queueing_lock="forget_what_whatsapp_told")
    async def forget_what_whatsapp_told(timestamp: int) -> None:
        await whatsapp.forget()

    @queue.periodic(cron="* * * * *")
    @queue.task(name="look_at_numbers", queueing_lock="look_at_numbers")
    async def look_at_numbers(timestamp: int) -> None:
        """Numbers that nothing goes out from; each one every ten minutes."""
        await revival.due()

    @queue.periodic(cron="* * * * * */2")
    @queue.task(name="import_knowledge", queueing_lock="import_knowledge")
    async def import_knowledge(timestamp: int) -> None:
        await importing.do_waiting()

    @queue.periodic(cron="* * * * *")
    @queue.task(name="end_shadows", queueing_lock="end_shadows")
    async def end_shadows(timestamp: int) -> None:
        await shadow.over()

    @queue.periodic(cron="* * * * * */2")
    @queue.task(name="sit_exams", queueing_lock="sit_exams")
    async def sit_exams(timestamp: int) -> None:
        await sitting.do_waiting()

    @queue.periodic(cron="41 * * * *")
    @queue.task(name="forget_imports", queueing_lock="forget_imports")
    async def forget_imports(timestamp: int) -> None:
        async with as_system("vulkn_engine") as connection:
            await connection.execute("select app.imports_forget()")

    @queue.periodic(cron="29 * * * *")
    @queue.task(name="forget_deleted_knowledge", queueing_lock="forget_deleted_knowledge")
    async def forget_deleted_knowledge(timestamp: int) -> None:
        async with as_system("vulkn_engine") as connection:
            await connection.execute("select app.knowledge_forget()")

    @queue.periodic(cron="53 9 * * *")
    @queue.task(name="forget_widget_events", queueing_lock="forget_widget_events")
    async def forget_widget_events(timestamp: int) -> None:
        async with as_system("vulkn_engine") as connection:
            await connection.execute("select app.widget_events_forget()")

    @queue.periodic(cron="* * * * *")
    @queue.task(name="remind", queueing_lock="remind")
    async def remind(timestamp: int) -> None:
        await reminders.due()

    @queue.periodic(cron="*/5 * * * *")
    @queue.task(name="end_trials_and_periods", queueing_lock="end_trials_and_periods")
    async def end_trials_and_periods(timestamp: int) -> None:
        await plans.by_the_clock()

    @queue.periodic(cron="* * * * *")
    @queue.task(name="end_doubled_subscriptions", queueing_lock="end_doubled_subscriptions")
    async def end_doubled_subscriptions(timestamp: int) -> None:
        """What a business pays twice, until the provider has ended it."""
        await doubles.end_due()

    @queue.periodic(cron="*/10 * * * *")
    @queue.task(name="look_for_suggestions", queueing_lock="look_for_suggestions")
    async def look_for_suggestions(timestamp: int) -> None:
        """Each organization's once a week, on Monday morning; the database says whose turn it is."""
        await looking.due()

    @queue.periodic(cron="*/5 * * * *")
    @queue.task(name="rescue_stalled_jobs", queueing_lock="rescue_stalled_jobs")
    async def rescue_stalled_jobs(timestamp: int) -> None:
        """procrastinate does not retry the jobs of a worker that was killed unless somebody asks."""
        for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
            await queue.job_manager.retry_job(job)

    @queue.periodic(cron="17 * * * *")
    @queue.task(name="forget_ended_sessions", queueing_lock="forget_ended_sessions")
    async def forget_ended_sessions(timestamp: int) -> None:
        async with as_system("vulkn_engine") as connection:
            await connection.execute("select app.sessions_expire()")


async def work() -> None:
    """Until cancelled: the queue, what WhatsApp tells, and what is to be sent."""
    async with asyncio.TaskGroup() as all_three:
        all_three.create_task(_by_the_clock())
        all_three.create_task(whatsapp.serve())
        all_three.create_task(outbox.Courier().serve())


async def _by_the_clock() -> None:
    """A database that goes away is waited for."""
    queue = jobs.queue()
    if not queue.tasks.get("answer_what_was_left"):
        timetable(queue)
    while True:
        try:
            async with queue.open_async():
                await queue.run_worker_async(
                    concurrency=4, install_signal_handlers=False, delete_jobs="successful"
                )
        except Exception as problem:  # noqa: BLE001 - the worker's boundary: it lives as long as the process
            log.warning("worker.lost", kind=type(problem).__name__)
        await asyncio.sleep(PAUSE)


async def serve() -> None:
    """A process of its own."""
    await starting.start()
    bell = asyncio.create_task(live.hear_others())
    try:
        await work()
    finally:
        await engine.drain(settings.shutdown_grace.total_seconds())
        bell.cancel()
        await live.drain()
        await llm.close()
        await clients.close()
        await database.close()


def main() -> None:
    set_up_logs()
    os.nice(5)  # on a machine that also serves people, those come first
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())
