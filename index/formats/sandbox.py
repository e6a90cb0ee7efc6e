"""Runs functions on hostile bytes in child processes that have a limit on time and memory, and are used again.

A child is a fresh interpreter, since to fork a service with threads is unsafe, and saves little. Measured on two busy cores:
a fork of 1 GB takes 29 ms; a child 53 ms, and 100 ms more to import a parser, once; a call 0.3 ms and 2 ms a megabyte.
There are no more children than processors; further calls wait.
"""

import atexit
import importlib
import os
import pickle
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import psutil

from quotewise.index.errors import DocumentError, TimeLimitError

MEMORY_BYTES = 1 << 30
_SECONDS_TO_START = 60.0
_CALLS_OF_A_CHILD = 1000
_LONGEST, _LEAST_SHARE = 5, 0.05
"""How many times its seconds a call may take where others keep the processors busy, of which it must have had that share."""
_CHILDREN = os.cpu_count() or 1
_HEADER = struct.Struct("<Q")
_T = TypeVar("_T")


def call(function: Callable[..., _T], *arguments: Any, seconds: float = 20.0, memory: int = MEMORY_BYTES) -> _T:
    """What a function of a module makes of its arguments, in a child process.

    Raises:
        TimeLimitError: it took more than so many seconds, or so many of a processor where others kept these busy.
        DocumentError: it took more than so many bytes of memory, or ended the process.
        Exception: what the function raised.
    """
    if _serving:
        return function(*arguments)  # this is a child already, under the limits of the call that it answers
    return _POOL.call(function, arguments, seconds, memory)  # type: ignore[no-any-return]


class _Deadline:
    """When a call must have ended: after some seconds, or later if the child has had less of a processor, but some."""

    def __init__(self, seconds: float, process: int) -> None:
        self._seconds, self._process = seconds, process
        self._began, self._used = time.monotonic(), self._processor_seconds()

    def left(self) -> float:
        """The seconds to wait before this is asked again; 0 when the time is up."""
        elapsed = time.monotonic() - self._began
        if elapsed < self._seconds:
            return self._seconds - elapsed
        used = self._processor_seconds() - self._used
        is_starved = _LEAST_SHARE * elapsed <= used < self._seconds and elapsed < _LONGEST * self._seconds
        return self._seconds - used if is_starved else 0.0

    def _processor_seconds(self) -> float:
        try:
            times = psutil.Process(self._process).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)


class _Child:
    """A child process that answers one call after the other."""

    def __init__(self, memory: int) -> None:
        start = f"import sys; sys.path[:] = sys.argv[1:]; from {__name__} import serve; serve()"
        command = [sys.executable, "-P", "-c", start, *(folder for folder in sys.path if Path(folder).is_absolute())]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
            start_new_session=True,  # what interrupts the parent is for the parent to handle
        )
        self.memory = memory
        self.calls = 0
        self.ready = False

    def send(self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Any:
        """The child's answer: whether it is a value, and the value or error."""
        assert self.process.stdin and self.process.stdout
        self.calls += 1
        message = pickle.dumps((self.memory, function.__module__, function.__qualname__, arguments), pickle.HIGHEST_PROTOCOL)
        deadline = _Deadline(seconds + (0 if self.ready else _SECONDS_TO_START), self.process.pid)
        _write(self.process.stdin.fileno(), message, deadline)
        if not self.ready:
            _read(self.process.stdout.fileno(), deadline)  # it has imported the function
            self.ready = True
            deadline = _Deadline(seconds, self.process.pid)
        return pickle.loads(_read(self.process.stdout.fileno(), deadline))

    def exit_code(self) -> int:
        """The code with which a child that has closed its output ends, negative for a signal."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        return self.end()

    def end(self) -> int:
        """End the process; the code with which it ended, negative for a signal."""
        self.process.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()
        return self.process.wait()


class _Pool:
    """Children that wait for calls, made when they are needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._owner = os.getpid()
        self._running = threading.BoundedSemaphore(_CHILDREN)

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float, memory: int) -> Any:
        with self._running:
            return self._call(function, arguments, seconds, memory)

    def _call(self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float, memory: int) -> Any:
        child = self._taken(memory)
        try:
            fine, value = child.send(function, arguments, seconds)
        except TimeoutError:
            child.end()
            raise TimeLimitError(f"takes more than {seconds:g} seconds to read") from None
        except (EOFError, BrokenPipeError):
            code = child.exit_code()
            signal = f", signal {-code}" if code < 0 else ""
            raise DocumentError(
                f"needs more than {memory >> 20:,} MB of memory to read, or is made to break its reader{signal}"
            ) from None
        except BaseException:
            child.end()
            raise
        self._put_back(child)
        if fine:
            return value
        if isinstance(value, MemoryError):
            raise DocumentError(f"needs more than {memory >> 20:,} MB of memory to read")
        raise value

    def _taken(self, memory: int) -> _Child:
        with self._lock:
            if self._owner != os.getpid():  # a fork has none of the children of its parent
                self._idle, self._owner = [], os.getpid()
            for number, child in enumerate(self._idle):
                if child.memory == memory:
                    return self._idle.pop(number)
        return _Child(memory)

    def _put_back(self, child: _Child) -> None:
        if child.calls < _CALLS_OF_A_CHILD:
            with self._lock:
                self._idle.append(child)
                if len(self._idle) <= _CHILDREN:
                    return
                child = self._idle.pop(0)
        child.end()

    def close(self) -> None:
        """End all children."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle if self._owner == os.getpid() else []:
            child.end()


_POOL = _Pool()
atexit.register(_POOL.close)


_serving = False


def serve() -> None:
    """The child: answers calls from its standard input until that ends."""
    global _serving
    _serving = True
    calls, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)  # what a library prints is no answer
    first = True
    while True:
        try:
            memory, module, name, arguments = pickle.loads(_read(calls, None))
        except EOFError:
            return
        function = getattr(importlib.import_module(module), name)
        if first:
            _limit(memory)
            _write(answers, b"", None)
            first = False
        try:
            answer = True, function(*arguments)
            message = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001 - it is raised again in the parent
            message = _failure(error)
        del arguments
        _write(answers, message, None)


def _failure(error: Exception) -> bytes:
    try:
        message = pickle.dumps((False, error.with_traceback(None)), pickle.HIGHEST_PROTOCOL)
        pickle.loads(message)
    except Exception:  # noqa: BLE001
        message = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}"[:500])))
    return message


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(file: int, message: bytes, deadline: _Deadline | None) -> None:
    if deadline is not None:
        os.set_blocking(file, False)
    view = memoryview(_HEADER.pack(len(message)) + message)
    while view:
        _wait(file, selectors.EVENT_WRITE, deadline)
        view = view[os.write(file, view[: 1 << 20]) :]


def _read(file: int, deadline: _Deadline | None) -> bytes:
    (size,) = _HEADER.unpack(_exactly(file, _HEADER.size, deadline))
    return _exactly(file, size, deadline)


def _exactly(file: int, size: int, deadline: _Deadline | None) -> bytes:
    found = bytearray()
    while len(found) < size:
        _wait(file, selectors.EVENT_READ, deadline)
        piece = os.read(file, min(size - len(found), 1 << 20))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)


def _wait(file: int, event: int, deadline: _Deadline | None) -> None:
    if deadline is None:
        return
    with selectors.DefaultSelector() as selector:
        selector.register(file, event)
        while not selector.select(left := deadline.left()):
            if not left:
                raise TimeoutError
