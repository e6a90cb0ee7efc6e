"""The errors of requests, whatever their protocol: what is refused, with the fields at fault and the headers that say more."""

from collections.abc import Mapping, Sequence

from quotewise.index.errors import QuotewiseError


class RequestError(QuotewiseError):
    """A refused request.

    Args:
        detail: what was given, what was expected and what to do.
        fields: the fields at fault, such as ``body.question``, each with what is wrong.
        headers: of the HTTP response.
    """

    def __init__(self, detail: str, fields: Sequence[tuple[str, str]] = (), headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.fields, self.headers = fields, dict(headers or {})


class MalformedJsonError(RequestError, code="malformed-json", status=400):
    """The body is not JSON."""


class UnauthorizedError(RequestError, code="unauthorized", status=401):
    """No valid key was sent, where one is needed."""


class ForbiddenError(RequestError, code="forbidden", status=403):
    """The key, origin or site may not do this."""


class LocalOnlyError(RequestError, code="local-only", status=403):
    """Without any key the service answers its own machine only."""


class NotFoundError(RequestError, code="not-found", status=404):
    """There is no such route."""


class MethodNotAllowedError(RequestError, code="method-not-allowed", status=405):
    """The route has other methods."""


class RequestTimeoutError(RequestError, code="request-timeout", status=408):
    """The body arrived too slowly."""


class PayloadTooLargeError(RequestError, code="payload-too-large", status=413):
    """The body has too many bytes."""


class UnsupportedMediaTypeError(RequestError, code="unsupported-media-type", status=415):
    """The body has a content type or encoding that the route does not take."""


class InvalidRequestError(RequestError, code="invalid-request", status=422):
    """A field is missing, unknown or out of bounds."""


class TooManyRequestsError(RequestError, code="too-many-requests", status=429):
    """The rate of a key or of an address is exceeded."""


class InternalError(RequestError, code="internal-error", status=500):
    """An unexpected error; only the log says more."""


class OverloadedError(RequestError, code="overloaded", status=503):
    """too many questions or uploads at once, or no turn within ten seconds; retry"""


class NotReadyError(QuotewiseError, code="not-ready", status=503):
    """the index is still being opened or the models loaded; retry"""


class CannotStartError(QuotewiseError, code="cannot-start", status=503):
    """the index or a model cannot be used; repair that and start the service again"""


class DescriptorsError(QuotewiseError, code="descriptors-exhausted", status=503):
    """the process has hardly any file descriptors left; raise its limit of open files"""


class DocumentChangedError(QuotewiseError, code="document-changed", status=409):
    """A document was replaced while its text was read, or its file is no longer the one that was indexed."""


class UnknownPageError(QuotewiseError, code="unknown-page", status=404):
    """The document has no such page, or none that can be drawn."""
