"""LlamaIndex: quotes as nodes with their citations, and an answer made of them (needs llama-index-core)."""

import asyncio
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from quotewise.integrations.sources import Quote, Source, ask, opened

_FOR_MODELS = {"title", "place"}
"""The metadata that a language model or an embedder is shown with the quote."""


class QuotewiseRetriever(BaseRetriever):
    """The quotes that answer a question, likeliest first; none where the documents do not answer.

    ``source`` is an open folder, a client, the path of a folder or the address of a service; ``options`` are for its ``ask``.
    """

    def __init__(self, source: Source | str, callback_manager: CallbackManager | None = None, **options: Any) -> None:
        super().__init__(callback_manager)
        self._source, self._options = opened(source), options

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return list(map(_node, ask(self._source, query_bundle.query_str, self._options).quotes))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class QuotewiseQueryEngine(BaseQueryEngine):
    """Answers with the quotes, each followed by the number of its citation, and a source node for each.

    Without an answer the response is a fixed sentence without source nodes; its metadata has ``answered``, ``state`` and
    ``confidence``. The arguments are those of the retriever.
    """

    def __init__(self, source: Source | str, callback_manager: CallbackManager | None = None, **options: Any) -> None:
        super().__init__(callback_manager)
        self._source, self._options = opened(source), options

    def _query(self, query_bundle: QueryBundle) -> Response:
        found = ask(self._source, query_bundle.query_str, self._options)
        return Response(found.text, list(map(_node, found.quotes)), found.metadata)

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


def _node(quote: Quote) -> NodeWithScore:
    hidden = sorted(quote.metadata.keys() - _FOR_MODELS)
    node = TextNode(
        id_=quote.id,
        text=quote.text,
        metadata=quote.metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
        start_char_idx=quote.metadata["start"],
        end_char_idx=quote.metadata["end"],
    )
    return NodeWithScore(node=node, score=quote.score)
