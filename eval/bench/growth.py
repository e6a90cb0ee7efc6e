"""How the costs of an index grow with its chunks, by stage, over stores that are filled quickly from a folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from quotewise.eval.bench.sizes import measure_searching, measure_writing

Fill = Annotated[
    Path, typer.Option(metavar="DIR", help="Documents to recombine, with their vectors, into the stores.", show_default=False)
]
Sizes = Annotated[str, typer.Option(metavar="N,N", help="Chunks of each store.")]


def bench_index(fill: Fill, sizes: Sizes = "10000,100000") -> Iterator[dict[str, Any]]:
    """Fill stores and upload small documents to them, and say by stage how the costs grow.

    Beside the time and the bytes written of an upload: disk, memory, start, and what searches take while documents are put and
    vectors compacted.
    """
    return _growth(fill, sizes, measure_writing)


def bench_search(fill: Fill, sizes: Sizes = "10000,100000") -> Iterator[dict[str, Any]]:
    """Fill stores, search and ask them, and say by stage how the time grows, and what the vectors miss of exact search."""
    return _growth(fill, sizes, measure_searching)


def _growth(corpus: Path, sizes: str, measure: Callable[[int, Path], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row a size, and the exponent b of the least-squares fit milliseconds = a * chunks ** b of each stage."""
    if not all(size.isdigit() and int(size) for size in sizes.split(",")):
        raise typer.BadParameter(f"--sizes is positive numbers with commas between, such as 1000,10000, not {sizes!r}")
    rows = []
    for size in sorted(map(int, sizes.split(","))):
        rows.append(measure(size, corpus))
        yield rows[-1]
    if len(rows) > 1:
        chunks = np.log([row["chunks"] for row in rows])
        times = {stage: np.log([max(row["stages_ms"][stage], 1e-6) for row in rows]) for stage in rows[0]["stages_ms"]}
        yield {"grows_with_chunks_to_the_power_of": {s: round(float(np.polyfit(chunks, t, 1)[0]), 2) for s, t in times.items()}}
