import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotewise.api.service import Service
from quotewise.index.embedders import Embedder
from quotewise.index.errors import UnknownCollectionError
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport
from quotewise.rag.answers import Answer
from quotewise.rag.pipeline import AskOptions, Pipeline
from quotewise.rag.verification import Claim, CollectionSource, Verdict, verify
from tests.conftest import WHY

CAUSES = ("too general", "tense relationship")

awkward = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\0"),
        st.sampled_from("e\u0301\u200d\U0001f468\U0001f469\u202e\ufeff. !?\r\n\t-#|`>*"),
    ),
    min_size=1,
    max_size=400,
)


@pytest.fixture
def pipeline(store: LocalStore, embedder: Embedder) -> Pipeline:
    return Pipeline(store, lambda name: embedder)


def test_the_example_question_is_answered_with_a_cause_the_same_each_time(seeds: Service) -> None:
    answer, again = (seeds.pipeline.ask(WHY, "default") for _ in range(2))
    assert answer.answered
    assert any(cause in citation.quote for citation in answer.citations for cause in CAUSES)
    assert answer.text == "\n".join(f"{c.quote} [{n}]" for n, c in enumerate(answer.citations, 1))
    assert (answer.citations, answer.confidence) == (again.citations, again.confidence)
    assert len(seeds.pipeline.ask(WHY, "default", AskOptions(max_quotes=1)).citations) == 1
    with pytest.raises(UnknownCollectionError, match="there is no collection 'nowhere'; there are: default"):
        seeds.pipeline.ask(WHY, "nowhere")


def test_below_the_threshold_the_closest_passages_are_offered_instead(seeds: Service, embedder: Embedder) -> None:
    answer = Pipeline(seeds.store, lambda name: embedder, threshold=1.0).ask(WHY, "default")
    assert (answer.answered, answer.text, answer.citations, answer.short_answer) == (False, None, (), None)
    assert [citation.id for citation in answer.closest] == list(range(1, 1 + min(3, len(answer.passages or ()))))
    assert "Russian officials" in answer.closest[0].quote


def test_each_part_of_a_question_gets_a_quote_and_the_answer_is_as_sure_as_the_least_sure_part(
    pipeline: Pipeline, sync: Callable[..., SyncReport], folder: Path
) -> None:
    (folder / "delivery.txt").write_text("Delivery\n\nWe deliver the pump within nine working days.\n")
    (folder / "staff.txt").write_text("Staff\n\nMarta Olsen leads the service team.\n")
    (folder / "warranty.txt").write_text("Warranty\n\nThe pump has a warranty of four years.\n")
    sync()
    first, second = "How long is the warranty of the pump?", "Who leads the service team?"
    both = pipeline.ask("How long is the warranty of the pump, and who leads the service team?", "default")
    assert {c.document.path for c in both.citations[:2]} == {"warranty.txt", "staff.txt"}
    assert [c.id for c in both.citations] == list(range(1, len(both.citations) + 1))
    least = min(pipeline.ask(part, "default").confidence for part in (first, second))
    assert both.confidence == pytest.approx(least, abs=0.001)
    other = pipeline.ask("How long is the warranty of the pump and how fast is it delivered?", "default")
    assert {c.document.path for c in other.citations[:2]} == {"warranty.txt", "delivery.txt"}
    assert len(pipeline.ask(f"{first} {second}", "default", AskOptions(max_quotes=1)).citations) == 1
    neither = pipeline.ask("Who won the cup final, and where was the opera sung?", "default", AskOptions(threshold=0.99))
    assert not neither.answered
    assert 1 <= len(neither.closest) <= 3


def test_every_citation_of_any_document_is_exact(
    store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder
) -> None:
    pipeline = Pipeline(store, lambda name: embedder, threshold=0)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(awkward, min_size=1, max_size=4),
        st.sampled_from(["\n", "\r\n", "\r", "\n\n", " ", ""]),
        st.booleans(),
        st.booleans(),
    )
    def check(parts: list[str], joint: str, markdown: bool, bom: bool) -> None:
        text = joint.join([*parts, "The bridge fell in March.", *parts])
        path = folder / ("a.md" if markdown else "a.txt")
        for old in folder.iterdir():
            old.unlink()
        path.write_bytes(b"\xef\xbb\xbf" * bom + text.encode())
        encoding = "utf-8-sig" if bom else "utf-8"
        sync(chunk_tokens=40)
        for question in ("When did the bridge fall?", parts[0][:50].strip() or "What?"):
            answer = pipeline.ask(question, "default", AskOptions(top_k=50))
            for citation in (*answer.citations, *answer.closest):
                on_disk = path.read_bytes().decode(encoding)
                assert on_disk[citation.start : citation.end] == citation.quote
                before, inside = on_disk[: citation.start], on_disk[citation.start : citation.end]
                assert citation.lines == (line_of(before), line_of(before + inside))
                assert all(citation.start <= h.start < h.end <= citation.end for h in citation.highlights)
                assert verify(Claim.of(citation), CollectionSource(store, "default", 10**6)).verdict is Verdict.VALID

    check()
    store.catalogue.remove("default", list(store.catalogue.digests("default")))
    nothing = pipeline.ask(WHY, "default")
    assert (nothing.answered, nothing.confidence, nothing.closest) == (False, 0.0, ())


def line_of(before: str) -> int:
    return len(before.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def test_boilerplate_that_echoes_the_question_raises_no_confidence(
    pipeline: Pipeline, sync: Callable[..., SyncReport], folder: Path
) -> None:
    answers = []
    for boilerplate in ("", "\n\nShare this warning on Russia.\n"):
        (folder / "a.txt").write_text(f"The bridge fell in March.{boilerplate}")
        sync()
        answers.append(pipeline.ask("Who will share this warning on Russia?", "default", AskOptions(threshold=0)))
    answered = pipeline.ask("When did the bridge fall?", "default")
    assert [[c.quote for c in answer.citations] for answer in answers] == [["The bridge fell in March."]] * 2
    assert all(answer.confidence < answered.confidence / 2 for answer in answers)


def test_the_time_that_a_slow_client_takes_for_a_step_is_not_the_answers(seeds: Service) -> None:
    steps, worked = seeds.pipeline.stream(WHY, "default"), 0.0
    while True:
        began = time.perf_counter()
        step = next(steps)
        worked += 1000 * (time.perf_counter() - began)
        if isinstance(step, Answer):
            break
        time.sleep(0.05)
    assert 0 < step.timings_ms.read <= step.timings_ms.total <= worked + 0.001  # of rounding


def test_a_model_that_loads_blocks_no_other_collection(
    store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder
) -> None:
    loading, loaded, calls = Event(), Event(), []

    def load(name: str) -> Embedder:
        calls.append(name)
        if name == "slow":
            loading.set()
            assert loaded.wait(30)
        return embedder

    (folder / "a.txt").write_text("The bridge fell in March.")
    sync()
    store.catalogue.add_collection(replace(store.catalogue.collection("default"), name="other", embedder="slow"))
    pipeline = Pipeline(store, load)
    with ThreadPoolExecutor(2) as pool, ThreadPoolExecutor(1) as ready:
        slow = [pool.submit(pipeline.search, "bridge", "other") for _ in range(2)]
        try:
            assert loading.wait(10)
            assert ready.submit(pipeline.search, "bridge", "default").result(10).passages
        finally:
            loaded.set()
        assert [future.result().passages for future in slow] == [(), ()]
    assert sorted(calls) == sorted({embedder.name, "slow"}), "a model is loaded once, whichever question needs it"
