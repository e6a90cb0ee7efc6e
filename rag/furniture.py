"""Page furniture: what a page says about itself rather than its subject, and is never quoted."""

import re

_PHRASES = r"""
    share (?:\ (?:this|on|via|with) .*)? | tweet | pin(?:\ it)? | print | e-?mail | copy\ link | save | like | follow\ us .*
  | (?:exit|view|switch\ to|go\ to) \ (?:the\ )? (?:mobile|desktop|full|print) (?:\ (?:version|site|view))?
  | skip\ to\ (?:main\ )? (?:content|navigation) | back\ to\ (?:top|.*page) | return\ to\ top | home | menu | search | close
  | next (?:\ (?:article|post|page))? | previous (?:\ (?:article|post|page))? | see\ (?:also|more) | (?:show|load)\ more
  | read\ (?:more|next|also) (?:\ .*)? | continue\ reading | click\ here .* | loading | advertisements?
  | sponsored (?:\ content)?
  | (?:related|recommended|popular|latest|more|trending) \ (?:articles?|posts?|stories|news|content|reading|topics?)
  | subscribe (?:\ (?:now|today|to\ our\ .*))? | sign\ (?:up|in) (?:\ (?:now|here|to\ comment))? | newsletter | register
  | log\ (?:in|out) (?:\ to\ (?:comment|reply))? | (?:leave|post|add|write)\ a\ (?:comment|reply) | (?:\d+\ )? comments?
  | tags? | categor(?:y|ies) | filed\ under .* | all\ rights\ reserved | (?:copyright\ )? (?:©|\(c\)|\d{4}\ ©) .*
  | copyright\ \d{4} .* | (?:privacy|cookie)\ (?:policy|settings|notice) | terms\ (?:of\ (?:use|service)|and\ conditions)
  | accept\ (?:all\ )?cookies | page\ \d+ (?:\ (?:of|/)\ \d+)? | \d+\ min(?:ute)?\ read | table\ of\ contents
"""
_FURNITURE = re.compile(_PHRASES, re.IGNORECASE | re.VERBOSE)
_LONGEST_WORDS = 8
_EDGES = re.compile(r"^[^\w©(]+|[\W_]+$")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def is_furniture(sentence: str) -> bool:
    """Whether a sentence is page furniture: without any letter or digit, or as a whole one of the usual phrases."""
    if not _LETTER_OR_DIGIT.search(sentence):
        return True
    words = _EDGES.sub("", sentence).split()
    return len(words) <= _LONGEST_WORDS and _FURNITURE.fullmatch(" ".join(words)) is not None
