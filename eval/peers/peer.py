"""What every system under comparison is asked to do: index a folder, be opened again, answer with a place."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Weights:
    """Folders of the models that every system uses: a sentence-transformers embedder, and a reader in Hugging Face layout."""

    embedder: Path
    reader: Path


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """What a system answers: its first quote with the place it claims for it, a short answer, and how sure it says it is.

    ``start`` is None where it claims no place in the file.
    """

    path: str
    start: int | None
    quote: str
    short_answer: str
    confidence: float


class Peer(Protocol):
    """A system; ``setup`` says how it was set up and by which part of its documentation."""

    name: str
    setup: str

    def index(self, corpus: Path, folder: Path, weights: Weights) -> None:
        """Index the text files of a folder and keep what is needed to answer in another."""
        ...

    def open(self, folder: Path, weights: Weights) -> Callable[[str], PeerAnswer | None]:
        """Ready to answer from what was kept."""
        ...


def texts(corpus: Path) -> list[tuple[str, str]]:
    """Path and text of each file of a corpus."""
    return [(path.name, path.read_bytes().decode()) for path in sorted(corpus.iterdir())]
