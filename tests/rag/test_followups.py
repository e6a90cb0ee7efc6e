import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quotewise.api.service import Service
from quotewise.index.embedders import Embedder
from quotewise.rag.followups import Turn, combine_readings, query_variants, question_parts
from quotewise.rag.pipeline import AskOptions
from quotewise.rag.readers import Reading

from tests.rag.test_pipeline import awkward

CLAIMED = (
    "The Islamic State claimed responsibility for the massacre, but Russian officials, including President Putin, baselessly "
    "accused Ukraine of involvement in the attack."
)
DEATHS = Turn("How many people died in the Crocus City Hall attack?", ("resulting in the deaths of 144 people",))
VIEW = Turn("What did Russian officials think of the American warning?", ("Russian officials dismissed the American warning",))
TARGETS = Turn("Does the US tell Russia about specific targets?")
LIKELY = 0.3
"""A threshold between what follow-ups get by themselves and with their turns."""


@pytest.mark.parametrize(
    ("turn", "question", "quote"),
    [
        (DEATHS, "and who claimed it?", "The Islamic State claimed responsibility"),
        (VIEW, "why?", "too general"),
        (TARGETS, "what about Iran?", "countries like Russia and Iran about specific targets"),
    ],
)
def test_a_follow_up_is_answered_by_what_it_follows(seeds: Service, turn: Turn, question: str, quote: str) -> None:
    answer = seeds.pipeline.ask(question, "default", AskOptions(threshold=LIKELY, history=[turn]))
    assert (answer.question, answer.answered) == (question, True)
    assert quote in answer.citations[0].quote
    assert not seeds.pipeline.ask(question, "default", AskOptions(threshold=LIKELY)).answered


@pytest.mark.parametrize("question", ["who claimed responsibility for the massacre?", "which newspaper reported the warning?"])
def test_a_new_topic_is_not_dragged_back_to_the_old_one(seeds: Service, question: str) -> None:
    histories = ((), (VIEW, DEATHS, Turn("why?")))
    alone, after = (seeds.pipeline.ask(question, "default", AskOptions(threshold=LIKELY, history=turns)) for turns in histories)
    assert after.citations[0].quote == alone.citations[0].quote
    assert after.answered


def test_without_earlier_turns_there_is_nothing_else_to_read(embedder: Embedder) -> None:
    assert query_variants("and who claimed it?", (), embedder) == ()


def understood(embedder: Embedder, question: str, *history: Turn) -> str:
    return query_variants(question, history, embedder)[0]


def test_a_fragment_takes_the_place_of_what_is_like_it_in_the_earlier_question(embedder: Embedder) -> None:
    muslims = Turn("How many Muslims live in Victoria?")
    assert understood(embedder, "and Buddhists?", muslims) == "How many Buddhists live in Victoria?"
    assert understood(embedder, "What about Tasmania?", muslims) == "How many Muslims live in Tasmania?"
    assert understood(embedder, "and in 2015?", Turn("Who won the 1992 season?")) == "Who won the 2015 season?"


def test_a_follow_up_of_a_follow_up_goes_back_to_the_question_that_stands_alone(embedder: Embedder) -> None:
    launch = Turn("When was Sky+ HD launched?")
    found = understood(embedder, "who made the boxes?", Turn("Who is Bach?"), launch, Turn("did anything go wrong?"))
    assert found == "who made the boxes Sky+ HD launched wrong?"


def test_what_was_cited_last_lends_its_names_to_retrieval_alone(embedder: Embedder) -> None:
    cited = Turn("Who founded Telenet?", ("It was founded by former director Larry Roberts.",))
    assert query_variants("where was he born?", [cited], embedder) == (
        "where was he born founded Telenet?",
        "where was he born founded Telenet Larry Roberts?",
    )


def test_only_the_last_three_turns_count(seeds: Service) -> None:
    recent = [VIEW, TARGETS, DEATHS]
    short, long = (
        seeds.pipeline.ask("and who claimed it?", "default", AskOptions(history=turns))
        for turns in (recent, [VIEW] * 47 + recent)
    )
    assert (short.citations, short.confidence) == (long.citations, long.confidence)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
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
def test_a_huge_or_odd_turn_is_no_burden(seeds: Service, hostile: str) -> None:
    turns = [Turn(hostile, (hostile * 10,) * 10)] * 50
    began = time.process_time()
    steps = seeds.pipeline.stream("and who claimed it?", "default", AskOptions(history=turns))
    next(steps)
    assert time.process_time() - began < 2, "of processor time, to embed and to search"
    steps.close()
    assert seeds.pipeline.ask(hostile, "default", AskOptions(history=[DEATHS])).question == hostile


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How long is the warranty, and who leads the team?", ("How long is the warranty?", "who leads the team?")),
        ("When did the bridge fall? Why was it closed", ("When did the bridge fall?", "Why was it closed?")),
        ("What does a permit cost and how is it paid", ("What does a permit cost?", "how is it paid?")),
        ("Who wrote and who directed the film?", None),
        ("When and where was the treaty signed?", None),
        ("Who built the bridge and the tower?", None),
        ("What happened to Anna and when?", None),
        ("What? When? Who?", None),
        ("Who is Ann Lee? " * 5, None),
        ("", None),
    ],
)
def test_a_text_of_several_questions_is_told_from_one(question: str, parts: tuple[str, ...] | None) -> None:
    assert question_parts(question) == (parts or (question,))


@given(awkward)
def test_any_question_has_parts(question: str) -> None:
    assert question_parts(question)


def test_a_sentence_that_only_one_text_of_a_follow_up_read_can_be_quoted(seeds: Service, embedder: Embedder) -> None:
    reader = seeds.pipeline._reader(embedder.name)
    passage = seeds.pipeline.search("why did Russia ignore the warning?", "default").passages[0]
    count = len(passage.sentences)
    unread = Reading(passage, np.zeros((count, 0), np.float32), np.zeros(count, np.float32))
    read = Reading(passage, np.ones((count, 5), np.float32), np.full(count, 0.9, np.float32))
    for bare, informed in ((unread, read), (read, unread)):
        [together] = combine_readings([bare], [informed], [DEATHS], reader)
        assert together.evidence.max() == pytest.approx(0.9)
