"""How often somebody may do something. In this process' memory, or in Redis when REDIS_URL is set."""

import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from vulkn_app.errors import TooMuch
from vulkn_app.settings import settings

# A person types a message every few seconds; a script does not.
VISITOR_MESSAGES = RateLimitItemPerMinute(settings.visitor_messages_per_minute)
ADDRESS_MESSAGES = RateLimitItemPerMinute(settings.address_messages_per_minute)
ADDRESS_SESSIONS = parse("60/minute")
ADDRESS_EVENTS = parse("240/minute")
# A widget reads its configuration, its history and its stream once a page; a whole office may stand behind one
# address.
VISITOR_READS = RateLimitItemPerMinute(settings.visitor_reads_per_minute)
ADDRESS_READS = RateLimitItemPerMinute(settings.address_reads_per_minute)
ADDRESS_SOCKETS = RateLimitItemPerMinute(settings.address_sockets_per_minute)
# GoTrue's own limits are per address and hour; this stops guessing at one account first.
SIGN_INS = parse("10/15 minutes")
RESETS = parse("5/hour")
UPLOADS = parse("120/hour")
# Trying an agent out and examining it ask a model for no customer, so no plan counts them: an organization's people do
# it by hand, a script in a loop.
TRIALS, TRIALS_DAY = parse("120/hour"), parse("500/day")
EXAMS = parse("30/day")


async def spend(limit: RateLimitItem, *who: str) -> None:
    """Counts one; raises TooMuch (with the seconds to wait) when there were too many."""
    if not settings.redis_url:
        wait = _windows[limit].spend(limit, who)
    elif await _shared().hit(limit, *who):
        return
    else:
        stats = await _shared().get_window_stats(limit, *who)
        wait = stats.reset_time - time.time()
    if wait is not None:
        raise TooMuch(retry_after=max(1, round(wait)))


class Window:
    """One limit's moving window over everybody, in this process's memory. The library's own asks a thread about
    every key it holds, each time one of them is used."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Whoever spent last stands last, so that those whose time is over are found in front.
        self._spent: OrderedDict[tuple[str, ...], deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._spent)

    def spend(self, limit: RateLimitItem, who: tuple[str, ...]) -> float | None:
        """None when it was counted, else the seconds until one more may be."""
        if not limit.amount:
            return limit.get_expiry()
        now = self._clock()
        over = now - limit.get_expiry()
        spent = self._spent.setdefault(who, deque(maxlen=limit.amount))
        if len(spent) == limit.amount and spent[0] > over:
            return spent[0] - over
        spent.append(now)
        self._spent.move_to_end(who)
        while next(iter(self._spent.values()))[-1] <= over:
            self._spent.popitem(last=False)
        return None


_windows: defaultdict[RateLimitItem, Window] = defaultdict(Window)


@cache
def _shared() -> MovingWindowRateLimiter:
    """The windows of all processes together."""
    return MovingWindowRateLimiter(RedisStorage(f"async+{settings.redis_url}", implementation="redispy"))


class Seats:
    """How much of one kind somebody holds open at once, in this process."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held: dict[str, int] = {}

    def ask(self, who: str) -> None:
        """Raises TooMuch when all are taken."""
        if self.held.get(who, 0) >= self.most:
            raise TooMuch(retry_after=SEAT_WAIT)

    @contextmanager
    def taken(self, who: str) -> Iterator[None]:
        self.held[who] = self.held.get(who, 0) + 1
        try:
            yield
        finally:
            self.held[who] -= 1
            if not self.held[who]:
                del self.held[who]


SEAT_WAIT = 15  # seconds; nobody knows when somebody else leaves
STREAMS = Seats(settings.address_streams_at_once)
# Trials of one organization: one that was started over is still asked for until its model is done.
TRYING = Seats(6)
# Dashboard sockets of people who are not signed in: the pages at the door.
STRANGERS = Seats(settings.address_strangers_at_once)


def forget() -> None:
    """Everybody starts anew (tests)."""
    _windows.clear()
    _shared.cache_clear()
