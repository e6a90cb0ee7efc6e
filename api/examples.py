"""The examples in the OpenAPI description: a test sends each of them to a service of ``seeds/`` and checks the answer."""

from typing import Any

_PATH = "000_7929c3090c429e95.txt"
_SHA256 = "43f0440753d42fc6430ff19967c0db4ea98795c49ee66fe3feca1aba89c982d1"
_DOCUMENT = {
    "id": "b2b170137b3621de",
    "path": _PATH,
    "title": "000_7929c3090c429e95",
    "sha256": _SHA256,
    "media_type": "text/plain",
}
_QUESTION = "why did Russia ignore the warning?"
_TOO_GENERAL = (
    "Russian officials dismissed the American warning as too general, preventing them from identifying the potential attackers."
)
_SPAN = {"start": 1152, "end": 1274}

ASK: dict[str, Any] = {
    "question": {"summary": "A question", "value": {"question": _QUESTION}},
    "narrowed": {
        "summary": "One quote, from some of the documents",
        "value": {
            "question": "who claimed responsibility for the attack?",
            "max_quotes": 1,
            "filter": {"path_prefix": "000_", "media_type": "text/plain"},
        },
    },
    "follow_up": {
        "summary": "A question that follows another, with what was cited for that one",
        "value": {"question": "why?", "history": [{"question": "Did Russia heed the warning?", "quotes": [_TOO_GENERAL]}]},
    },
}
SEARCH: dict[str, Any] = {
    "words": {"summary": "Some words", "value": {"question": "duty to warn", "top_k": 3}},
}
VERIFY: dict[str, Any] = {
    "citation": {
        "summary": "A citation, with or without the other fields it had in the answer",
        "value": {"citations": [{"quote": _TOO_GENERAL, **_SPAN, "document": {"path": _PATH, "sha256": _SHA256}}]},
    },
}
EXTRACT: dict[str, Any] = {
    "capital": {
        "summary": "Texts from a retriever of the caller's own",
        "value": {
            "question": "What is the capital of France?",
            "texts": ["Paris is the capital of France. It lies on the Seine.", "Bananas are yellow."],
        },
    },
    "one_quote": {
        "summary": "At most one quote of each text",
        "value": {"question": _QUESTION, "texts": [_TOO_GENERAL], "max_quotes": 1},
    },
}
EXTRACT_BATCH: dict[str, Any] = {
    "two": {
        "summary": "Two questions, each with its own texts",
        "value": {"requests": [EXTRACT[name]["value"] for name in ("capital", "one_quote")]},
    },
}
DOCUMENT_ID: dict[str, Any] = {"seed": {"summary": "The document of seeds/", "value": _DOCUMENT["id"]}}

ANSWER: dict[str, Any] = {
    "question": _QUESTION,
    "answered": True,
    "confidence": 0.5644,
    "threshold": 0.15,
    "answer": f"{_TOO_GENERAL} [1]",
    "short_answer": None,
    "citations": [
        {
            "id": 1,
            "quote": _TOO_GENERAL,
            **_SPAN,
            "line_start": 5,
            "line_end": 5,
            "page": None,
            "heading": [],
            "score": 0.91,
            "highlights": [_SPAN],
            "document": _DOCUMENT,
        }
    ],
    "closest": [],
    "passages": None,
    "timings_ms": {"embed": 4.1, "search": 2.2, "read": 7.9, "total": 14.2},
    "request_id": "5f0c2e8a9b7d4c31a6e2f4d8c0b1a397",
}
