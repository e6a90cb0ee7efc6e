"""Questions of this machine's user, put to the service that runs on the index or, where none answers, to the index itself."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from quotewise.api.callers import LOCAL
from quotewise.api.running_service import RunningService
from quotewise.api.settings import Settings
from quotewise.index.errors import QuotewiseError

if TYPE_CHECKING:
    from quotewise.api.service import Service

_REQUEST = "command-line"
Turn = tuple[str, Sequence[str]]
"""An earlier question, and the quotes that answered it."""


class Questions:
    """An index that questions can be put to; what comes back is the JSON that the HTTP API documents.

    With ``local`` a running service is not asked; ``also`` names collections that are asked beside the one of the settings. The
    index is opened, and its models are loaded, only when it is needed.
    """

    def __init__(self, settings: Settings, local: bool = False, also: Sequence[str] = ()) -> None:
        self._settings, self._also = settings, tuple(also)
        self._running = None if local else RunningService.of(settings)
        self._service: Service | None = None

    def ask(self, question: str, path_prefix: str = "", history: Sequence[Turn] = ()) -> dict[str, Any]:
        """The response of ``POST /ask``. Raises QuotewiseError where there is none."""
        turns = [{"question": asked, "quotes": quotes} for asked, quotes in history]
        limits = {"max_quotes": self._settings.max_quotes, "threshold": self._settings.threshold, "history": turns}
        if (found := self._post("/ask", question, path_prefix, limits)) is not None:
            return found
        check_question(question)
        from quotewise.api.responses import AskResponse, to_python
        from quotewise.index.filters import Filter
        from quotewise.rag import followups
        from quotewise.rag.pipeline import AskOptions

        before = [followups.Turn(asked, tuple(quotes)) for asked, quotes in history]
        options = AskOptions(where=Filter(path_prefix), history=before, also=self._also)
        answer = self.index().ask(LOCAL, question, self._settings.collection, options)
        response: dict[str, Any] = to_python(AskResponse.of(answer, passages=None, request_id=_REQUEST))
        return response

    def search(self, question: str, path_prefix: str = "") -> list[dict[str, Any]]:
        """The passages of the response of ``POST /search``. Raises QuotewiseError where there is none."""
        found = self._post("/search", question, path_prefix, {})
        if found is None:
            check_question(question)
            from quotewise.api.responses import to_python
            from quotewise.index.filters import Filter
            from quotewise.rag.pipeline import AskOptions

            options = AskOptions(where=Filter(path_prefix), also=self._also)
            found = to_python(self.index().search(LOCAL, question, self._settings.collection, options))
        passages: list[dict[str, Any]] = found["passages"]
        return passages

    def check(self) -> None:
        """Raises QuotewiseError where neither a service nor an index could be asked."""
        if self._running is None:
            self.index()

    def index(self) -> "Service":
        """The open index. Raises what ``Service.open`` does."""
        if self._service is None:
            from quotewise.api.service import Service  # here, since it takes most of the time that a command needs to start

            self._service = Service.open(self._settings)
        return self._service

    def _post(self, path: str, question: str, path_prefix: str, more: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the running service answers; once it does not, it is not asked again."""
        settings = self._settings
        where = {"collection": settings.collection, "collections": self._also, "filter": {"path_prefix": path_prefix}}
        found = self._running and self._running.post(path, {"question": question, "top_k": settings.top_k, **where, **more})
        self._running = self._running if found else None
        return found or None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._service:
            self._service.close()


def check_question(question: str) -> None:
    """Raises QuotewiseError where a question is blank, too long or not Unicode."""
    from pydantic import TypeAdapter, ValidationError

    from quotewise.api import requests

    try:
        TypeAdapter(requests.Question).validate_python(question)
    except ValidationError as error:
        raise QuotewiseError(f"question: {error.errors()[0]['msg']}") from error
