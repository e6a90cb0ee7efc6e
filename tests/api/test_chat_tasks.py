import json
from collections.abc import Sequence
from typing import Any

import pytest

from quotewise.api.chat_tasks import Task, recognise
from quotewise.api.prompts import question_in
from quotewise.rag.followups import Turn

ASKED = "How long is the warranty of the pump?"
QUOTED = "The pump P4 has a warranty of four years."
UPPER = f"USER: {ASKED}\nASSISTANT: {QUOTED} [1]\n\nConfidence: 92%"
LOWER = f"User: {ASKED}\nAI: {QUOTED} [1]"
TAGGED = f"<chat_history>\n{UPPER}\n</chat_history>"
EARLIER = (Turn(ASKED, (QUOTED,)),)
SUGGESTED = "What is a pump?"


def answer(task: Task | None) -> Any:
    def standalone(question: str, turns: Sequence[Turn]) -> str:
        return f"{question} [after {len(turns)}]" if turns else question

    assert task is not None
    told = task.answer(standalone, lambda: [SUGGESTED, ASKED])
    return json.loads(told) if told.startswith(("{", "[")) else told


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        # Open WebUI
        (
            f'### Task:\nGenerate a concise title summarizing the chat, no emojis.\n### Output:\n{{ "title": "your title" }}\n'
            f'### Examples:\n- {{ "title": "Stock Trends" }}\n### Chat History:\n{TAGGED}',
            {"title": "Warranty of the pump"},
        ),
        (
            f'### Task:\nGenerate 1-3 broad tags categorizing the main themes.\nJSON: {{"tags": ["tag1", "tag2"]}}\n{TAGGED}',
            {"tags": ["Warranty", "Pump"]},
        ),
        (
            f'### Task:\nSuggest 3 follow-ups.\n{{ "follow_ups": ["Question 1?"] }}\n{TAGGED}',
            {"follow_ups": [SUGGESTED]},
        ),
        (
            f'### Task:\nPredict useful messages this user might send next.\n{{"follow_ups": ["m"]}}\n{TAGGED}',
            {"follow_ups": [SUGGESTED]},
        ),
        (
            '### Task:\nAnalyze the chat history to determine the necessity of search queries.\n{\n  "queries": ["query1"]\n}\n'
            + TAGGED,
            {"queries": [ASKED]},
        ),
        (
            '### Task:\nYou are an autocompletion system. Continue the text in <text>.\nReturn { "text": "<completion>" }\n'
            f"{TAGGED}\n<type>General</type>\n<text>How long</text>",
            {"text": ""},
        ),
        (f'### Task:\nGenerate a detailed prompt for an image.\n{{"prompt": "description"}}\n{TAGGED}', {"prompt": ""}),
        (f"Your task is to reflect the speaker's mood through a fitting emoji.\n\nMessage: ```{ASKED}```", "💬"),
        # LibreChat
        (
            "Analyze this conversation and provide:\n1. The detected language\n2. A concise title (5 words or less)\n\n"
            + LOWER,
            "Warranty of the pump",
        ),
        (f"Provide a concise, 5-word-or-less title for the conversation.\n\nConversation:\n{LOWER}", "Warranty of the pump"),
        (
            f"Please generate a concise title (max 40 characters) for a conversation that starts with:\n{LOWER}\n\nTitle:",
            "Warranty of the pump",
        ),
        # others
        (
            "Given the following conversation and a follow up question, rephrase it to be a standalone question."
            f"\n\nChat History:\nHuman: {ASKED}\nAssistant: {QUOTED}\n"
            "Follow Up Input: And how heavy is it?\nStandalone question:",
            "And how heavy is it? [after 1]",
        ),
        (f"Suggest 3 questions the user might ask next, as a JSON array of strings only.\n\n{LOWER}", [SUGGESTED]),
        (f"Generate tags for this chat, separated by commas, nothing else.\n\n{UPPER}", "Warranty, Pump"),
        (f"Decide whether a web search is needed. Respond with only yes or no.\n\n{UPPER}", "no"),
        (
            f'### Task:\nDecide whether a search is needed.\n{{ "search": true, "reason": "why" }}\n{TAGGED}',
            {"search": False, "reason": ""},
        ),
        (f"Summarize the conversation below in at most 30 words.\n\n{UPPER}", QUOTED),
        ("请为以下对话生成一个简短的标题，只返回标题。\n\n用户: 水泵的保修期是多久？\n助手: 四年", "水泵的保修期是多久"),
        (f"Generate 3 different versions of the given user question to retrieve documents. Original question: {ASKED}", ASKED),
    ],
)
def test_tasks_are_answered_with_words_of_the_conversation_in_the_shape_they_ask_for(prompt: str, told: Any) -> None:
    assert answer(recognise("", prompt, ())) == told


