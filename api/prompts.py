"""What chat frontends send: the question in a prompt of context, instructions, tags or labels, and the quotes of a response."""

import re

from quotewise.api.requests import MAX_TEXT, MAX_TURN_QUOTES
from quotewise.index.sentences import sentence_spans

NOT_FOUND = "The documents do not answer this question."
POSSIBLE = "Possibly an answer, confidence"
SURE = "Confidence"
_BEGINNING, _END = 8_000, 24_000
"""Characters of a long prompt that are looked at: instructions stand before what was pasted, and the question beside it."""
_LONG = 1000
"""Characters from which on a question in a paragraph of its own is meant alone; shorter texts are questions with background."""
_PARAGRAPH = 600
"""Most characters of such a paragraph."""
_TAGGED = re.compile(r"<(user_?(?:query|question|message|input|prompt)|query|question)>\s*([^<]*[^<\s])\s*</\1>", re.IGNORECASE)
CONTEXT = re.compile(r"</?(?:context|documents?|sources?|files?|attachments?|search_results|passages?)\b[^<>]*>", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:^[\W_]{0,6}|\boriginal )(?:(?:my|the|this|new|last|latest|current|final|user(?:['’]s)?|human|follow[ -]?up)[ _]){0,3}"
    r"(?:question|query|input|request|message|frage|anfrage|pregunta|consulta|requête|问题|問題)"
    r"(?: is)?[*_ ]{0,3}(?:[:：][*_]{0,2}|(?<=#.)[^\n]?$)[ \t]*(?:\n\s*)?(?P<rest>\S[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_ANSWER = re.compile(
    r"\n[\W_]{0,6}(?:[\w-]+ ){0,2}(?:answer|response|question|output|assistant|ai|antwort|respuesta|réponse|回答)[\W_]*\Z",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\b(?:user|latest|following) (?:query|question|message)s?:? ?[\"“]([^\"“”]+)[\"”]", re.IGNORECASE)
_SWITCH = re.compile(r"^\s*/(?:no_)?think\s+|\s+/(?:no_)?think\s*$")
_ASKS = ("?", "？", "؟")


def excerpt(prompt: str) -> str:
    """The beginning and the end of a prompt, which is all of one of ordinary length."""
    if len(prompt) <= _BEGINNING + _END:
        return prompt
    return f"{prompt[:_BEGINNING]}\n\n{prompt[-_END:]}"


def question_in(prompt: str) -> str:
    """The question that a prompt is about; the prompt itself where it has no form that is known."""
    text = _ANSWER.sub("", _SWITCH.sub("", excerpt(prompt)).rstrip())
    for form in (_TAGGED, _QUOTED):
        if found := form.findall(text):
            last = found[-1]
            return (last if isinstance(last, str) else last[1]).strip()
    *_, context_end = 0, *(tag.end() for tag in CONTEXT.finditer(text) if tag[0].startswith("</"))
    after = text[context_end:].strip()
    if labels := list(_LABEL.finditer(after or text)):
        return labels[-1]["rest"].strip()
    if context_end and after:
        return question_in(after)
    if context_end:
        before = CONTEXT.split(text, maxsplit=1)[0].strip()
        return _last_asked(before) or prompt.strip()
    return _asked_beside(text) if len(text) > _LONG else text.strip()


def _asked_beside(text: str) -> str:
    """The question after a pasted text, or before it, or the last of all."""
    paragraphs = [paragraph.strip() for paragraph in re.split(r"\n\s*\n|\n-{3,}\n", text.strip())]
    *_, last_line = paragraphs[-1].splitlines()
    for candidate in (paragraphs[-1], last_line, paragraphs[0]):
        if len(candidate) <= _PARAGRAPH and candidate.endswith(_ASKS):
            return candidate
    return _last_asked(text) or (paragraphs[-1] if len(paragraphs) > 1 and len(paragraphs[-1]) <= _PARAGRAPH else text.strip())


def _last_asked(text: str) -> str:
    asked = [text[slice(*span)].strip() for span in sentence_spans(text)]
    return next((sentence for sentence in reversed(asked) if sentence.endswith(_ASKS)), "")


def quotes_in(content: str) -> tuple[str, ...]:
    """The quotes of an answer in the form that ``openai`` gives it; the closest passages are none."""
    quotes: list[str] = []
    start = 0
    for number in range(1, MAX_TURN_QUOTES + 1):
        mark = re.compile(rf" \[{number}\](?:\n|$)").search(content, start)
        if mark is None or content.startswith(NOT_FOUND):
            break
        quotes.append(content[start : mark.start()])
        start = mark.end()
    return tuple(quote for quote in quotes if len(quote) <= MAX_TEXT)
