"""Tells the name of who signs a letter, which is set apart as headings are, from headings."""

import re

_CLOSING = re.compile(
    r"(?:(?:with )?(?:my |our )?(?:very )?(?:kind(?:est)?|best|warm(?:est)?)(?: (?:personal )?(?:regards|wishes))?|regards"
    r"|(?:yours )?(?:very )?(?:sincerely|faithfully|truly)(?: yours)?|respectfully(?: (?:submitted|yours))?"
    r"|(?:many )?thanks(?: (?:again|and .{3,20}))?|thank you(?: .{3,40})?|cheers|signed(?: by)?"
    r"|(?:for and )?on behalf of .{1,60}"
    r"|mit (?:besten|freundlichen|herzlichen) gr(?:üßen|uessen|üssen)"
    r"|(?:beste|freundliche|herzliche|viele|liebe) gr(?:üße|üsse|uesse)"
    r"|hochachtungsvoll|gezeichnet|gez\.|i\. ?[av]\.|(?:bien )?cordialement|bien à vous|(?:sincères )?salutations(?: .{3,20})?"
    r"|atentamente|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|(?:cordiali|distinti) saluti|met vriendelijke groet(?:en)?"
    r"|med (?:venlig|vennlig|vänlig) hilsen|atenciosamente|[_.]{5,})[,.!:]?",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(?:(?:vice[- ])?(?:chair(?:man|woman|person)?|president|director|manager|secretary|treasurer|principal|dean|chancellor)"
    r"|head of|chief|officer|c[efot]o|partner|engineer|lawyer|attorney|solicitor|notary|professor|lecturer|(?:co-)?founder"
    r"|owner|editor|teacher|mayor|clerk|consultant|co-?ordinator|administrator|assistant|counsel|captain|commissioner|inspector"
    r"|physician|surgeon|analyst|developer|architect|accountant|supervisor|librarian|trustee|councillor|minister|registrar"
    r"|geschäftsführer(?:in)?|leiter(?:in)?|vorsitzende[rn]?|vorstand|schatzmeister(?:in)?|direktor(?:in)?|prokurist(?:in)?"
    r"|directeur|directrice|présidente?|trésori(?:er|ère)|secrétaire|gérante?|gerente|presidente|director[ae]|direttore|voorzitter"
    r")\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:(?:dr|prof|mr|mrs|ms|sir|dipl-ing|ing|hon|rev|st)\.? )*[^\W\d_](?:[\w'’-]+|\.)"
    r"(?: (?:[^\W\d_](?:[\w'’-]+|\.)|(?:de|da|di|van|von|der|den|la|le|el|al|bin|ter|y|e|zu)\b)){0,4}"
    r"(?:,? (?:jr|sr|ph\.? ?d|m\.? ?d|m\.?a|m\.?sc|b\.?a|ll\.?m|esq|mba|cpa)\.?)*",
    re.IGNORECASE,
)
_PARTICLE_WORDS = "de da di van von der den la le el al bin ter y e zu"
_SECTION_WORDS = """
    annex appendix attachment attachments enclosure enclosures enclosed note notes ps contents summary references
    team staff board members committee management leadership officers people persons contact contacts services office department
    hours rules terms conditions information about
    experience employment career education qualifications skills profile history berufserfahrung
    werdegang expérience experiencia
"""
"""Words of the headings of sections, among others of those above lists of offices."""
_PARTICLES, _SECTIONS = (frozenset(words.split()) for words in (_PARTICLE_WORDS, _SECTION_WORDS))
_MOST_WORDS = 9


def is_signature(above: str, name: str, below: str) -> bool:
    """Whether a line names who signs: it stands below the closing of a letter, or above the office that the person holds."""
    if not _is_name(name):
        return False
    lines = above.strip().splitlines()
    if lines and _CLOSING.fullmatch(lines[-1].strip(" \t>*_")):
        return True
    first = next(iter(below.strip().splitlines()), "").strip(" \t>*_")
    is_short = 0 < len(first.split()) <= _MOST_WORDS and first[-1] not in ".!?;" and ":" not in first
    return is_short and len(name.split()) > 1 and bool(_OFFICE.search(first))


def _is_name(text: str) -> bool:
    words = text.strip(" \t\r\n*_").split()
    if not words or not _NAME.fullmatch(" ".join(words)) or not _SECTIONS.isdisjoint(word.casefold() for word in words):
        return False
    return all(word[0].isupper() or word.casefold() in _PARTICLES for word in words)
