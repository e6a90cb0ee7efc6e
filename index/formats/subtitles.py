"""SubRip and WebVTT: what is said, cue after cue, so that a sentence can run over cues; each cue is a part with its time."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape

from quotewise.index.encodings import decode
from quotewise.index.errors import DocumentError
from quotewise.index.formats.composed import Composer, cleaned
from quotewise.index.formats.parsed import Parsed

VERSION = 5
_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,6})?"
_CUE = re.compile(rf"[ \t]*({_TIME})[ \t]*-->[ \t]*({_TIME})[^\n]*")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]{1,100})>")
_NAME = re.compile(r"\s*([^\W_][^:\n]{0,60}):[ \t]+(?=\S)")
_NAMED_CUES = 0.8
"""Share of the cues that begin with a name, where a meeting program writes who speaks before each."""
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>|<\d[\d:.]{0,20}>|\{\\[^{}\n]{0,200}\}")
_HEARD = re.compile(r"\s*(?:\[[^\[\]]*\]|\([^()]*\)|[♪♫#*][^♪♫]*[♪♫#*])\s*")
"""What is no speech: ``[door slams]``."""
_SPOKEN = re.compile(r"\s*(?:>>|[A-Z][A-Z .'’-]{1,30}(?:[ ]\d{1,2})?:[ \n]|[-–—][ ]?\S[^\n]*\n[-–—])")
"""How a cue begins in which another person speaks, or two do."""
_ROLLED = 0.1
"""Seconds between captions of which the second shows the first again."""
_PAUSE = 4.0
"""Seconds of silence after which a sentence does not go on."""


@dataclass(frozen=True, slots=True)
class _Cue:
    label: str
    start: float
    end: float
    voice: str
    text: str


def parse(data: bytes) -> Parsed:
    """Parse subtitles. Raises DocumentError when the bytes are no text or hold no cue."""
    text, _, damage = decode(data)
    composer = Composer("subtitles", VERSION)
    if damage:
        composer.problems.append(damage)
    run: list[tuple[int, _Cue]] = []
    number = 0
    cues = list(_unrolled(_cues(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))))
    for number, cue in enumerate(_with_names_as_voices(cues), 1):
        if run and (cue.voice != run[-1][1].voice or cue.start - run[-1][1].end > _PAUSE or _is_apart(run[-1][1], cue)):
            _add(composer, run)
            run = []
        run.append((number, cue))
    if not number:
        raise DocumentError("holds no cue: no line with two times and --> between them")
    _add(composer, run)
    return composer.finish()


def _add(composer: Composer, run: list[tuple[int, _Cue]]) -> None:
    """Cues that follow on each other, as one block; who speaks is named once."""
    voice = run[0][1].voice if run else ""
    lines: list[tuple[int, str, str]] = []
    for number, cue in run:
        text = cleaned(cue.text)
        if text:
            lines.append((number, cue.label, text if lines or not voice else f"{voice}: {text}"))
    composer.add_parts([(text, ("cue", number, label)) for number, label, text in lines], "cue")


def _unrolled(cues: Iterable[_Cue]) -> Iterator[_Cue]:
    """Cues without the lines that are still shown from the one before, as captions that roll up have them."""
    shown: list[str] = []
    end = 0.0
    for cue in cues:
        lines = [line for line in map(str.strip, cue.text.split("\n")) if line]
        common = min(len(shown), len(lines)) if cue.start - end <= _ROLLED else 0
        again = next((n for n in range(common, 0, -1) if shown[-n:] == lines[:n]), 0)
        shown, end = lines, cue.end
        yield replace(cue, text="\n".join(lines[again:]))


def _is_apart(cue: _Cue, following: _Cue) -> bool:
    """Whether what is said does not go on: one of the two only tells what is heard, or another person speaks."""
    return bool(_HEARD.fullmatch(cue.text) or _HEARD.fullmatch(following.text) or _SPOKEN.match(following.text))


def _with_names_as_voices(cues: Sequence[_Cue]) -> Iterator[_Cue]:
    """Cues, of which the name before each is the voice that says it, if nearly all begin with one."""
    names = [None if cue.voice else _NAME.match(cue.text) for cue in cues]
    are_named = sum(name is not None for name in names) >= _NAMED_CUES * len(cues)
    for cue, name in zip(cues, names, strict=True):
        yield replace(cue, voice=name[1], text=cue.text[name.end() :]) if name and are_named else cue


def _cues(text: str) -> Iterator[_Cue]:
    lines = text.split("\n")
    line = 0
    while line < len(lines):
        time = _CUE.match(lines[line])
        line += 1
        if time is None:
            continue  # a number, a header, a note or a style
        said: list[str] = []
        while line < len(lines) and lines[line].strip() and not _CUE.match(lines[line]):
            said.append(lines[line])
            line += 1
        if line < len(lines) and _CUE.match(lines[line]) and said and said[-1].strip().isdecimal():
            said.pop()  # the number of the next cue, where the blank line before it is missing
        start, end = time[1].replace(",", "."), time[2].replace(",", ".")
        pieces = _VOICE.split("\n".join(said))
        for voice, piece in zip(["", *pieces[1::2]], pieces[::2], strict=True):
            shown = unescape(_TAG.sub("", piece))
            if shown.strip():
                yield _Cue(f"{start} --> {end}", _seconds(start), _seconds(end), voice.strip(), shown)


def _seconds(time: str) -> float:
    seconds = 0.0
    for part in time.split(":"):
        seconds = 60 * seconds + float(part)
    return seconds
