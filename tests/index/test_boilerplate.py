import pytest

from quotewise.index.boilerplate import SentenceKind, sentence_kind

KINDS = {
    SentenceKind.BOILERPLATE: (
        "Share.",
        "Exit mobile version",
        "Read more",
        "Share this article on Twitter",
        "Read next: The harbour",
        "Follow us on Mastodon!",
        "Page 3 of 10",
        "---",
        "| --- | --- |",
        "5 comments",
        "3\n00:00:12,000 --> 00:00:15,500",
        "00:12.000 --> 00:15.500 align:start",
    ),
    SentenceKind.NOTICE: (
        "© 2024 A. Inc.",
        "(c) 2024 A. Inc.",
        "(c) 2019-2021 by the authors",
        "Copyright 2019 by Nadia Fontaine.",
        "All rights reserved.",
    ),
    SentenceKind.PROSE: (
        "He died.",
        "Shares fell 5%.",
        "Skip to step 4.",
        "Follow the red line.",
        "Follow us to the gate.",
        "Filed under seal in March.",
        "(c) The bursar signs all cheques.",
        "Log in to the console.",
        "東京。",
        "Copyright protects authors.",
        "Share this room with a colleague.",
        "Read more books.",
        "Click here for the map of the harbour.",
        "Read more about the bridge in the museum.",
        "Subscribe to our paper at the kiosk.",
        "00:12.000 --> 00:15.500 was the slot.",
        "(c) 2019 tariffs apply until June.",
    ),
}


@pytest.mark.parametrize(("kind", "sentence"), [(kind, sentence) for kind, some in KINDS.items() for sentence in some])
def test_the_kind_of_a_sentence_is_recognised(kind: SentenceKind, sentence: str) -> None:
    assert sentence_kind(sentence) is kind
