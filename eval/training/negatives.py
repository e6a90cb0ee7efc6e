"""A question into the passages of a set that retrieval finds for it though the answer is not in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy


@dataclass(frozen=True, slots=True)
class Context:
    """A text of a set and the title of its document, empty where the set has none."""

    text: str
    title: str


class Corpus:
    """The distinct contexts of a set, in BM25."""

    def __init__(self, contexts: Iterable[Context]) -> None:
        self._contexts = list({context.text: context for context in contexts}.values())
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("text", tokenizer_name="en_stem", index_option="freq")
        schema.add_unsigned_field("number", stored=True)
        self._index = tantivy.Index(schema.build())
        writer = self._index.writer(num_threads=1)
        for number, context in enumerate(self._contexts):
            writer.add_document(tantivy.Document(text=context.text, number=number))
        writer.commit()
        self._index.reload()

    def confusable(self, question: str, answers: Sequence[str], context: str, limit: int = 6) -> list[Context]:
        """Up to ``limit`` best other contexts that hold none of the answers."""
        searcher = self._index.searcher()
        query, _ = self._index.parse_query_lenient(question, ["text"])
        found: list[Context] = []
        for _, address in searcher.search(query, limit * 3, count=False).hits:
            other = self._contexts[searcher.doc(address)["number"][0]]
            if other.text != context and not any(answer.lower() in other.text.lower() for answer in answers):
                found.append(other)
        return found[:limit]
