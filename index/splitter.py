"""The text splitter behind chunks: langchain's, taught to prefer paragraphs and sentences found by others to separators.

Kept apart because importing langchain takes half a second, which a start that indexes nothing need not spend.
"""

from collections.abc import Callable, Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

_CLAUSES = ["\n", "\r", "; ", ": ", ", ", " ", ""]

_CHARACTERS_A_TOKEN = 16
"""So many characters count as a token at least: a word of a million letters is a single unknown token to a tokenizer."""

_Piece = tuple[str, Callable[[], list[str]]]


class SectionSplitter(TextSplitter):
    """Joins the sentences of a section into parts of at most ``chunk_tokens`` tokens.

    The parts, put together, are the section again: nothing is stripped, repeated or left out.
    """

    def __init__(self, count_tokens: Callable[[Sequence[str]], list[int]], chunk_tokens: int) -> None:
        self._counts: dict[str, int] = {}
        self._count_tokens = count_tokens
        super().__init__(chunk_tokens, chunk_overlap=0, length_function=self._tokens, strip_whitespace=False)
        self._clauses = RecursiveCharacterTextSplitter(
            _CLAUSES,
            chunk_size=chunk_tokens,
            chunk_overlap=0,
            length_function=self._tokens,
            keep_separator="end",
            strip_whitespace=False,
        )

    def split_section(self, paragraphs: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
        """Split a section given as paragraphs of sentences, each with the gap that follows it; together they tile it.

        The same order of preference as in langchain's recursive splitter: a section that fits stays whole; otherwise
        paragraphs are joined while they fit; one that does not fit alone gives way to its sentences, and a sentence that
        does not fit alone to its clauses.
        """
        texts = list({text for paragraph in paragraphs for sentence, gap in paragraph for text in (sentence, sentence + gap)})
        self._counts = {"": 0, **dict(zip(texts, self._measure(texts), strict=True))}
        for paragraph in paragraphs:
            tokens = sum(self._tokens(sentence + gap) for sentence, gap in paragraph)
            self._counts.setdefault("".join(sentence + gap for sentence, gap in paragraph), tokens)
        return self._join([self._paragraph(paragraph) for paragraph in paragraphs])

    def split_text(self, text: str) -> list[str]:
        """As every text splitter: the text as one sentence."""
        return self.split_section([[(text, "")]])

    def _paragraph(self, sentences: Sequence[tuple[str, str]]) -> _Piece:
        text = "".join(sentence + gap for sentence, gap in sentences)
        return text, lambda: self._join([self._sentence(sentence, gap) for sentence, gap in sentences])

    def _sentence(self, sentence: str, gap: str) -> _Piece:
        piece = sentence + gap
        return piece, lambda: self._clauses.split_text(piece) if self._tokens(sentence) > self._chunk_size else [piece]

    def _join(self, pieces: Sequence[_Piece]) -> list[str]:
        """Join pieces while they fit; one that does not fit alone gives way to the parts that it divides into."""
        parts: list[str] = []
        fitting: list[str] = []
        for piece, divide in pieces:
            if self._tokens(piece) <= self._chunk_size:
                fitting.append(piece)
            else:
                parts += [*self._merge_splits(fitting, ""), *divide()]
                fitting = []
        return parts + self._merge_splits(fitting, "")

    def _tokens(self, text: str) -> int:
        if text not in self._counts:
            self._counts[text] = self._measure([text])[0]
        return self._counts[text]

    def _measure(self, texts: Sequence[str]) -> list[int]:
        # Never 0: langchain repeats pieces that count nothing in the part after the one that they end.
        return [max(1, n, len(text) // _CHARACTERS_A_TOKEN) for n, text in zip(self._count_tokens(texts), texts, strict=True)]
