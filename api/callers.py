"""Who calls a use case, whatever the interface: an API key, this machine, or nobody known."""

from dataclasses import dataclass
from typing import Literal

from quotewise.api.errors import ForbiddenError

Scope = Literal["ask", "manage"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The identity and the rights of a caller; ``collections`` None means all."""

    id: str
    scopes: tuple[Scope, ...]
    collections: tuple[str, ...] | None = None

    def has_scope(self, scope: Scope) -> bool:
        """Whether the caller has a scope; ``manage`` includes ``ask``."""
        return scope in self.scopes or "manage" in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises ForbiddenError without the scope."""
        if not self.has_scope(scope):
            raise ForbiddenError(f"this needs a key with the scope {scope}")

    def can_access(self, collection: str) -> bool:
        """Whether the caller may know of a collection."""
        return self.collections is None or collection in self.collections

    def require_access(self, collection: str) -> None:
        """Raises ForbiddenError where the caller may not know of a collection, whether or not it exists."""
        if not self.can_access(collection):
            raise ForbiddenError("this key may not use that collection")

    def default_collection(self, collection: str) -> str:
        """The collection that a request means if it names none: that of the settings or else the caller's first."""
        return collection if not self.collections or self.can_access(collection) else self.collections[0]


LOCAL = Caller("local", ("ask", "manage"))
"""This machine while there are no keys, and the process itself."""
ANONYMOUS = Caller("nobody", (), ())
"""A client without a valid key, where none is needed."""
