"""What a section is asked for by its headings: what it says, what it lists, when a release was, which one has a change."""

import re
from collections.abc import Sequence

from quotewise.index.lexical import terms
from quotewise.index.sentences import Span
from quotewise.rag.candidates import asks_release, bare, is_heading, is_release
from quotewise.rag.passages import Passage
from quotewise.rag.rows import ASKS_TIME

_DATE = re.compile(r"\b(?:19|20)\d\d\b")
_RELEASED = frozenset(terms("release version publish come out date day year appear tag"))
"""What a question for the date of a release says beside its number."""
_CHANGED = _RELEASED | frozenset(terms("add added fix fixed remove removed introduce drop deprecate change bring"))
"""What a question for the release of a change says beside the change."""
_ASKS_WHAT_IT_SAYS = re.compile(
    r"\bwhat (?:do|does|did|is|was)\b.*\b(?:say|state|read|contain|text|said|written|stated)\b", re.IGNORECASE
)
_SAYING = frozenset(terms("say said state stated read contain text written section paragraph chapter article clause part"))
_WORD = r"(?!(?:do|does|did|is|was|has|this)\b)[\w-]+"
_ASKS_FOR_ITEMS = re.compile(
    rf"\W*(?:what|which) (?:are|were|have|(?:{_WORD} ){{0,2}}{_WORD}(?<=[^\W_s]s)\b"
    r"|(?:was|is|has been) (?:new|added|fixed|removed|changed|deprecated|dropped)\b)"
    r"|\W*(?:(?:list|name|show|give)(?: me)? )?(?:(?:all|of|the) )*(?!(?:who|whose|how|when|where|why|can|may|must|are|were)\b)"
    rf"(?:{_WORD} ){{0,2}}{_WORD}(?<=[^\W_s]s) (?:of|for|in|to|from)\b",
    re.IGNORECASE,
)
"""A question or key words for several things, or for the changes of a release."""
_LISTING = frozenset(terms("list name show give"))
_ASKS_MEANING = re.compile(r"\bwhat (?:do|does|is|are)\b", re.IGNORECASE)
_MEANING = frozenset(terms("mean meaning stand code status error exit number signal value return key"))
_NUMBERED = re.compile(r"\(?\w{1,3}[.)]\s")
_DEFINED = re.compile(r"[\W_]*?(-{0,2}\w[\w.-]*)['\"`*]*(?:[ \t]{2,}|\t|\s*[:=|–—-]+[ \t]+)(?=\S+[ \t]+\S)")


def of_sections(question: str, named: frozenset[str], passage: Passage, texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """The sentences of a passage that a question asks for by the headings above them, and those that it rules out.

    Args:
        question: which asks what a section, note or comment says; what is listed below a heading; when a release was, or in
            which one something changed; or what a code means.
        named: the terms of what the question names.
        passage: of one section.
        texts: its sentences.
    """
    titles = [bare(heading) for heading in passage.heading]
    headings = [number for number, text in enumerate(texts) if is_heading(text, titles)]
    body = [number for number in range(len(texts)) if number not in headings]
    title = frozenset(terms(passage.document.title))
    found, absent = _releases(question, named - title, [(number, texts[number]) for number in headings])
    if _asks_what_it_says(question, named, passage.heading):
        found += body[:1]
    if _ASKS_FOR_ITEMS.match(question) and _names_section(named - title - _LISTING, passage.heading):
        found += [number for number in body if _is_item(passage, number)]
    found += _changes(question, named, passage.heading, texts, headings, body)
    if _ASKS_MEANING.search(question):
        subject = named - _MEANING - title - frozenset(terms(" ".join(passage.heading)))
        found += [number for number in body if _defines(texts[number], subject)]
    return found, absent


def _releases(question: str, named: frozenset[str], headings: Sequence[tuple[int, str]]) -> tuple[list[int], list[int]]:
    """The headings with the date of the release, by its number, that a question asks the time of, and those of other ones."""
    numbers = frozenset(term for term in named if any(map(str.isdigit, term)))
    if not (numbers and named - numbers <= _RELEASED and ASKS_TIME.search(question)):
        return [], []
    told = {number: numbers <= frozenset(terms(text)) for number, text in headings if _DATE.search(text)}
    return [number for number, is_it in told.items() if is_it], [number for number, is_it in told.items() if not is_it]


def _asks_what_it_says(question: str, named: frozenset[str], headings: Sequence[str]) -> bool:
    """Whether a question names the last heading, at most those above it, and asks what the section, note or comment says."""
    subject = named - _SAYING
    return bool(subject and _ASKS_WHAT_IT_SAYS.search(question)) and _names_section(subject, headings)


def _names_section(subject: frozenset[str], headings: Sequence[str]) -> bool:
    """Whether all that is named is in the headings, and some of it in the last one."""
    return subject <= frozenset(terms(" ".join(headings))) and bool(subject & frozenset(terms(headings[-1])))


def _is_item(passage: Passage, number: int) -> bool:
    """Whether a mark stands before a sentence, or it begins with one."""
    span = passage.sentences[number]
    before = passage.sentences[number - 1].end if number else passage.start
    gap = passage.slice(Span(before, span.start))
    return bool(gap.strip()) or ("\n" in gap and _NUMBERED.match(passage.slice(span)) is not None)


def _changes(
    question: str,
    named: frozenset[str],
    headings: Sequence[str],
    texts: Sequence[str],
    shown: Sequence[int],
    body: Sequence[int],
) -> list[int]:
    """The change that a question asks the release of, and the heading that names that, where it is shown."""
    change = named - _CHANGED
    if not (change and change < named and asks_release(question) and any(map(is_release, headings))):
        return []
    found = [number for number in body if change <= frozenset(terms(texts[number]))]
    return [*(number for number in shown if is_release(texts[number])), *found] if found else []


def _defines(text: str, named: frozenset[str]) -> bool:
    """Whether a line begins with the code or option that is all that a question names, and says something of it."""
    found = _DEFINED.match(text)
    if not found or not named or named != frozenset(terms(found[1])):
        return False
    return any(map(str.isdigit, found[1])) or found[1].isupper() or found[1].startswith("-")
