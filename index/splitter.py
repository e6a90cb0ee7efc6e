"""The text splitter behind chunks: langchain's, taught to prefer paragraphs and sentences found by others to separators.

Kept apart because importing langchain takes half a second, which a start that indexes nothing need not spend.
"""

from collections.abc import Callable, Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter, TextSplitter

_CLAUSES = ["\n", "; ", ": ", ", ", " ", ""]


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

    def split_section(self, paragraphs: Sequence[Sequence[str]]) -> list[str]:
        """Split a section given as paragraphs of sentences, which tile it.

        The same order of preference as in langchain's recursive splitter: a section that fits stays whole; otherwise
        paragraphs are joined while they fit; one that does not fit alone gives way to its sentences, and such a sentence
        to its clauses.
        """
        pieces = list({sentence for paragraph in paragraphs for sentence in paragraph})
        self._counts = {"": 0, **dict(zip(pieces, self._count_tokens(pieces), strict=True))}
        joined = ["".join(paragraph) for paragraph in paragraphs]
        self._counts.update(
            (text, sum(self._counts[sentence] for sentence in paragraph))
            for text, paragraph in zip(joined, paragraphs, strict=True)
        )
        by_paragraph = dict(zip(joined, paragraphs, strict=True))
        return self._join(joined, lambda paragraph: self._join(by_paragraph[paragraph], self._clauses.split_text))

    def split_text(self, text: str) -> list[str]:
        return self.split_section([[text]])

    def _join(self, pieces: Sequence[str], divide: Callable[[str], list[str]]) -> list[str]:
        parts: list[str] = []
        fitting: list[str] = []
        for piece in pieces:
            if self._tokens(piece) <= self._chunk_size:
                fitting.append(piece)
            else:
                parts += [*self._merge_splits(fitting, ""), *divide(piece)]
                fitting = []
        return parts + self._merge_splits(fitting, "")

    def _tokens(self, text: str) -> int:
        if text not in self._counts:
            self._counts[text] = self._count_tokens([text])[0]
        return self._counts[text]
