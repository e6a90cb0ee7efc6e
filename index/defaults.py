"""Names and limits that settings begin with, apart from what they are for, whose libraries take long to load."""

AUTOMATIC_EMBEDDER = "auto"
DEFAULT_EMBEDDER = "all-MiniLM-L6-v2"
MULTILINGUAL_EMBEDDER = "multilingual-e5-small"
DEFAULT_FILE_LIMIT = 64_000_000
"""Bytes."""
