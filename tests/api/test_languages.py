"""A folder in another language than English, without a word of settings: embedder, reader and words follow its language."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from quotewise.api import changes
from quotewise.api.callers import LOCAL
from quotewise.api.indexing import index_folder
from quotewise.api.service import Service
from quotewise.api.settings import Settings

LEASE = """# Bail d'habitation

## Loyer

Le loyer mensuel est fixé à 840 euros, charges comprises. Il est payable d'avance, le premier jour de chaque mois.

## Durée

Le bail est conclu pour une durée de trois ans. Le locataire peut donner congé à tout moment avec un préavis d'un mois.
"""
LIGHTHOUSE = """Le phare se dresse à la pointe de l'île. Le phare fut construit en 1837 par l'ingénieur Léonce Reynaud.

Deux gardiens y vivaient jusqu'à son automatisation en 1990.
"""
FRENCH = {"bail.md": LEASE, "phare.txt": LIGHTHOUSE}
RULES = """図書館の利用規則

開館時間は午前九時から午後八時までです。月曜日は休館です。

本は一人五冊まで、二週間借りることができます。
延滞した場合は、返却するまで新しい本を借りることができません。
"""
JAPANESE = {"kisoku.txt": RULES}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with Service.open(Settings(index=tmp_path / "index"), create=True) as service:
        yield service


def indexed(service: Service, folder: Path, texts: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    index_folder(service, LOCAL, folder)


@pytest.mark.parametrize(
    ("texts", "language", "question", "quote"),
    [
        (FRENCH, "fr", "Combien coûte le loyer par mois ?", "840 euros"),
        (FRENCH, "fr", "Quand le phare fut-il construit ?", "1837"),
        (JAPANESE, "ja", "本は何冊まで借りることができますか。", "一人五冊まで"),
    ],
)
def test_a_folder_is_answered_in_its_own_language(
    service: Service, tmp_path: Path, texts: dict[str, str], language: str, question: str, quote: str
) -> None:
    indexed(service, tmp_path / "documents", texts)
    [collection] = service.store.catalogue.collections()
    assert (collection.embedder, collection.language) == ("multilingual-e5-small", language)
    answer = service.ask(LOCAL, question)
    assert answer.answered
    assert quote in answer.citations[0].quote


def test_a_question_in_another_language_than_the_documents_finds_what_answers(service: Service, tmp_path: Path) -> None:
    indexed(service, tmp_path / "documents", FRENCH)
    answer = service.ask(LOCAL, "How long does the lease run?")
    quotes = [citation.quote for citation in (*answer.citations, *answer.closest)]
    assert any("trois ans" in quote for quote in quotes)


def test_what_such_documents_do_not_say_is_not_answered(service: Service, tmp_path: Path) -> None:
    indexed(service, tmp_path / "documents", FRENCH)
    assert not service.ask(LOCAL, "Quelle est la capitale de la Mongolie ?").answered


def test_the_first_upload_decides_and_a_later_sync_keeps_what_a_collection_was_made_with(
    service: Service, tmp_path: Path
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield LIGHTHOUSE.encode()

    asyncio.run(changes.put(service, LOCAL, "phares", "phare.txt", body))
    assert service.store.catalogue.collection("phares").embedder == "multilingual-e5-small"
    indexed(service, tmp_path / "documents", {"lighthouse.txt": "The lighthouse was built in 1837. Two keepers lived there."})
    (tmp_path / "documents" / "phare.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    (tmp_path / "documents" / "bail.txt").write_text(LEASE, encoding="utf-8")
    index_folder(service, LOCAL, tmp_path / "documents")
    assert service.store.catalogue.collection("default").embedder == "all-MiniLM-L6-v2"
    assert len(service.documents(LOCAL, "default").documents) == 3
