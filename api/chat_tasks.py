"""What a chat frontend asks of a model besides questions, such as a title: recognised by its form, answered in its shape.

A task is an instruction about a conversation. The values are words of that conversation, whose answers are quotes, or questions
that the documents answer; what could only be invented is empty.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from quotewise.api import prompts
from quotewise.rag.followups import STOP_WORDS, Turn

_KINDS: dict[str, re.Pattern[str]] = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in {
        "title": r"\b(?:titles?|headline|titel|titre|título)\b|标题|\bname (?:for )?(?:this|the) (?:chat|conversation|session)",
        "tags": r"\b(?:tags?|keywords?|categor\w+|topics?|labels?)\b|标签",
        "standalone": r"\bstand-?alone\b|\b(?:rephrase|rewrite|reformulate|condense)\b",
        "follow_ups": r"\bfollow[-_ ]?ups?\b|\bquestions? (?:that )?(?:the |this |a )?"
        r"(?:user|i|you|they|one) (?:might|could|may|would|can)\b"
        r"|\b(?:next|useful) (?:messages?|questions?|prompts?)\b"
        r"|\bsuggest\w*\b.{0,40}\b(?:questions?|prompts?|replies)\b|\bsuggestions\b",
        "queries": r"\bsearch (?:quer(?:y|ies)|terms?|phrases?)\b|\bqueries\b"
        r"|\b(?:versions|variations|alternatives?|variants)\b.{0,40}\b(?:questions?|query)\b",
        "decision": r"\b(?:whether|if|decide|determine|necessity|need\w*)\b.{0,80}\bsearch",
        "emoji": r"\bemojis?\b",
        "continuation": r"\bauto-?complet\w*|\b(?:continue|complete) the (?:text|sentence|message)\b",
        "tools": r"\btool_calls\b",
        "image": r"\bprompt\b.{0,40}\bimage\b",
        "summary": r"\bsummar(?:y|i[sz]\w+)\b",
    }.items()
}
_VERB = re.compile(
    r"\b(?:generate|create|write|provide|suggest|give|propose|predict|produce|return|extract|classify|categori[sz]e|analy[sz]e|"
    r"determine|decide|rephrase|rewrite|reformulate|condense|continue|complete|reflect|choose|pick|summari[sz]e|come up|"
    r"name (?:this|the)|"
    r"identify|assign|you are an?|"
    r"erstelle|erzeuge|schreibe|génère|rédige|genera|crea|escribe)\b|生成|总结",
    re.IGNORECASE,
)
_SCAFFOLD = re.compile(r"^#+ *task\b|^[^\w\n]*(?:chat[_ ]?history|conversation)[^\w\n]*$", re.IGNORECASE | re.MULTILINE)
_ABOUT = re.compile(
    r"\b(?:conversation|chat|dialog(?:ue)?|discussion|messages?|session|user's|speaker|gespräch|unterhaltung|conversación)\b|对话",
    re.IGNORECASE,
)
_ABOUT_THIS = re.compile(
    r"\b(?:(?:this|our|above|previous|entire|whole) (?:conversation|chat|dialog(?:ue)?|discussion|session)|"
    r"(?:our|above|user's) messages|"
    r"the (?:conversation|chat|discussion)(?! (?:about|at|between|by|in|of|on|that|which|with)\b))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\W*(?:how|what|which|who|whose|why|when|where|can|could|do|does|is|are|should|would)\b", re.IGNORECASE)
_RULE = re.compile(
    r"\b(?:only|just|solely|exclusively|strictly|nothing else|without|no (?:punctuation|quot|explanation)|do not|don't|json|"
    r"max(?:imum)?|at most|concise|short|brief|"
    r"(?:\d|two|three|four|five|six)[- ](?:\w+[- ])?(?:\w+[- ])?words?|words? or (?:less|fewer)|"
    r"nur|ohne|seulement|solo)\b|只|不超过",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"<(chat_history|conversation|messages|history|transcript|dialog(?:ue)?|text|user_message|message)>(?P<a>(?:(?!<\1>).)*?)</\1>"
    r"|-{3,} ?BEGIN[^\n-]*-{3,}(?P<b>(?:(?!-{3,} ?BEGIN).)*?)-{3,} ?END[^\n-]*-{3,}|```(?P<c>[^`]+)```",
    re.IGNORECASE | re.DOTALL,
)
_ROLE = re.compile(
    r"^[ \t>*-]{0,4}\[?(?P<role>user|human|assistant|ai|bot|model|nutzer|usuario|用户|助手)\]?(?:\*\*)?[ \t]*[:：](?:\*\*)?",
    re.IGNORECASE | re.MULTILINE,
)
_AFTER_TURNS = re.compile(r"\n#|\n[\w -]{0,30}(?:input|question|query|title|output|tags?)[:：]", re.IGNORECASE)
_OBJECT = re.compile(r'\{+\s*"\w+"\s*:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}+')
_KEY = re.compile(r'"(\w+)"\s*:\s*(\S)')
_ARRAY = re.compile(r'\bJSON (?:array|list)\b|^\s*\[\s*"', re.IGNORECASE | re.MULTILINE)
_EMPTY: dict[str, Any] = {'"': "", "[": [], "{": {}, "t": False, "f": False, "n": None}
_OF_TYPE: dict[str, Any] = {"string": "", "array": [], "object": {}, "boolean": False, "integer": 0, "number": 0}
_WORD = re.compile(r"[^\W_][\w'’-]*")
_MAX_TITLE, _MAX_WORDS, _MAX_SUMMARY = 60, 6, 300
_EMOJI = "💬"


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a ``kind`` over a conversation; ``shape`` is the JSON object it asks for, with empty values."""

    kind: str
    turns: tuple[Turn, ...]
    shape: dict[str, Any] | None = None
    array: bool = False

    def answer(self, standalone: Callable[[str, Sequence[Turn]], str], suggested: Callable[[], Sequence[str]]) -> str:
        """What it asks for; ``standalone`` completes a follow-up, ``suggested`` gives questions that documents answer."""

        def value(kind: str) -> Any:
            if kind == "follow_ups":
                asked = {turn.question for turn in self.turns}
                return [question for question in suggested() if question not in asked]
            if kind in ("queries", "standalone"):
                question = standalone(self.turns[-1].question, self.turns[:-1]) if self.turns else ""
                return [question] if kind == "queries" and question else question or []
            if kind == "title":
                return self._title()
            if kind == "tags":
                return self._tags()
            return self._summary() if kind == "summary" else _EMOJI if kind == "emoji" else ""

        if self.shape is not None:
            return json.dumps(
                {key: _like(empty, value(_kind(key) or "")) for key, empty in self.shape.items()}, ensure_ascii=False
            )
        found = value(self.kind)
        if self.array:
            return json.dumps(found if isinstance(found, list) else [found] if found else [], ensure_ascii=False)
        if self.kind == "decision":
            return "no"
        return (", " if self.kind == "tags" else "\n").join(found) if isinstance(found, list) else found

    def _title(self) -> str:
        """The words of the first question from the first to the last that the quotes share, else those that say something."""
        turn = self.turns[0] if self.turns else Turn("")
        words = list(_WORD.finditer(turn.question))
        told = [word for word in words if not STOP_WORDS.fullmatch(word[0])] or words
        shared = [word for word in told if word[0].lower() in _lower(turn.quotes)] or told
        if not shared:
            return ""
        title = turn.question[shared[0].start() : shared[-1].end()]
        if len(title) > _MAX_TITLE or len(title.split()) > _MAX_WORDS:
            title = " ".join(word[0] for word in shared[:_MAX_WORDS])[:_MAX_TITLE]
        return title[:1].upper() + title[1:]

    def _tags(self) -> list[str]:
        words = chain.from_iterable(_WORD.findall(turn.question) for turn in self.turns)
        quoted = _lower(chain.from_iterable(turn.quotes for turn in self.turns))
        told = [word for word in words if not STOP_WORDS.fullmatch(word) and word.lower() in quoted]
        return list(dict.fromkeys(word[:1].upper() + word[1:] for word in told))[:3]

    def _summary(self) -> str:
        quotes = " ".join(chain.from_iterable(turn.quotes for turn in self.turns))
        return quotes if len(quotes) <= _MAX_SUMMARY else quotes[:_MAX_SUMMARY].rpartition(" ")[0]


