"""The kind of a sentence: prose, or what a page says about itself rather than about its subject, which is not quoted."""

import re
from enum import IntEnum

_PHRASES = r"""
    share (?:\ this)? (?:\ (?:article|page|post|story|entry|recipe|video))?
    (?:\ (?:on|via|with|by) \ [\w-]+ (?:\ friends)?)? | tweet | pin(?:\ it)? | print | e-?mail | copy\ link | save | like
  | follow\ us \ on \ \w+
  | (?:exit|view|switch\ to|go\ to) \ (?:the\ )? (?:mobile|desktop|full|print) (?:\ (?:version|site|view))?
  | skip\ to\ (?:main\ )? (?:content|navigation) | back\ to\ (?:top|.*page) | return\ to\ top | home | menu | search | close
  | next (?:\ (?:article|post|page))? | previous (?:\ (?:article|post|page))? | see\ (?:also|more) | (?:show|load)\ more
  | read\ (?:more|next|also) (?:\ ?[:»→].*|\ about\ .*)? | continue\ reading |
    click\ here (?:\ to\ (?:continue|comment|download|enlarge|log\ in|print|read\ more|register|sign\ up|subscribe))?
  | loading | advertisements?
  | sponsored (?:\ content)?
  | (?:related|recommended|popular|latest|more|trending) \ (?:articles?|posts?|stories|news|content|reading|topics?)
  | subscribe (?:\ (?:now|today|to\ our\ .*))? | sign\ (?:up|in) (?:\ (?:now|here|to\ comment))? | newsletter | register
  | log\ (?:in|out) (?:\ to\ (?:comment|reply))? | (?:leave|post|add|write)\ a\ (?:comment|reply) | (?:\d+\ )? comments?
  | tags? | categor(?:y|ies) | (?:privacy|cookie)\ (?:policy|settings|notice) | terms\ (?:of\ (?:use|service)|and\ conditions)
  | accept\ (?:all\ )?cookies | page\ \d+ (?:\ (?:of|/)\ \d+)? | \d+\ min(?:ute)?\ read | table\ of\ contents
"""
_BOILERPLATE = re.compile(_PHRASES, re.IGNORECASE | re.VERBOSE)
_NOTICE = re.compile(
    r"(?:copyright )?(?:©|\(c\)(?= ?\d{4})(?! ?[\d, –-]+ (?-i:(?!by |the |and |all )[a-z]))|\d{4} ©).*"
    r"|copyright \d{4}.*|all rights reserved",
    re.IGNORECASE,
)
"""Of copyright; behind ``(c)`` and a year stands a name, or else it is an item of a list."""
_CUE_TIMES = re.compile(
    r"(?:\d+\s+)?(?:\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{3}[ \t]*-->[ \t]*(?:\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{3}(?:[ \t]+\w+:\S+)*\s*"
)
"""When a subtitle is shown, as in a transcript that is pasted into a plain text."""
_LONGEST_WORDS = 8
_PHRASE_WORDS = 4
"""Most words of a phrase of a page that ends as a sentence does."""
_EDGES = re.compile(r"^[^\w©(]+|(?<![\W_])[\W_]++$")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


class SentenceKind(IntEnum):
    """What a sentence is for; a copyright notice is quoted only where the question asks for one. The values are stored.

    What stands in the ``MARGIN`` of pages, as running header or footer, is quoted where nothing else answers.
    A ``ROW`` of a table is read by itself, under the names of its columns: among its neighbours, the reader mistakes rows.
    """

    PROSE = 0
    BOILERPLATE = 1
    NOTICE = 2
    ROW = 3
    MARGIN = 4


def sentence_kind(sentence: str) -> SentenceKind:
    """The kind of a sentence: boilerplate has no letter or digit, or is as a whole times of a subtitle or a usual phrase."""
    if not _LETTER_OR_DIGIT.search(sentence) or _CUE_TIMES.fullmatch(sentence):
        return SentenceKind.BOILERPLATE
    words = _EDGES.sub("", sentence).split()
    if len(words) > _LONGEST_WORDS:
        return SentenceKind.PROSE
    text = " ".join(words)
    if _NOTICE.fullmatch(text):
        return SentenceKind.NOTICE
    is_sentence = sentence.endswith(".") and len(words) > _PHRASE_WORDS
    return SentenceKind.BOILERPLATE if not is_sentence and _BOILERPLATE.fullmatch(text) else SentenceKind.PROSE
