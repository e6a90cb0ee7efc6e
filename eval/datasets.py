"""Published sets into a gold file and its corpus: SQuAD, BEIR, span rows, ClapNQ, and long documents, plain or gzipped."""

import gzip
import hashlib
import json
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from quotewise.eval.gold import GoldError, GoldQuestion, GoldQuote, load_gold
from quotewise.eval.training.rows import Row, read_rows

Text = str
Import = Iterator[GoldQuestion | tuple[str, Text]]
"""Gold questions and documents, each a path and its text, in any order."""


def path_of(context: str) -> str:
    """The file name of a context in a corpus: the same context has the same name in every set."""
    return hashlib.sha256(context.encode()).hexdigest()[:16] + ".txt"


def write_corpus(contexts: Iterable[str], folder: Path) -> None:
    """Each distinct context as a text file."""
    folder.mkdir(parents=True, exist_ok=True)
    for context in dict.fromkeys(contexts):
        (folder / path_of(context)).write_bytes(context.encode())


def import_set(format: str, source: Path, also: Sequence[Path], output: Path) -> int:
    """Write ``gold.jsonl`` and the folder ``corpus``; returns the number of questions.

    Args:
        format: one of ``FORMATS``.
        source: its file or folder.
        also: further sources of the same format, whose documents join the corpus, but not their questions.
        output: a folder, made if need be.

    Raises:
        GoldError: a source cannot be read or is not of that format, or the folder has a corpus already.
    """
    for name in ("corpus", "gold.jsonl"):
        if (output / name).exists():
            raise GoldError(f"{output / name} exists already; give another folder, or remove it first")
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output) as unfinished:
        folder = Path(unfinished)
        questions = list(_imported(format, source, folder / "corpus", True))
        for path in also:
            list(_imported(format, path, folder / "corpus", False))
        lines = [question.model_dump_json(exclude_defaults=True) for question in questions]
        (folder / "gold.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        load_gold(folder / "gold.jsonl")  # for what it refuses
        for name in ("corpus", "gold.jsonl"):
            (folder / name).rename(output / name)
    return len(questions)


def _imported(format: str, source: Path, corpus: Path, questions: bool) -> Iterator[GoldQuestion]:
    try:
        for found in FORMATS[format](source):
            if isinstance(found, GoldQuestion):
                if questions:
                    yield found
            else:
                path, text = found
                if Path(path).name != path:
                    raise GoldError(f"{source}: {path!r} is no name of a document")
                corpus.mkdir(parents=True, exist_ok=True)
                (corpus / path).write_bytes(text.encode())
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        raise GoldError(f"cannot read {source} as {format}: {error}") from error
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise GoldError(f"{source} is not as {format} should be: {type(error).__name__} {error}") from error


def gold_of(row: Row) -> GoldQuestion:
    """A span row as a gold question."""
    quotes = [_quote(path_of(row.context), row.context, start, end) for start, end in dict.fromkeys(row.answers)]
    return GoldQuestion(
        id=row.id,
        question=row.question,
        answerable=bool(quotes),
        quotes=quotes,
        answers=row.texts(),
        tags=[row.title] if row.title else [],
    )


def _spans(source: Path) -> Import:
    for row in read_rows(source):
        yield path_of(row.context), row.context
        yield gold_of(row)


def _squad(source: Path) -> Import:
    """SQuAD 1.1 and 2.0; each paragraph is a document."""
    for article in json.loads(_text(source))["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            yield path_of(context), context
            for asked in paragraph["qas"]:
                answers = [] if asked.get("is_impossible") else asked["answers"]
                spans = dict.fromkeys((a["answer_start"], a["answer_start"] + len(a["text"])) for a in answers)
                if any(context[a["answer_start"] :][: len(a["text"])] != a["text"] for a in answers):
                    raise GoldError(f"{source}: {asked['id']}: an answer does not stand where it says")
                yield GoldQuestion(
                    id=asked["id"],
                    question=asked["question"],
                    answerable=bool(spans),
                    quotes=[_quote(path_of(context), context, *span) for span in spans],
                    answers=list(dict.fromkeys(answer["text"] for answer in answers)),
                    tags=[article["title"]],
                )


def _clapnq(source: Path) -> Import:
    """ClapNQ rows, of a file or of all files clapnq* of a folder; gold is every sentence that an annotator selected."""
    for path in sorted(source.glob("clapnq*.jsonl*")) if source.is_dir() else [source]:
        for row in _lines(path):
            text = row["passages"][0]["text"]
            yield path_of(text), text
            selected = dict.fromkeys(s for output in row["output"] for s in output["selected_sentences"] or [])
            if any(s not in text for s in selected):
                raise GoldError(f"{path}: {row['id']}: a selected sentence is not in the passage")
            quotes = [_quote(path_of(text), text, text.index(s), text.index(s) + len(s)) for s in selected]
            yield GoldQuestion(id=row["id"], question=row["input"], answerable=bool(quotes), quotes=quotes)


def _longdocs(source: Path) -> Import:
    """A folder with ``corpus/*.md`` and ``questions.jsonl.gz``, whose rows have doc, question and answers."""
    texts = {path.stem: path.read_bytes().decode() for path in sorted((source / "corpus").glob("*.md"))}
    yield from ((f"{name}.md", text) for name, text in texts.items())
    [questions] = source.glob("questions.jsonl*")
    for row in _lines(questions):
        path, text = f"{row['doc']}.md", texts[row["doc"]]
        if any(text[a["start"] :][: len(a["text"])] != a["text"] for a in row["answers"]):
            raise GoldError(f"{questions}: {row['id']}: an answer does not stand where it says")
        quotes = [_quote(path, text, a["start"], a["start"] + len(a["text"])) for a in row["answers"]]
        yield GoldQuestion(id=row["id"], question=row["question"], answerable=True, quotes=quotes, tags=[row["doc"]])


def _beir(source: Path) -> Import:
    """A BEIR folder: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv`` or ``qrels/test.tsv``, judged by documents."""
    for row in _lines(_one(source, "corpus.jsonl")):
        yield f"{row['_id']}.txt", f"{row['title']}\n\n{row['text']}" if row.get("title") else row["text"]
    relevant: dict[str, list[str]] = {}
    for line in filter(str.strip, _text(_one(source, "qrels.tsv", "qrels/test.tsv")).splitlines()[1:]):
        query, document, score = line.split("\t")
        if int(score) > 0:
            relevant.setdefault(query, []).append(f"{document}.txt")
    for row in _lines(_one(source, "queries.jsonl")):
        if row["_id"] in relevant:
            yield GoldQuestion(id=row["_id"], question=row["text"], answerable=True, documents=relevant[row["_id"]])


FORMATS: dict[str, Callable[[Path], Import]] = {
    "spans": _spans,
    "squad": _squad,
    "clapnq": _clapnq,
    "longdocs": _longdocs,
    "beir": _beir,
}


def _one(folder: Path, *names: str) -> Path:
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.exists():
                return path
    raise GoldError(f"{folder} has no {' or '.join(names)}, plain or gzipped")


def _quote(path: str, text: str, start: int, end: int) -> GoldQuote:
    return GoldQuote(path=path, quote=text[start:end], start=start, end=end)


def _text(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            try:
                yield dict(json.loads(line))
            except (ValueError, TypeError) as error:
                raise GoldError(f"{path}:{number}: {error}") from error