def recognise(
    system: str, prompt: str, earlier: Sequence[Turn], schema: dict[str, Any] | None = None, demands_json: bool = False
) -> Task | None:
    """The task of a prompt, or None where that is a question; ``schema`` is the JSON Schema that the response is to have."""
    text = prompts.excerpt(prompt)
    if prompts.CONTEXT.search(text):
        return None
    turns, instructions = _turns(text)
    directed = f"{prompts.excerpt(system)}\n{instructions}" if _is_instruction(system) else instructions
    shape = {key: _OF_TYPE.get(str(part.get("type")), "") for key, part in _properties(schema).items()} or _shape(directed)
    kind = next((kind for kind in map(_kind, shape or ()) if kind), None) or _first_kind(directed)
    if kind is None or not _VERB.search(directed):
        return None
    question = prompts.question_in(text)
    framed = bool(_SCAFFOLD.search(text)) or directed != instructions
    labelled = kind in ("standalone", "queries") and question != text.strip()
    if not framed:
        if _ASKS.match(text) or (directed.rstrip().endswith("?") and not (turns or labelled)):
            return None
        of_conversation = bool(turns or shape is not None or demands_json) and _ABOUT.search(directed)
        of_earlier = earlier and _ABOUT_THIS.search(directed) and _VERB.search(directed[:40])
        if not (of_conversation or of_earlier or labelled or any(turn.quotes for turn in turns)):
            return None
    if not (framed or labelled or shape is not None or kind == "emoji" or _RULE.search(directed)):
        return None
    if kind == "standalone":
        turns = (*turns, Turn(question))
    if not turns:
        turns = tuple(earlier) or (Turn(question),)
    shape = {"value": ""} if shape is None and demands_json else shape
    return Task(kind, turns, shape, array=shape is None and bool(_ARRAY.search(directed)))