def test_a_task_may_stand_in_the_message_of_the_system_or_after_the_conversation() -> None:
    named = "Generate a short title (four words or less) for the user's messages. Reply with only the title."
    begun = f"---BEGIN USER MESSAGES---\n{ASKED}\n---END USER MESSAGES---\n\nGenerate a short title for the above messages."
    assert answer(recognise(named, begun, ())) == "Warranty of the pump"
    last = "Please generate a four word title summarizing our conversation without any punctuation."
    assert answer(recognise("", last, EARLIER)) == "Warranty of the pump"
    known = '[{"name": "search", "parameters": {"q": {"type": "string"}}}]'
    tools = f'Available Tools: {known}\nReturn only the JSON object; if none match: {{ "tool_calls": [] }}'
    assert answer(recognise(tools, f"Query: {ASKED}", ())) == {"tool_calls": []}


@pytest.mark.parametrize(
    "prompt",
    [
        ASKED,
        "Generate a title for the report",
        "What title did the chairman hold?",
        "How do I generate tags for a chat?",
        "Which topics does the conversation between A and B cover?",
        "Write a short summary of the lease",
        "Give me the three most important categories of waste, only the names",
        "Suggest follow-up questions for an interview",
        "What does the manual say about search queries?",
        "Give me only the topics that were discussed at the session in May",
        "Summarize the discussion of the board about the lease in one short paragraph",
        'How do I write only the tags: {"tags": ["a"]}?',
        "How do I create labels with chat_history in the prompt? Only the names.",
        "Which labels need only be written here?\n```\nkind: Pod\n```",
        "Write a title like in this code, without comments:\n```\nkind: Pod\n```",
    ],
)
@pytest.mark.parametrize(
    "system",
    [
        "",
        'You are terse. Answer in JSON: {"answer": ""}',
        "You are a support assistant. Keep the conversation to the topics of the documents. Return only titles.",
        "You have available tools: search. Generate search queries only where needed; do not suggest follow-up questions.",
    ],
)
def test_a_question_is_no_task(prompt: str, system: str) -> None:
    assert recognise(system, prompt, EARLIER) is None
    assert question_in(prompt) == prompt


SOUP = "The soup is hot. Is it leek? Generate a title.\n\n" * 40


@pytest.mark.parametrize(
    "prompt",
    [
        f'### Task:\nRespond to the user query.\n<context>\n<source id="1">{SOUP}</source>\n</context>\n\n{ASKED}',
        f"### Task:\nRespond.\n<context>\n{SOUP}\n</context>\n\n<user_query>\n{ASKED}\n</user_query>",
        f"Use the following context to answer the question at the end.\n\n{SOUP}\n\nQuestion: {ASKED}\nHelpful Answer:",
        f"Context is below.\n---------------------\n{SOUP}\n---------------------\nAnswer the query.\nQuery: {ASKED}\nAnswer: ",
        f"{'Keep to the facts of the documents. ' * 40}\n\nQuestion: {ASKED}",
        f"{SOUP}{ASKED}",
        f"{ASKED}\n\n{'Dear Sir, the shop is closed.' * 60}",
        f"/no_think {ASKED}",
        f'You have been provided with responses to the latest user query: "{ASKED}"\n\nResponses from models: """A"""',
    ],
)
def test_the_question_is_found_in_what_surrounds_it(prompt: str) -> None:
    assert recognise("", prompt, ()) is None
    assert question_in(prompt) == ASKED


@pytest.mark.parametrize(
    "part", ["<context>", "<text>", "User:\n", '{"a":', "-----BEGIN ", "a ", "\n\n", "Question: x\n", "#", "```"]
)
def test_hostile_prompts_end(part: str) -> None:
    recognise(part * 100_000, part * 100_000, ())
    assert len(question_in(part * 100_000)) <= len(part) * 100_000
