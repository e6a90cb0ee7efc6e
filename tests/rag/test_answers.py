import json
from dataclasses import replace

from pydantic import TypeAdapter

from quotewise.index.sentences import Span
from quotewise.index.store import StoredDocument
from quotewise.rag.answers import Answer, Extractions, SearchResult, ShortAnswer, Timings, cite
from quotewise.rag.passages import Passage
from quotewise.rag.pipeline import AskOptions, extract
from quotewise.rag.readers.span import SpanReader

TEXT = "It rained.\nThe bridge fell in March."
DOCUMENT = StoredDocument("1" * 16, "a.md", "A", "0" * 64, "text/markdown", "default", "utf-8", 36, 36, 1, {}, "2026")
PASSAGE = Passage(TEXT, 0, 36, 1, ("One",), 0.0327868, 0.51236, DOCUMENT, (Span(0, 10), Span(11, 36)))
SPAN, ANSWER = Span(11, 36), Span(30, 35)
REFERENCE = f'{{"id":"{"1" * 16}","path":"a.md","title":"A","sha256":"{"0" * 64}","media_type":"text/markdown"}}'
PASSAGE_JSON = (
    '{"text":"It rained.\\nThe bridge fell in March.","start":0,"end":36,"line_start":1,"heading":["One"],'
    f'"score":0.03279,"similarity":0.5124,"document":{REFERENCE},"place":""}}'
)
CITATION_JSON = (
    '{"id":1,"quote":"The bridge fell in March.","start":11,"end":36,"line_start":1,"line_end":1,"page":null,'
    f'"heading":["One"],"score":0.9877,"highlights":[{{"start":30,"end":35}}],"document":{REFERENCE},"place":"line 1"}}'
)
TIMINGS_JSON = '{"embed":1.0,"search":2.0,"read":3.5,"total":6.5}'


def test_an_answer_serialises_to_the_documented_json_and_back() -> None:
    citation = cite(1, PASSAGE, SPAN, 0.98765, (ANSWER,))
    short = ShortAnswer("March", 1, *ANSWER, 0.81234567)
    timings = Timings.of(0.001, 0.002).with_read(0.0035)
    answer = Answer("When?", True, 0.98765432, 0.35, short, (citation,), (), (PASSAGE,), timings)
    expected = (
        '{"question":"When?","answered":true,"state":"answer","confidence":0.9877,"threshold":0.35,'
        '"answer":"The bridge fell in March. [1]",'
        '"short_answer":{"text":"March","citation":1,"start":30,"end":35,"confidence":0.8123},'
        f'"citations":[{CITATION_JSON}],"closest":[],"passages":[{PASSAGE_JSON}],"timings_ms":{TIMINGS_JSON},"interpretation":null,"contradictions":[]}}'
    )
    adapter = TypeAdapter(Answer)
    assert adapter.dump_json(answer).decode() == expected
    assert adapter.dump_json(adapter.validate_json(expected)).decode() == expected
    assert (answer.text, answer.citations[0].lines) == ("The bridge fell in March. [1]", (1, 1))
    withheld = replace(answer, answered=False, short_answer=None, closest=(citation,), citations=(), passages=None)
    shown = json.loads(adapter.dump_json(withheld))
    assert (shown["answer"], shown["short_answer"], shown["passages"]) == (None, None, None)
    states = {sure: replace(answer, confidence=sure).state for sure in (0.0, 0.4999, 0.5, 1.0)}
    assert states == {0.0: "possible", 0.4999: "possible", 0.5: "answer", 1.0: "answer"}
    assert shown["state"] == "none"
    assert shown["closest"] == [json.loads(CITATION_JSON)]


def test_a_search_result_serialises_to_the_documented_json() -> None:
    result = SearchResult("When?", (PASSAGE,), Timings.of(0.001, 0.002, 0.0035))
    expected = f'{{"question":"When?","passages":[{PASSAGE_JSON}],"timings_ms":{TIMINGS_JSON}}}'
    assert TypeAdapter(SearchResult).dump_json(result).decode() == expected


def test_extractions_serialise_to_the_documented_json(reader: SpanReader) -> None:
    texts = ["Paris is the capital of France. It lies on the Seine.", ""]
    for threshold, answered in ((0, True), (1, False)):
        extractions = extract(reader, "What is the capital of France?", texts, AskOptions(threshold=threshold))
        first = extractions.results[0]
        quote = {"quote": texts[0][:31], "start": 0, "end": 31, "score": round(first.quotes[0].score, 4)}
        short = first.short_answer
        assert json.loads(TypeAdapter(Extractions).dump_json(extractions)) == {
            "question": "What is the capital of France?",
            "results": [
                {
                    **{"text": 0, "answerability": round(first.answerability, 4), "answered": answered},
                    "quotes": [{**quote, "highlights": [{"start": 0, "end": 5}]}],
                    "short_answer": short and {"text": "Paris", "start": 0, "end": 5, "confidence": round(short.confidence, 4)},
                    "truncated": False,
                },
                {"text": 1, "answerability": 0, "answered": False, "quotes": [], "short_answer": None, "truncated": False},
            ],
            "threshold": threshold,
            "truncated": False,
        }
        assert (short is not None) == answered
