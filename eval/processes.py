"""Work in a process of its own, whose memory and start-up are its own too, and what processes and machines are measured by."""

import platform
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import psutil

from quotewise.index.onnx_model import instruction_set

T = TypeVar("T")


def in_own_process(function: Callable[..., T], *arguments: Any) -> T:
    """What a function of a module returns or raises in a new process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def peak_mib() -> int:
    """The peak resident memory of this process; unlike ``ru_maxrss`` not that of the process which started it."""
    peaks = [int(line.split()[1]) for line in _lines("/proc/self/status") if line.startswith("VmHWM:")]
    return round(max(peaks, default=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024)


def resident_mib() -> int:
    """The resident memory of this process now."""
    return round(psutil.Process().memory_info().rss / (1 << 20))


def machine() -> dict[str, Any]:
    """What figures of speed depend on."""
    models = [line.split(": ", 1)[1] for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "instruction_set": instruction_set(),
        "cores": psutil.cpu_count() or 1,
        "memory_gib": round(psutil.virtual_memory().total / (1 << 30)),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []
