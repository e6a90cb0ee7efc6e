import json
from pathlib import Path

import pytest

from quotewise.api.feedback import Feedback
from quotewise.api.recent_answers import GivenAnswer
from quotewise.api.settings import Settings
from quotewise.eval.gold import load_gold
from quotewise.index.local_store import LocalStore
from quotewise.rag.followups import Turn
from quotewise.rag.verification import Claim
from tests.api.command_line import Run
from tests.api.conftest import ready
from tests.conftest import SEED, SEEDS, WHY


@pytest.fixture
def index(run: Run, tmp_path: Path) -> Path:
    assert run("index", SEEDS).code == 0
    return tmp_path / "index"


def test_feedback_becomes_a_gold_file_that_passes_its_check(run: Run, index: Path, tmp_path: Path) -> None:
    with ready(Settings(index=index)) as client:
        answer = client.post("/ask", json={"question": WHY}).json()
        client.post("/ask", json={"question": "who won the world cup?"}, headers={"X-Request-ID": "cup"})
        right = {"document_id": answer["citations"][0]["document"]["id"], "start": 0, "end": 120}
        for said in (
            {"request_id": answer["request_id"], "helpful": True},
            {"request_id": "cup", "helpful": False, "right_quote": right},
        ):
            assert client.post("/feedback", json=said).status_code == 201
    out = tmp_path / "gold.jsonl"
    assert "2 questions in" in run("eval", "export-feedback", "-o", out).words
    why, cup = load_gold(out).questions
    assert (why.question, why.tags, len(why.quotes)) == (WHY, ["feedback"], 1)
    assert why.quotes[0].quote == answer["citations"][0]["quote"]
    assert (cup.quotes[0].start, cup.quotes[0].end) == (0, 120)
    assert "2 questions, 2 answerable, every quote in its place" in run("eval", "check", out, "--corpus", SEEDS).words
    printed = run("eval", "export-feedback")
    assert printed.out == out.read_text(encoding="utf-8")


def test_what_no_question_can_be_made_of_is_left_out_and_counted(run: Run, index: Path) -> None:
    store = LocalStore(index)
    document = store.catalogue.document_at("default", SEED)
    text = store.catalogue.text(document.id)

    def claim(start: int, end: int, sha256: str = document.sha256) -> Claim:
        return Claim(SEED, sha256, start, end, text[start:end])

    def say(question: str, *quotes: Claim, helpful: bool = True, right: Claim | None = None, before: str = "") -> None:
        history = (Turn(before, ("Once.",)),) if before else ()
        given = GivenAnswer(collection="default", question=question, history=history, quotes=quotes)
        content = Feedback(answer=given, helpful=helpful, right_quote=right).model_dump_json()
        store.catalogue.put_feedback("default", f"r{len(store.catalogue.feedback('default'))}", content)

    first, second, third = claim(0, 100), claim(200, 300), claim(300, 400)
    say("Twice?\u202e", first, second)
    say("Twice?\u202e", second, helpful=False, right=third)
    say("Twice?\u202e", first)
    say("why?", second, before="Twice?")
    say("why?", third)
    say("Nothing right?", first, helpful=False)
    say("Nothing quoted?")
    say("Changed?", claim(0, 100, "0" * 64))
    say("Gone?", right=Claim("gone.txt", document.sha256, 0, 100, text[:100]))
    store.close()
    found = run("eval", "export-feedback")
    assert found.out.isascii()
    questions = [json.loads(line) for line in found.out.splitlines()]
    asked = [(q["question"], q.get("history", []), [quote["start"] for quote in q["quotes"]]) for q in questions]
    assert asked == [
        ("Twice?\u202e", [], [0, 300]),
        ("why?", [{"question": "Twice?", "quotes": ["Once."]}], [200]),
        ("why?", [], [300]),
    ]
    assert "1 left out: not helpful, and no right quote given" in found.err
    assert "1 left out: helpful, but nothing was quoted" in found.err
    assert "2 left out: the document has changed since" in found.err


def test_an_index_without_feedback_is_called_so(run: Run, index: Path) -> None:
    found = run("eval", "export-feedback", "-o", "gold.jsonl")
    assert found.code == 1
    assert "there is no feedback on 'default' that a gold question can be made of" in found.err
    assert not Path("gold.jsonl").exists()
