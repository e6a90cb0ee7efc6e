from pathlib import Path

import numpy as np
import pytest

from quotewise.index.lexical import LexicalIndex
from quotewise.index.store import UNCHANGED, Change, Changes, IndexedChunk
from tests.index.writing import COLLECTION

TEXTS = [
    "The C++ build takes nine minutes.",
    "The C# build takes two minutes.",
    "The C build takes one minute.",
    "The F# build takes three minutes.",
    "The .NET build takes four minutes.",
    "The net build takes five minutes.",
    "The node-js build takes six minutes.",
    "The node.js build takes seven minutes.",
    "The v3.2.0 build takes eight minutes.",
    "The v3.2.1 build takes ten minutes; it has 2.0.3 inside.",
    "The C++17 and Notepad++ (or g++) build is slow.",
    "The foo.bar and foo_bar build is well-known.",
    "Its bar is beside the foo, and the well is known.",
]


def index_of(folder: Path, texts: list[str], language: str = "en", names: list[str] | None = None) -> LexicalIndex:
    chunks = [
        IndexedChunk(number, 1, names[number] if names else "", text, np.zeros(4, np.float32))
        for number, text in enumerate(texts)
    ]
    index = LexicalIndex.create(folder, language)
    index.update(Changes(COLLECTION, UNCHANGED, Change(1, "a"), [1], lambda: iter(chunks)))
    return index


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return index_of(tmp_path_factory.mktemp("lexical"), TEXTS)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("How long does the C++ build take?", 0),
        ("How long does the build in C++, please?", 0),
        ("(C#) build", 1),
        ("C# build", 1),
        ("How long does the C build take?", 2),
        ("F#?", 3),
        ("minutes of the .NET build", 4),
        ("node-js minutes", 6),
        ("node.js minutes", 7),
        ("build of v3.2.0.", 8),
        ("minutes for v3.2.1", 9),
        ("is C++17 slow", 10),
        ("notepad++", 10),
        ("notepad", 10),
        ("foo.bar", 11),
        ("foo_bar", 11),
        ("well-known", 11),
    ],
)
def test_names_with_signs_are_words_of_their_own(lexical: LexicalIndex, query: str, first: int) -> None:
    assert lexical.search(query, 20, None)[0].chunk_id == first


@pytest.mark.parametrize(
    ("query", "found"),
    [("C", {2}), ("C#", {1}), ("node", {6, 7}), ("foo", {11, 12}), ("net", {4, 5}), ("known wells", {11, 12})],
)
def test_parts_of_joined_names_are_found_and_short_names_are_not_parts(
    lexical: LexicalIndex, query: str, found: set[int]
) -> None:
    assert {hit.chunk_id for hit in lexical.search(query, 20, None)} == found


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "The walls were painted.", "painting a wall"),
        ("de", "Die Brücken sind alt.", "Wie alt ist die Brücke?"),
        ("de", "Über die Häuser.", "haus"),
        ("fr", "Les chevaux étaient fatigués.", "fatigué"),
        ("ru", "Старые мосты.", "старый мост"),
        ("zh", "政府忽视了预警系统的警告。", "预警"),
        ("en", "政府忽视了预警系统的警告。", "警告系统"),
        ("ja", "政府は早期の警告を無視した。", "警告"),
        ("ja", "水はここにある。", "水"),
        ("ko", "정부는 경고를 무시했다.", "경고"),
        ("xx", "Een brug.", "BRUG"),
    ],
)
def test_words_are_found_in_other_forms_and_inside_runs_without_spaces(
    tmp_path: Path, language: str, text: str, query: str
) -> None:
    index = index_of(tmp_path, ["One and two. 一二三四", text], language)
    assert [hit.chunk_id for hit in index.search(query, 9, None)] == [1]


def test_stop_words_are_those_of_the_language(tmp_path: Path) -> None:
    index = index_of(tmp_path, ["Die alte Brücke.", "Über das Haus."], "de")
    assert index.search("die über das", 9, None) == []


def test_a_mark_of_a_note_is_no_part_of_the_word_before_it_and_an_exponent_is_one_of_a_unit(tmp_path: Path) -> None:
    index = index_of(tmp_path, ["The shell has a language⁷ of its own.", "It is 74 m² in all."])
    assert [hit.chunk_id for hit in index.search("language", 20, None)] == [0]
    assert [hit.chunk_id for hit in index.search("m²", 20, None)] == [1]


def test_a_chunk_is_found_by_the_name_of_its_document(tmp_path: Path) -> None:
    texts = ["You may pass it on.", "You may pass it on, said the guide to the pass."]
    index = index_of(tmp_path, texts, names=["licences/MPL-2.0", "TravelGuide Travel Guide"])
    assert [hit.chunk_id for hit in index.search("May I pass it on under the MPL?", 2, None)] == [0, 1]
    assert [hit.chunk_id for hit in index.search("travel", 2, None)] == [1]
