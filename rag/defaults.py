"""What settings of questions begin with, apart from what they are for, whose libraries take long to load."""

from typing import Literal

DEFAULT_TOP_K = 12
DEFAULT_QUOTES = 3
AUTOMATIC = "auto"
"""The reader that the embedder of a collection, or the language of a text, chooses."""
Method = Literal["hybrid", "dense", "lexical"]
"""How passages are found."""
