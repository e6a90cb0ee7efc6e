"""Texts into the language that most of their words are in, by script and function words."""

import re
from collections import Counter
from collections.abc import Iterable

_FUNCTION_WORDS = {
    "da": "og i at det er en af til på for ikke den som der blev også efter mellem fra ved",
    "de": "der die und das ist nicht von mit den ein eine zu auf für sich dem auch im wird werden",
    "en": "the of and to is that it was for with as are this be by not from have which on you your we how what can a i do no",
    "es": "el la los de y que en es un una por con para las del se no lo como su",
    "fi": "ja on ei se että oli ovat mutta joka kun myös sen hän ole jos tai kuin vain niin mukaan",
    "fr": "le la les des et est une dans que qui pour du pas sur au avec par ce sont plus",
    "hu": "a az és hogy nem is egy van volt meg csak mint ez de ha már vagy el kell még",
    "it": "il di che è la un una per non con del della sono gli da nel più le si dei",
    "nl": "de het een van en is dat niet op te zijn voor met aan ook er door werd naar bij",
    "no": "og i det er en av til på for ikke som har ble også etter mellom fra ved den jeg",
    "pt": "o a os que de e é um uma para com não do da em no as mais dos por",
    "ro": "și de la în cu nu este pe un care din că sunt o mai fi pentru au sau ale",
    "sv": "och att det är en av på för inte som den till med var ett från också efter mellan vid",
    "tr": "ve bir bu için ile da de olarak ne değil olan daha çok gibi en kadar sonra ama her o",
}
"""Twenty of the most frequent words of each language, by ISO 639-1 code; of English also what questions and answers have, and
the words that others share with it."""
_LANGUAGES_OF = {
    word: [code for code, words in _FUNCTION_WORDS.items() if word in words.split()]
    for word in {word for words in _FUNCTION_WORDS.values() for word in words.split()}
}
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "en": "[A-Za-z\u00c0-\u024f]",
    "ja": "[\u3040-\u30ff]",
    "ko": "[\u1100-\u11ff\uac00-\ud7af]",
    "zh": "[\u3400-\u4dbf\u4e00-\u9fff]",
    "ru": "[\u0400-\u04ff]",
    "el": "[\u0370-\u03ff]",
    "ar": "[\u0600-\u06ff]",
    "he": "[\u0590-\u05ff]",
    "ta": "[\u0b80-\u0bff]",
    "hi": "[\u0900-\u097f]",
    "th": "[\u0e00-\u0e7f]",
}
"""The letters of each script, under the language that most of what is written in it is in."""
_KANA_SHARE = 0.1
"""Of the letters of a Japanese text, among Han characters; a Chinese text has next to none."""
_LEAST_WORDS, _LEAST_SHARE = 3, 0.1
"""Function words, and their share of all words, from which they tell a language; the share in prose is 0.25 to 0.45. As many
words with accents, and fewer function words, tell that it is another one."""
_RUSSIAN, _PERSIAN = re.compile("[ыэё]", re.IGNORECASE), re.compile("[پچژگ]")


def detect_language(texts: Iterable[str]) -> str:
    """The ISO 639-1 code of the language of most of the texts, or ``und`` (undetermined) for a language without an entry here.

    Empty for texts of Latin letters that are too short to tell, or that have too few function words, such as code and names.
    """
    text = "\n".join(texts)
    letters = {code: len(re.findall(script, text)) for code, script in _SCRIPTS.items()}
    kana = letters["ja"]
    letters["zh"] += kana
    script = max(letters, key=letters.__getitem__)
    if script == "zh" and kana > _KANA_SHARE * letters["zh"]:
        return "ja"
    if (script == "ru" and not _RUSSIAN.search(text)) or (script == "ar" and _PERSIAN.search(text)):
        return "und"
    return _latin_language(text) if script == "en" else script


def _latin_language(text: str) -> str:
    words = [word.lower() for word in _WORD.findall(text)]
    counts = Counter(code for word in words for code in _LANGUAGES_OF.get(word, ()))
    best, count = max(counts.items(), key=lambda item: (item[1], item[0] != "en"), default=("", 0))
    if count >= max(_LEAST_WORDS, _LEAST_SHARE * len(words)):
        return best
    return "und" if sum(not word.isascii() for word in words) > max(_LEAST_WORDS, _LEAST_SHARE * len(words)) else ""
