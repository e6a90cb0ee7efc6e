"""Chats that Slack, Telegram or Discord export as JSON: who said what and when, message by message."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import unescape
from typing import Any

from quotewise.index.encodings import decode
from quotewise.index.formats import structured
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.parsed import Parsed

VERSION = 2
_REFERENCE = re.compile(r"<(?P<sign>[@#!]?)(?P<target>[^<>|\s][^<>|]{0,2000})(?:\|(?P<label>[^<>]{0,500}))?>")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?")
_UTC = frozenset(("Z", "+00:00", "-00:00", "+0000"))
_NAMES = ("real_name", "display_name", "global_name", "nickname", "name", "username")
_LONGEST_NAME = 80
_GROUPS = "private_group private_supergroup private_channel public_group public_supergroup public_channel"
_KINDS = frozenset((*_GROUPS.split(), "personal_chat", "saved_messages", "bot_chat"))
"""What Telegram calls chats."""
_FIELD = (("title", "name"), ("value", "value"))
_RUNS = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")
_DEPTH_LIMIT = 20

Entry = Mapping[str, Any]


def parse(data: bytes) -> Parsed:
    """Parse an exported chat; other JSON is read as that. Raises DocumentError when the bytes are no text."""
    text, _, damage = decode(data)
    try:
        root = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return structured.parse(data)
    composer = Composer("chat_export", VERSION)
    if damage:
        composer.problems.append(damage)
    chats = _chats_of_account(root)
    for chat in chats:
        composer.under(_title(chat) or "")
        composer.add(_title(chat) or "", "heading", 1)
        _add(composer, chat)
    if not chats:
        _add(composer, root)
    composer.first_heading = None
    parsed = composer.finish(None if chats else _title(root))
    return parsed if any(block.kind != "heading" for block in parsed.blocks) else structured.parse(data)


def _add(composer: Composer, chat: Any) -> None:
    messages = [one for one in _messages(chat) if isinstance(one, dict)]
    names = dict(_names(messages))
    for number, message in enumerate(messages, 1):
        if line := _line(message, names):
            composer.part("message", number, _time(message))
            composer.add(line)


def _chats_of_account(root: Any) -> list[Entry]:
    """The chats of an account that Telegram exports as a whole, with those that it has left."""
    kinds = [root.get(key) for key in ("chats", "left_chats")] if isinstance(root, dict) else []
    chats = [one for chats in kinds if isinstance(chats, dict) for one in _listed(chats, "list")]
    return [one for one in chats if any(map(_is_said, _messages(one)))]


def _is_said(message: Any) -> bool:
    return isinstance(message, dict) and bool(_line(message, {}))


def _messages(root: Any) -> Sequence[Any]:
    """The messages of what is a chat as a whole, rather than other JSON with messages in it."""
    if isinstance(root, dict):
        kind, found = root.get("type"), root.get("messages")
        is_chat = isinstance(root.get("guild"), dict) or (isinstance(kind, str) and kind in _KINDS)
        return found if is_chat and isinstance(found, list) else ()
    found = root if isinstance(root, list) else []
    return found if 2 * sum("ts" in one for one in found if isinstance(one, dict)) > len(found) else ()


def _title(root: Any) -> str | None:
    channel = root.get("channel") if isinstance(root, dict) else None
    name = root.get("name") if isinstance(root, dict) else None
    name = channel.get("name") if isinstance(channel, dict) else name or channel
    return name if isinstance(name, str) else None


def _names(messages: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """The names of people by what messages call them."""
    for message in messages:
        profile = message.get("user_profile")
        user, name = message.get("user"), _named(profile)
        if isinstance(user, str) and name:
            yield user, name


def _named(person: Any) -> str:
    found = (person.get(key) for key in _NAMES) if isinstance(person, dict) else ()
    return next((name.strip()[:_LONGEST_NAME] for name in found if isinstance(name, str) and name.strip()), "")


def _line(message: Entry, names: Mapping[str, str]) -> str:
    said = "\n".join(filter(None, _said(message, names)))
    if not said:
        return ""
    person, user = message.get("author") or message.get("bot_profile"), message.get("user")
    given = (message.get(key) for key in ("from", "username", "actor"))
    name = _named(person) or (names.get(user, user) if isinstance(user, str) else _named(user))
    name = name or next((one[:_LONGEST_NAME] for one in given if isinstance(one, str) and one), "")
    time = _time(message)
    who = f"{name} ({time})" if name and time else name or time
    return f"{who}: {said}" if who else said


def _said(message: Entry, names: Mapping[str, str]) -> Iterator[str]:
    """The text of a message, and of what is attached to it."""
    is_slack = "ts" in message
    if isinstance(first := message.get("forwarded_from"), str):
        yield f"Forwarded from {first[:_LONGEST_NAME]}:"
    if not message.get("text"):
        yield from (_text(piece, names, is_slack) for piece in _in_blocks(message.get("blocks"), names))
    for key in ("text", "content", "caption"):
        yield _text(message.get(key), names, is_slack)
    for attached in _listed(message, "attachments") + _listed(message, "embeds"):
        shown = [_text(attached.get(key), names, is_slack) for key in ("pretext", "title", "text", "description")]
        yield " – ".join(filter(None, shown)) or _text(attached.get("fallback"), names, is_slack)
        for entry in _listed(attached, "fields"):
            name, value = (_text(entry.get(one) or entry.get(other), names, is_slack) for one, other in _FIELD)
            yield ": ".join(filter(None, (name, value)))
        file = attached.get("fileName")
        yield f"[{file}]" if isinstance(file, str) else ""
    for file in _listed(message, "files"):
        shared = file.get("title") or file.get("name")
        yield f"[{shared}]" if isinstance(shared, str) else ""
    if isinstance(file := message.get("file_name"), str):
        yield f"[{file}]"
    if isinstance(poll := message.get("poll"), dict):
        question = poll.get("question")
        yield _text(question.get("text") if isinstance(question, dict) else question, names, is_slack)
        yield from (f"- {_text(answer.get('text'), names, is_slack)}" for answer in _listed(poll, "answers"))


def _in_blocks(value: Any, names: Mapping[str, str], depth: int = 0) -> Iterator[str]:
    """The texts in the blocks of a message of Slack that says nothing else."""
    if depth > _DEPTH_LIMIT:
        return
    if isinstance(value, list):
        for one in value:
            yield from _in_blocks(one, names, depth + 1)
    elif isinstance(value, dict):
        shown, user, target = (value.get(key) for key in ("text", "user_id", "url"))
        if isinstance(shown, str):
            yield shown
        elif isinstance(user, str):
            yield f"@{names.get(user, user)}"
        elif isinstance(target, str):
            yield target
        else:
            pieces = (piece for key in ("text", "elements", "fields") for piece in _in_blocks(value.get(key), names, depth + 1))
            yield from ["".join(pieces)] if value.get("type") in _RUNS else pieces


def _listed(message: Entry, key: str) -> list[Entry]:
    found = message.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(value: Any, names: Mapping[str, str], is_slack: bool) -> str:
    """A text; that of Telegram may come in pieces, and that of Slack has references between ``<`` and ``>``."""
    if isinstance(value, list):
        pieces = (one.get("text") if isinstance(one, dict) else one for one in value)
        value = "".join(piece for piece in pieces if isinstance(piece, str))
    if not isinstance(value, str):
        return ""
    return unescape(_REFERENCE.sub(lambda found: _shown(found, names), value)) if is_slack else value


def _shown(reference: re.Match[str], names: Mapping[str, str]) -> str:
    target, label = reference["target"], reference["label"]
    if reference["sign"] == "@":
        return f"@{label or names.get(target, target)}"
    if reference["sign"] == "!":
        return label or f"@{target.partition('^')[0]}"
    if reference["sign"] == "#":
        return f"#{label or target}"
    return label or target.removeprefix("mailto:")


def _time(message: Entry) -> str:
    stamp = message.get("ts")
    if isinstance(stamp, str):
        try:
            return datetime.fromtimestamp(float(stamp), UTC).strftime("%Y-%m-%d %H:%M UTC")
        except (ValueError, OverflowError, OSError):
            return ""
    written = next((one for key in ("date", "timestamp") if isinstance(one := message.get(key), str)), "")
    found = _TIME.match(written)
    if not found:
        return ""
    zone = found["zone"] or ""
    return " ".join(filter(None, (found[1], found[2], "UTC" if zone in _UTC else zone)))