def _is_instruction(system: str) -> bool:
    """Whether the system's message is a task by itself, to be done with what the user's message holds."""
    text = prompts.excerpt(system)
    kind = _first_kind(text[:600])
    if kind == "tools":
        return _shape(text) is not None
    first, *_ = re.split(r"[.。\n]", text.lstrip("# \n"), maxsplit=1)
    is_named = kind in ("title", "tags", "follow_ups", "queries", "standalone") and _first_kind(first) == kind
    return bool(is_named and _VERB.match(first) and _ABOUT.search(first) and _RULE.search(text))


def _turns(text: str) -> tuple[tuple[Turn, ...], str]:
    """The conversation in a prompt, and the prompt without it."""
    blocks = list(_BLOCK.finditer(text))
    block = next((b for b in reversed(blocks) if _ROLE.search(b[0])), blocks[-1] if blocks else None)
    body = next(filter(None, block.groups()[1:]), "").strip() if block else ""
    if block and body and not _ROLE.search(body):
        return (Turn(body),), text[: block.start()] + text[block.end() :]
    start = block.start() if block else 0
    roles = list(_ROLE.finditer(text, start, block.end() if block else len(text)))
    if not roles:
        return (), text
    end = _AFTER_TURNS.search(text, roles[-1].end()) if block is None else None
    stop = block.end() - len(f"</{block[1] or ''}>") if block else end.start() if end else len(text)
    turns: list[Turn] = []
    for role, following in zip(roles, [*(role.start() for role in roles[1:]), stop], strict=True):
        said = text[role.end() : following].strip()
        if role["role"].lower() in ("user", "human", "nutzer", "usuario", "用户"):
            turns.append(Turn(prompts.question_in(said)))
        elif turns:
            unmarked = () if said.startswith(prompts.NOT_FOUND) else (said,)
            turns[-1] = Turn(turns[-1].question, (*turns[-1].quotes, *(prompts.quotes_in(said) or unmarked)))
    return tuple(turns), text[: block.start() if block else roles[0].start()] + text[block.end() if block else stop :]


def _shape(instructions: str) -> dict[str, Any] | None:
    found = [
        {key: _EMPTY.get(first, "" if first == "<" else 0) for key, first in _KEY.findall(shown[0])}
        for shown in _OBJECT.finditer(instructions)
    ]
    return next((shape for shape in found if "tool_calls" in shape), found[0] if found else None)  # after the tools themselves


def _properties(schema: dict[str, Any] | None) -> dict[str, Any]:
    found = (schema or {}).get("properties")
    return {str(key): part for key, part in found.items() if isinstance(part, dict)} if isinstance(found, dict) else {}


def _kind(key: str) -> str | None:
    return _first_kind(key.replace("_", " ")) or _first_kind(key)


def _first_kind(text: str) -> str | None:
    found = [(match.start(), kind) for kind, pattern in _KINDS.items() if (match := pattern.search(text))]
    if any(kind == "standalone" for _, kind in found) and all(
        kind in ("standalone", "follow_ups", "queries") for _, kind in found
    ):
        return "standalone"  # of a "follow-up question"
    return min([one for one in found if one[1] != "summary"] or found)[1] if found else None  # a title summarises, too


def _lower(texts: Any) -> set[str]:
    return {word.lower() for text in texts for word in _WORD.findall(text)}


def _like(empty: Any, value: Any) -> Any:
    """A value in the type of the empty one."""
    if isinstance(empty, list):
        return value if isinstance(value, list) else [value] if value else []
    if isinstance(empty, str):
        return ", ".join(value) if isinstance(value, list) else value
    return empty
