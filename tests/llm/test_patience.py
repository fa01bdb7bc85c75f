"""How long a customer waits for the first words, and what a wait costs."""

import asyncio

import pytest

from tests.llm.asking import Clock
from vulkn_app.llm.patience import Patience, Watch

EIGHT_SECONDS = 8.0


@pytest.mark.parametrize("providers", [1, 2, 3])
def test_with_every_provider_hanging_the_first_words_come_within_eight_seconds(providers: int) -> None:
    clock = Clock()
    patience = Patience(clock)

    for waiting in reversed(range(providers)):
        patience.next_provider(waiting=waiting)
        clock.now = patience.until(begun=False)

    assert clock.now <= EIGHT_SECONDS


def test_the_first_provider_has_the_most_time() -> None:
    clock = Clock()
    patience = Patience(clock)
    shares = []

    for waiting in (2, 1, 0):
        patience.next_provider(waiting=waiting)
        shares.append(patience.until(begun=False) - clock.now)
        clock.now += shares[-1]

    assert shares == sorted(shares, reverse=True)
    assert shares[0] > EIGHT_SECONDS * 0.4


def test_only_a_provider_with_hardly_any_time_is_hurried() -> None:
    clock = Clock()
    patience = Patience(clock)

    patience.next_provider(waiting=2)
    assert not patience.hurried
    clock.now = 7.0
    patience.next_provider(waiting=0)
    assert patience.hurried


def test_after_a_slow_tool_a_provider_is_still_asked_for_more_than_a_second() -> None:
    clock = Clock()
    patience = Patience(clock)
    clock.now = 12.0

    patience.next_provider(waiting=2)

    assert patience.until(begun=False) - clock.now > 1


def test_who_goes_on_with_a_sentence_has_the_whole_time() -> None:
    clock = Clock()
    patience = Patience(clock)
    clock.now, patience.spoken = 7.4, True

    patience.next_provider(waiting=2)

    assert patience.until(begun=False) - clock.now == pytest.approx(6.0)


def test_a_turn_has_an_end_however_often_it_goes_on() -> None:
    clock = Clock()
    patience = Patience(clock)
    clock.now, patience.spoken = 24.0, True

    patience.next_provider(waiting=0)

    assert patience.until(begun=True) == patience.until(begun=False) == 25.0


async def test_a_watch_ends_one_wait_and_leaves_the_task_unharmed() -> None:
    watch, now = Watch(), asyncio.get_running_loop().time
    await watch.wait(asyncio.sleep(0), now() + 60)

    with pytest.raises(TimeoutError):
        await watch.wait(asyncio.Event().wait(), now() + 0.02)

    task = asyncio.current_task()
    assert task
    assert not task.cancelling()


async def test_a_deadline_may_move_back_and_forth() -> None:
    watch, now = Watch(), asyncio.get_running_loop().time
    await watch.wait(asyncio.sleep(0), now() + 0.02)
    await watch.wait(asyncio.sleep(0.05), now() + 60)

    with pytest.raises(TimeoutError):
        await watch.wait(asyncio.Event().wait(), now() + 0.02)


async def test_a_cancelled_turn_is_cancelled_and_not_late() -> None:
    async def turn() -> None:
        await Watch().wait(asyncio.Event().wait(), asyncio.get_running_loop().time() + 60)

    task = asyncio.create_task(turn())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
