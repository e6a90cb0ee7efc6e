"""The pipeline of tutorials: overlapping chunks, PyTorch vectors, a flat FAISS index, the sentence nearest to the question."""

import pickle
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer

from quotewise.eval.peers.comparison import PeerAnswer, Weights, texts
from quotewise.index.sentences import sentence_spans

name = "tutorial pipeline"
setup = (
    "RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True) as in LangChain's RAG tutorial, "
    "SentenceTransformer.encode(normalize_embeddings=True), IndexFlatIP, 4 chunks, best sentence by cosine"
)
_TOP = 4


def index(corpus: Path, folder: Path, weights: Weights) -> None:
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    found = texts(corpus)
    documents = splitter.create_documents([text for _, text in found], [{"path": path} for path, _ in found])
    chunks = [(one.metadata["path"], one.metadata["start_index"], one.page_content) for one in documents]
    vectors = SentenceTransformer(str(weights.embedder)).encode([chunk[2] for chunk in chunks], normalize_embeddings=True)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(np.asarray(vectors, np.float32))
    faiss.write_index(flat, str(folder / "index.faiss"))
    (folder / "chunks.pickle").write_bytes(pickle.dumps(chunks))


def open(folder: Path, weights: Weights) -> Callable[[str], PeerAnswer | None]:
    flat = faiss.read_index(str(folder / "index.faiss"))
    chunks = pickle.loads((folder / "chunks.pickle").read_bytes())
    model = SentenceTransformer(str(weights.embedder))

    def ask(question: str) -> PeerAnswer | None:
        vector = model.encode([question], normalize_embeddings=True)
        _, nearest = flat.search(np.asarray(vector, np.float32), _TOP)
        sentences = [
            (path, start + span.start, text[span.start : span.end])
            for path, start, text in (chunks[i] for i in nearest[0] if i >= 0)
            for span in sentence_spans(text)
        ]
        scores = model.encode([text for _, _, text in sentences], normalize_embeddings=True) @ vector[0]
        path, start, text = sentences[int(scores.argmax())]
        return PeerAnswer(path, start, text, text, float(scores.max()))

    return ask
