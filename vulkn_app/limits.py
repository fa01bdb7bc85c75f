"""How often somebody may do something. In this process' memory, or in Redis when REDIS_URL is set."""

import time

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
# GoTrue's own limits are per address and hour; this stops guessing at one account first.
SIGN_INS = parse("10/15 minutes")
RESETS = parse("5/hour")

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


def forget() -> None:
    """Everybody starts anew (tests)."""
    global _limiter
    _limiter = None


def _storage() -> Storage:
    if settings.redis_url:
        return RedisStorage(f"async+{settings.redis_url}", implementation="redispy")
    return MemoryStorage()
