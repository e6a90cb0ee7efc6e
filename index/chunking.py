"""Documents into chunks: whole sentences, grouped by section and paragraph up to a limit in the embedder's tokens."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from quotewise.index.boilerplate import SentenceKind, sentence_kind
from quotewise.index.documents import Document
from quotewise.index.sentences import Span, line_spans, line_starts, sentence_spans

if TYPE_CHECKING:
    from quotewise.index.splitter import SectionSplitter

DEFAULT_CHUNK_TOKENS = 200
HEADING_ROOM = 44
"""Tokens that an embedder must have room for beside a chunk: its headings and the special tokens."""
_HEADING_BYTES = 120
"""Of a heading trail in UTF-8: at most some 40 tokens in any script."""

CountTokens = Callable[[Sequence[str]], list[int]]
Paragraph = list[Span]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run ``[start, end)`` of whole sentences of one section of a document.

    ``next_start`` is where the next chunk of the section starts, or ``end`` when there is none. ``sentences`` are ascending
    and disjoint, the first starts at ``start`` and the last ends at ``end``; ``kinds`` has the kind of each. No two chunks of
    a document share a sentence.
    """

    start: int
    end: int
    next_start: int
    heading: tuple[str, ...]
    sentences: tuple[Span, ...]
    kinds: tuple[SentenceKind, ...]


class Chunker:
    """Splits documents into chunks of at most ``chunk_tokens`` tokens as ``count_tokens`` counts them.

    A sentence that alone is over the limit is cut at line ends, clauses or words; nothing else is ever cut.
    """

    def __init__(self, count_tokens: CountTokens, chunk_tokens: int = DEFAULT_CHUNK_TOKENS) -> None:
        self._count_tokens = count_tokens
        self._chunk_tokens = chunk_tokens

    def chunks(self, document: Document) -> list[Chunk]:
        """The chunks of a document, in its order."""
        text = document.text
        chunks: list[Chunk] = []
        for heading, section in _sections(document):
            parts = list(self._split(text, section))
            next_starts = [*(part[0].start for part in parts[1:]), parts[-1][-1].end]
            for part, next_start in zip(parts, next_starts, strict=True):
                kinds = tuple(sentence_kind(text[sentence.start : sentence.end]) for sentence in part)
                chunks.append(Chunk(part[0].start, part[-1].end, next_start, heading, tuple(part), kinds))
        return chunks

    def _split(self, text: str, section: list[Paragraph]) -> Iterator[list[Span]]:
        sentences = [sentence for paragraph in section for sentence in paragraph]
        following = iter([*(sentence.start for sentence in sentences[1:]), sentences[-1].end])
        paragraphs = [[(text[s.start : s.end], text[s.end : next(following)]) for s in paragraph] for paragraph in section]
        position = sentences[0].start
        # The sentences and gaps tile the section and the splitter only joins or cuts them, so offsets are running sums.
        for part in self._splitter.split_section(paragraphs):
            spans = [_trimmed(text, span) for span in _clipped(sentences, Span(position, position + len(part)), text)]
            position += len(part)
            if spans:  # none where a sentence was cut so that only white space is left
                yield spans

    @cached_property
    def _splitter(self) -> "SectionSplitter":
        from quotewise.index.splitter import SectionSplitter

        return SectionSplitter(self._count_tokens, self._chunk_tokens)


def embedding_text(heading: Sequence[str], text: str) -> str:
    """What is embedded and indexed for a chunk: its heading trail, if any, the deepest last, and its own text.

    Headings with which the text itself begins are not repeated.
    """
    trail = " > ".join(heading).encode()
    if 0 < len(trail) <= _HEADING_BYTES:
        text = _below_headings(heading, text)
    return "\n".join(filter(None, (trail[-_HEADING_BYTES:].decode(errors="ignore"), text)))


def _below_headings(heading: Sequence[str], text: str) -> str:
    names = {_letters(name) for name in heading} | {""}
    lines = text.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if _letters(line) not in names), len(lines))
    return "".join(lines[first:])


def _letters(line: str) -> str:
    return "".join(filter(str.isalnum, line))


def _sections(document: Document) -> Iterator[tuple[tuple[str, ...], list[Paragraph]]]:
    """Runs of blocks under one heading trail, each as paragraphs of sentences; sections with no sentence are left out."""
    for heading, blocks in groupby(document.blocks, key=lambda block: block.heading):
        paragraphs: list[Paragraph] = []
        introduction: Paragraph = []
        for block in blocks:
            spans = line_spans if block.lined else sentence_spans
            sentences = spans(document.text, block.start, block.end)
            if block.introduces:
                introduction += sentences
            elif sentences:
                first, *others = _paragraphs(document.text, sentences)
                paragraphs += [introduction + first, *others]
                introduction = []
        paragraphs += [introduction] if introduction else []
        if paragraphs:
            yield heading, paragraphs


def _paragraphs(text: str, sentences: Iterable[Span]) -> list[Paragraph]:
    """Group the sentences of a block at blank lines."""
    paragraphs: list[Paragraph] = []
    for sentence in sentences:
        if paragraphs and len(line_starts(text[paragraphs[-1][-1].end : sentence.start])) <= 2:
            paragraphs[-1].append(sentence)
        else:
            paragraphs.append([sentence])
    return paragraphs


def _clipped(sentences: Sequence[Span], part: Span, text: str) -> Iterator[Span]:
    first = max(bisect_right(sentences, part.start, key=lambda s: s.start) - 1, 0)
    for sentence in sentences[first:]:
        if sentence.start >= part.end:
            return
        clipped = Span(max(sentence.start, part.start), min(sentence.end, part.end))
        if clipped.start < clipped.end and not text[clipped.start : clipped.end].isspace():
            yield clipped


def _trimmed(text: str, span: Span) -> Span:
    piece = text[span.start : span.end]
    return Span(span.start + len(piece) - len(piece.lstrip()), span.start + len(piece.rstrip()))
