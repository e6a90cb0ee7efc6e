"""Haystack: hybrid retrieval joined by reciprocal ranks, and its extractive reader."""

from collections.abc import Callable
from pathlib import Path

from quotewise.eval.peers.comparison import PeerAnswer, Weights, texts

name = "Haystack"
setup = (
    "DocumentSplitter(word, 150, overlap 30), InMemoryDocumentStore, InMemoryBM25Retriever and InMemoryEmbeddingRetriever "
    "joined by DocumentJoiner(reciprocal_rank_fusion) as in its hybrid retrieval tutorial, top 10, TransformersExtractiveReader"
)
_TOP = 10


def index(corpus: Path, folder: Path, weights: Weights) -> None:
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

    splitter = DocumentSplitter(split_by="word", split_length=150, split_overlap=30)
    splitter.warm_up()
    embedder = SentenceTransformersDocumentEmbedder(model=str(weights.embedder), progress_bar=False, normalize_embeddings=True)
    embedder.warm_up()
    chunks = splitter.run([Document(content=text, meta={"path": path}) for path, text in texts(corpus)])["documents"]
    store = InMemoryDocumentStore(embedding_similarity_function="dot_product")
    store.write_documents(embedder.run(chunks)["documents"])
    store.save_to_disk(str(folder / "store.json"))


def open(folder: Path, weights: Weights) -> Callable[[str], PeerAnswer | None]:
    from haystack import Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder
    from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

    store = InMemoryDocumentStore.load_from_disk(str(folder / "store.json"))
    pipeline = Pipeline()
    pipeline.add_component(
        "embedder", SentenceTransformersTextEmbedder(model=str(weights.embedder), progress_bar=False, normalize_embeddings=True)
    )
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=_TOP))
    pipeline.add_component("lexical", InMemoryBM25Retriever(store, top_k=_TOP))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=_TOP))
    pipeline.add_component("reader", TransformersExtractiveReader(model=str(weights.reader), top_k=1, no_answer=False))
    pipeline.connect("embedder.embedding", "dense.query_embedding")
    pipeline.connect("dense", "joiner")
    pipeline.connect("lexical", "joiner")
    pipeline.connect("joiner.documents", "reader.documents")
    pipeline.warm_up()

    def ask(question: str) -> PeerAnswer | None:
        found = pipeline.run({"embedder": {"text": question}, "lexical": {"query": question}, "reader": {"query": question}})
        answers = found["reader"]["answers"]
        if not answers or answers[0].data is None:
            return None
        best = answers[0]
        start = best.document.meta["split_idx_start"] + best.document_offset.start
        return PeerAnswer(best.document.meta["path"], start, best.data, best.data, best.score)

    return ask
