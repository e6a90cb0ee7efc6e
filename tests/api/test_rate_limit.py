import pytest

from quotewise.api.errors import TooManyRequestsError
from quotewise.api.middleware import rate_limit
from quotewise.api.middleware.rate_limit import RateLimit


def test_rates_are_counted_in_a_moving_window_and_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    limit, now = RateLimit(), 0.0
    monkeypatch.setattr(rate_limit, "monotonic", lambda: now)

    def waits(count: int) -> list[str]:
        """What each of so many requests is told to wait, in seconds."""
        told = []
        for _ in range(count):
            try:
                limit.hit("a", "2/minute")
                told.append("0")
            except TooManyRequestsError as error:
                told.append(error.headers["Retry-After"])
        return told

    assert waits(3) == ["0", "0", "61"]
    now = 59.0
    assert waits(1) == ["2"]
    now = 60.0
    assert waits(3) == ["0", "0", "61"]
    for number in range(20_000):
        limit.hit(str(number), "2/minute")
    assert len(limit._times) == 10_000
