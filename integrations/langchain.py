"""LangChain: quotes as documents with their citations, and an answer made of them (needs langchain-core)."""

from typing import Annotated, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from pydantic import BeforeValidator, ConfigDict, Field

from quotewise.integrations.sources import Quoted, Source, ask, opened


class QuotewiseRetriever(BaseRetriever):
    """The quotes that answer a question, likeliest first; none where the documents do not answer.

    ``source`` is an open folder, a client, the path of a folder or the address of a service; ``options`` are for its ``ask``.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    source: Annotated[Source, BeforeValidator(opened)]
    options: dict[str, Any] = Field(default_factory=dict)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return _documents(ask(self.source, query, self.options))


class QuotewiseChain(RunnableSerializable[str | dict[str, Any], dict[str, Any]]):
    """Answers a question, or the ``input`` of a dictionary, as a retrieval chain does: ``input``, ``answer`` and ``context``.

    ``answer`` is the quotes, each followed by the number of its citation, and ``context`` has a document for each; without an
    answer it is a fixed sentence, and the context is empty. ``answered``, ``state`` and ``confidence`` are Quotewise's own.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    source: Annotated[Source, BeforeValidator(opened)]
    options: dict[str, Any] = Field(default_factory=dict)

    def invoke(self, input: str | dict[str, Any], config: RunnableConfig | None = None, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._call_with_config(self._answer, input, config, **options)
        return found

    def _answer(self, asked: str | dict[str, Any], **options: Any) -> dict[str, Any]:
        question = asked if isinstance(asked, str) else asked["input"]
        found = ask(self.source, question, {**self.options, **options})
        return {"input": question, "answer": found.text, "context": _documents(found), **found.metadata}


def _documents(found: Quoted) -> list[Document]:
    return [Document(quote.text, id=quote.id, metadata=quote.metadata) for quote in found.quotes]
