"""txtai: a hybrid index of passages, and its extractive question answering over the best ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

from quotewise.eval.peers.comparison import PeerAnswer, Weights, texts

name = "txtai"
setup = (
    "Embeddings(hybrid=True, content=True) over paragraphs, RAG with a question-answering model over the best 3, as in its "
    "notebook on extractive question answering; it claims no place, so its answer is looked up in the paragraphs"
)


def index(corpus: Path, folder: Path, weights: Weights) -> None:
    from txtai import Embeddings

    embeddings = Embeddings(path=str(weights.embedder), hybrid=True, content=True)
    embeddings.index((f"{path}:{start}", part) for path, text in texts(corpus) for start, part in _paragraphs(text))
    embeddings.save(str(folder / "index"))


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for part in text.split("\n"):
        if part.strip():
            yield start, part
        start += len(part) + 1


def open(folder: Path, weights: Weights) -> Callable[[str], PeerAnswer | None]:
    from txtai import Embeddings
    from txtai.pipeline import RAG

    embeddings = Embeddings()
    embeddings.load(str(folder / "index"))
    answering = RAG(embeddings, str(weights.reader), context=3, output="reference", task="question-answering")

    def ask(question: str) -> PeerAnswer | None:
        try:
            [(_, answer, reference)] = answering([("", question, question, False)])
        except TypeError:  # its pipeline cannot read that a model finds no answer, which SQuAD 2.0 models say with [CLS]
            return None
        found = embeddings.search(question, 3)
        if not answer or not found:
            return None
        holding = next((one for one in found if answer in one["text"]), None)
        confidence = max(one["score"] for one in found)
        if holding is None:
            return PeerAnswer(str(reference).rsplit(":", 1)[0], None, answer, answer, confidence)
        path, start = holding["id"].rsplit(":", 1)
        return PeerAnswer(path, int(start) + holding["text"].index(answer), answer, answer, confidence)

    return ask
