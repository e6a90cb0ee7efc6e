import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotewise.api.service import Service
from quotewise.index.embedders import Embedder
from quotewise.index.local_store import LocalStore
from quotewise.index.sync_report import SyncReport
from quotewise.rag.followups import Turn, combine_readings, query_variants, question_parts
from quotewise.rag.pipeline import AskOptions, Pipeline
from quotewise.rag.readers.span import SpanReader
from tests.conftest import WHY
from tests.rag.test_pipeline import awkward

DEATHS = Turn("How many people died in the Crocus City Hall attack?", ("resulting in the deaths of 144 people",))
VIEW = Turn("What did Russian officials think of the American warning?", ("Russian officials dismissed the American warning",))
TARGETS = Turn("Does the US tell Russia about specific targets?")
LIKELY = 0.3
"""A threshold between what follow-ups get by themselves and with their turns."""


@pytest.mark.parametrize(
    ("turn", "question", "quote"),
    [
        pytest.param(
            *(DEATHS, "and who claimed it?", "The Islamic State claimed responsibility"),
            marks=pytest.mark.xfail(strict=True, reason="since its third run the deep reader prefers what the embassy said"),
        ),
        (VIEW, "why?", "too general"),
        (TARGETS, "what about Iran?", "countries like Russia and Iran about specific targets"),
    ],
)
def test_a_follow_up_is_answered_by_what_it_follows(seeds: Service, turn: Turn, question: str, quote: str) -> None:
    answer = seeds.pipeline.ask(question, "default", AskOptions(threshold=LIKELY, history=[turn]))
    assert (answer.question, answer.answered) == (question, True)
    assert quote in answer.citations[0].quote
    assert answer.interpretation and answer.interpretation != question
    assert not seeds.pipeline.ask(question, "default", AskOptions(threshold=LIKELY)).answered


@pytest.mark.parametrize("question", ["who claimed responsibility for the massacre?", "which newspaper reported the warning?"])
def test_a_new_topic_is_not_taken_for_the_old_one(seeds: Service, question: str) -> None:
    options = [AskOptions(threshold=LIKELY, history=turns) for turns in ((), (VIEW, DEATHS, Turn("why?")))]
    alone, after = (seeds.pipeline.ask(question, "default", one) for one in options)
    assert after.citations[0].quote == alone.citations[0].quote
    assert alone.interpretation is None


TELENET = Turn("Who founded Telenet?", ("It was founded by former director Larry Roberts.",))


@pytest.mark.parametrize(
    ("history", "question", "variants"),
    [
        ([], "and who claimed it?", []),
        # A fragment takes the place of what is similar to it.
        ([Turn("How many Muslims live in Victoria?")], "and Buddhists?", ["How many Buddhists live in Victoria?"] * 2),
        ([Turn("How many Muslims live in Victoria?")], "What about Tasmania?", ["How many Muslims live in Tasmania?"] * 2),
        ([Turn("Who won the 1992 season?")], "and in 2015?", ["Who won the 2015 season?"] * 2),
        # The turns back to the last question that is self-contained count.
        (
            [Turn("Who is Bach?"), Turn("When was Sky+ HD launched?"), Turn("did anything go wrong?")],
            *("who made the boxes?", ["who made the boxes Sky+ HD launched wrong?"] * 2),
        ),
        # The last quote adds its names to the second variant, which only retrieves.
        (
            [TELENET],
            *("where was he born?", ["where was he born founded Telenet?", "where was he born founded Telenet Larry Roberts?"]),
        ),
    ],
)
def test_a_follow_up_is_completed_by_the_turns_before(
    embedder: Embedder, history: list[Turn], question: str, variants: list[str]
) -> None:
    assert query_variants(question, history, embedder) == tuple(variants)


def test_only_the_last_three_turns_count(seeds: Service) -> None:
    recent = [VIEW, TARGETS, DEATHS]
    both = (AskOptions(history=turns) for turns in (recent, [VIEW] * 47 + recent))
    short, long = (seeds.pipeline.ask("and who claimed it?", "default", options) for options in both)
    assert (short.citations, short.confidence) == (long.citations, long.confidence)


def test_a_notice_that_a_follow_up_asks_for_by_what_it_follows_can_be_quoted(
    store: LocalStore, sync: Callable[..., SyncReport], folder: Path, embedder: Embedder
) -> None:
    (folder / "imprint.txt").write_text("Nadia Fontaine wrote the handbook.\n\nCopyright 2019 by Nadia Fontaine.\n")
    sync()
    asked = AskOptions(threshold=0, history=[Turn("Who holds the copyright of the handbook?")])
    quotes = [c.quote for c in Pipeline(store, lambda name: embedder).ask("and since what year?", "default", asked).citations]
    assert "Copyright 2019 by Nadia Fontaine." in quotes


def test_a_sentence_that_only_one_text_of_a_follow_up_read_can_be_quoted(seeds: Service, reader: SpanReader) -> None:
    [read] = reader.read_all(WHY, seeds.pipeline.search(WHY, "default").passages[:1])
    unread = replace(read, features=read.features[:, :0], evidence=np.zeros_like(read.evidence), is_read=False)
    for bare, informed in ((unread, read), (read, unread)):
        [combined] = combine_readings([bare], [informed], [DEATHS], reader)
        assert combined.evidence.max() == read.evidence.max() > 0


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(awkward, st.lists(st.builds(Turn, awkward, st.lists(awkward, max_size=2).map(tuple)), min_size=1, max_size=4))
def test_whatever_was_said_before_the_answer_is_a_slice_of_a_source(
    seeds: Service, question: str, history: Sequence[Turn]
) -> None:
    answer = seeds.pipeline.ask(question, "default", AskOptions(threshold=0, history=history))
    assert answer.question == question
    for citation in (*answer.citations, *answer.closest):
        assert seeds.store.catalogue.text(citation.document.id)[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "hostile", ["-" * 2000, "a" * 2000, "A1." * 666, "and " * 500, "A’" * 1000, "\u202e\u0301 " * 600, "?"]
)
def test_a_huge_or_odd_turn_costs_little(seeds: Service, hostile: str) -> None:
    turns = [Turn(hostile, (hostile * 10,) * 10)] * 50
    began = time.process_time()
    steps = seeds.pipeline.stream("and who claimed it?", "default", AskOptions(history=turns))
    next(steps)
    assert time.process_time() - began < 2, "of processor time, to embed and to search"
    steps.close()
    next(seeds.pipeline.stream(hostile, "default", AskOptions(history=[DEATHS])))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How long is the warranty, and who leads the team?", ["How long is the warranty?", "who leads the team?"]),
        ("When did the bridge fall? Why was it closed", ["When did the bridge fall?", "Why was it closed?"]),
        ("What does a permit cost and how is it paid", ["What does a permit cost?", "how is it paid?"]),
        ("How much is a licence, and is parking free?", ["How much is a licence?", "is parking free?"]),
        *((one, [one]) for one in ("Who built the tower and is buried in it?", "Which novel is long, and is said to be dull?")),
        *((one, [one]) for one in ("Who wrote and who directed the film?", "When and where was the treaty signed?")),
        *((one, [one]) for one in ("Who built the bridge and the tower?", "What happened to Anna and when?")),
        *((one, [one]) for one in ("What? When? Who?", "Who is Ann Lee? " * 5, "")),
    ],
)
def test_the_questions_of_a_text_are_separated(question: str, parts: list[str]) -> None:
    assert question_parts(question) == tuple(parts)
