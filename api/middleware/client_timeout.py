"""Connections of clients that are too slow are closed, which uvicorn does only for idle ones."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class ClientTimeoutProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with a time limit for the head of a request and for each step of taking a response."""

    TIMEOUT_SECONDS = 20.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE or self.conn.our_state is h11.DONE:  # no request is being answered
            self._start_timer()
        elif not self.flow.write_paused:
            self._stop_timer()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start_timer()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _start_timer(self) -> None:
        self._timer = self._timer or self.loop.call_later(self.TIMEOUT_SECONDS, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
