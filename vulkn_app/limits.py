"""How often somebody may do something. In this process' memory, or in Redis when REDIS_URL is set."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
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

_limiter: MovingWindowRateLimiter | None = None


def limiter() -> MovingWindowRateLimiter:
    global _limiter
    if _limiter is None:
        _limiter = MovingWindowRateLimiter(_storage())
    return _limiter


async def spend(limit: RateLimitItem, *who: str) -> None:
    """Counts one; raises TooMuch (with the seconds to wait) when there were too many."""
    if await limiter().hit(limit, *who):
        return
    stats = await limiter().get_window_stats(limit, *who)
    raise TooMuch(retry_after=max(1, round(stats.reset_time - time.time())))


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
# Dashboard sockets of people who are not signed in: the pages at the door.
STRANGERS = Seats(settings.address_strangers_at_once)


def forget() -> None:
    """Everybody starts anew (tests)."""
    global _limiter
    _limiter = None


def _storage() -> Storage:
    if settings.redis_url:
        return RedisStorage(f"async+{settings.redis_url}", implementation="redispy")
    return MemoryStorage()
