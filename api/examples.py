"""The examples in the OpenAPI description: a test sends each of them to a service of ``seeds/`` and checks the answer."""

import json
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
CHAT: dict[str, Any] = {
    "conversation": {
        "summary": "A question after another",
        "value": {
            "model": "default",
            "messages": [
                {"role": "user", "content": "who attacked Crocus City Hall?"},
                {"role": "assistant", "content": f"{_TOO_GENERAL} [1]"},
                {"role": "user", "content": _QUESTION},
            ],
        },
    },
}
MODEL: dict[str, Any] = {"default": {"summary": "The default collection", "value": "default"}}
DOCUMENT_ID: dict[str, Any] = {"seed": {"summary": "The document of seeds/", "value": _DOCUMENT["id"]}}
UPLOAD_COLLECTION: dict[str, Any] = {"uploads": {"summary": "A collection of uploads", "value": "uploads"}}
UPLOAD_PATH: dict[str, Any] = {"tea": {"summary": "A file in a folder", "value": "drinks/tea.txt"}}
UPLOAD: dict[str, Any] = {"tea": {"summary": "A text", "value": "Tea was first drunk in southwest China."}}
FEEDBACK: dict[str, Any] = {
    "right": {"summary": "It helped", "value": {"request_id": "5f0c2e8a9b7d4c31a6e2f4d8c0b1a397", "helpful": True}},
    "wrong": {
        "summary": "It did not, and this quote would have",
        "value": {
            "request_id": "5f0c2e8a9b7d4c31a6e2f4d8c0b1a397",
            "helpful": False,
            "right_quote": {"document_id": _DOCUMENT["id"], **_SPAN},
        },
    },
}

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
_TOLD = ("question", "answered", "confidence", "threshold", "short_answer", "closest")
EVENTS = "".join(
    f"event: {name}\ndata: {json.dumps(data)}\n\n"
    for name, data in (
        ("passages", {"passages": []}),
        ("citation", ANSWER["citations"][0]),
        (
            "answer",
            {name: ANSWER[name] for name in _TOLD},
        ),
        ("done", {"timings_ms": ANSWER["timings_ms"], "request_id": ANSWER["request_id"]}),
    )
)
