"""How many requests a key or an address may send in a moving window."""

from collections import deque
from functools import lru_cache
from time import monotonic

import limits
from cachetools import LRUCache

from quotewise.api.errors import TooManyRequestsError
from quotewise.api.keys import Keys

_MAX_NAMES = 10_000
_parsed = lru_cache(1000)(limits.parse)


class RateLimit:
    """Moving windows of requests by name, in bounded memory: the name not seen for longest is forgotten first.

    In place of the memory storages of ``limits``: the synchronous one starts a thread for every request that comes 10 ms or
    more after the one before (0.29 ms a request, measured on two cores), that of ``limits.aio`` 5.8 makes a call in a thread
    for every name it knows whenever one is counted, and neither bounds the number of names, which strangers choose.
    """

    def __init__(self) -> None:
        self._times: LRUCache[str, deque[float]] = LRUCache(_MAX_NAMES)

    def hit(self, name: str, rate: str) -> None:
        """Count a request, unless it is one too many. Raises TooManyRequestsError with the seconds to wait."""
        limit, now = _parsed(rate), monotonic()
        seconds = limit.get_expiry()
        times = self._times.setdefault(name, deque())
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= limit.amount:
            raise _refusal(rate, times[0] + seconds - now)
        times.append(now)


class SharedRateLimit:
    """The same for all processes that share a catalogue, which counts in fixed windows, of which it makes a moving one."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def hit(self, name: str, rate: str) -> None:
        """As ``RateLimit.hit``. Raises KeysUnavailableError too."""
        limit = _parsed(rate)
        if wait := self._keys.count_request(name, limit.amount, limit.get_expiry()):
            raise _refusal(rate, wait)


def _refusal(rate: str, seconds: float) -> TooManyRequestsError:
    wait, limit = str(int(seconds) + 1), _parsed(rate)
    policy = f'"default";q={limit.amount};w={limit.get_expiry()}'
    headers = {"Retry-After": wait, "RateLimit-Policy": policy, "RateLimit": f'"default";r=0;t={wait}'}
    return TooManyRequestsError(f"more requests than {rate}", headers=headers)
