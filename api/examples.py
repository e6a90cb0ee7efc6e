"""The examples in the OpenAPI description: a test sends each of them to a service of ``seeds/`` and compares."""

from typing import Any

_PATH = "000_7929c3090c429e95.txt"
_DOCUMENT = {
    "id": "b2b170137b3621de",
    "path": _PATH,
    "title": "000_7929c3090c429e95",
    "sha256": "43f0440753d42fc6430ff19967c0db4ea98795c49ee66fe3feca1aba89c982d1",
    "media_type": "text/plain",
}
_TOO_GENERAL = (
    "Russian officials dismissed the American warning as too general, preventing them from identifying the potential attackers."
)

ASK: dict[str, Any] = {}
SEARCH: dict[str, Any] = {}
VERIFY: dict[str, Any] = {}
DOCUMENT_ID: dict[str, Any] = {}
ASK_RESPONSES: dict[int | str, Any] = {}
