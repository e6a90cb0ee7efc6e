"""Contact cards (vCard 2.1 to 4.0): each as its name over lines of its numbers, addresses and notes."""

import re
from collections.abc import Iterator

from quotewise.index.formats.composed import Composer
from quotewise.index.formats.content_lines import Component, Property, read, read_as_text
from quotewise.index.formats.parsed import Parsed

VERSION = 2
_LABELS = {
    "NICKNAME": "Nickname",
    "ORG": "Organization",
    "TITLE": "Title",
    "ROLE": "Role",
    "TEL": "Phone",
    "EMAIL": "Email",
    "ADR": "Address",
    "LABEL": "Address",
    "BDAY": "Birthday",
    "ANNIVERSARY": "Anniversary",
    "DEATHDATE": "Died",
    "URL": "Website",
    "IMPP": "Messaging",
    "X-SOCIALPROFILE": "Profile",
    "RELATED": "Related",
    "X-ABRELATEDNAMES": "Related",
    "X-ABDATE": "Date",
    "X-SPOUSE": "Spouse",
    "X-MANAGER": "Manager",
    "X-ASSISTANT": "Assistant",
    "X-ANNIVERSARY": "Anniversary",
    "CATEGORIES": "Categories",
    "LANG": "Language",
    "GENDER": "Gender",
    "TZ": "Time zone",
    "AGENT": "Agent",
    "MEMBER": "Member",
    **dict.fromkeys(("X-SKYPE", "X-SKYPE-USERNAME"), "Skype"),
    **dict.fromkeys(("X-JABBER", "X-GTALK", "X-GOOGLE-TALK"), "Jabber"),
    **{f"X-{name.upper()}": name for name in ("ICQ", "AIM", "MSN", "Yahoo", "QQ", "Twitter", "Telegram", "WhatsApp", "Signal")},
    **{f"X-PHONETIC-{name.upper()}-NAME": f"Phonetic {name} name" for name in ("first", "middle", "last")},
    "X-DEPARTMENT": "Department",
    "X-PROFESSION": "Profession",
    "X-CHILDREN": "Children",
}
_UNSHOWN = "VERSION PRODID UID REV SOURCE KIND PROFILE MAILER CLASS SORT-STRING CLIENTPIDMAP XML N FN NOTE GEO"
_OF_MACHINES = frozenset(_UNSHOWN.split())
_UNSAID_TYPES = frozenset(("pref", "voice", "internet", "x-internet", "uri", "text", "msg", "other", "x-apple"))
_PLACES = (0, 1, 2, 3, 5, 4, 6)
"""The order of the fields of an address: box, rest, street, place, code, region, country."""
_OWN_LABEL = re.compile(r"_\$!<(.*)>!\$_")
_DATE = re.compile(r"(\d{4}|--)-?(\d{2})-?(\d{2})(?:T.*)?")
_SCHEME = re.compile(r"(?:tel|mailto|xmpp|sip|skype|aim|ymsgr|msnim|x-apple):", re.IGNORECASE)


def parse(data: bytes) -> Parsed:
    """Parse contact cards; text without one is read as that. Raises DocumentError when the bytes are no text."""
    root, damage = read(data)
    cards = [one for one in root.all() if one.name == "VCARD"]
    if not cards:
        return read_as_text(data, "the file as contact cards: it has no line BEGIN:VCARD, and is read as text")
    composer = Composer("vcf", VERSION)
    if damage:
        composer.problems.append(damage)
    for number, card in enumerate(cards, 1):
        name = _name(card)
        composer.part("contact", number, name)
        composer.add(name, "heading", 1)
        composer.add_lines(dict.fromkeys(_lines(card)))
        for one in card.properties:
            if one.name == "NOTE":
                composer.add(f"Note: {one.text.strip()}" if one.text.strip() else "")
    if len(cards) > 1:
        composer.first_heading = None
    return composer.finish()


def _name(card: Component) -> str:
    full = card.first("FN")
    if full and full.text.strip():
        return " ".join(full.text.split())
    parts = card.first("N")
    family, given, middle, before, after = (parts.fields() + [""] * 5)[:5] if parts else [""] * 5
    name = " ".join(filter(None, (before, given, middle, family, after)))
    other = card.first("ORG", "NICKNAME", "EMAIL", "TEL")
    return name or (other.fields()[0] if other else "") or "Contact"


def _lines(card: Component) -> Iterator[str]:
    labels = {one.group: one.text.strip() for one in card.properties if one.name == "X-ABLABEL" and one.group}
    for one in card.properties:
        if one.name in _OF_MACHINES or one.is_binary or not one.raw.strip() or (one.name not in _LABELS and "-" in one.name):
            continue
        value = _value(one)
        label = _LABELS.get(one.name, one.name.capitalize())
        kinds = [kind for kind in one.parameters.get("TYPE", "").split(",") if kind and kind not in _UNSAID_TYPES]
        own = _OWN_LABEL.sub(r"\1", labels.get(one.group, "")).lower()
        kind = ", ".join([own] if own else dict.fromkeys(kinds))
        if value:
            yield f"{label} ({kind}): {value}" if kind else f"{label}: {value}"


def _value(one: Property) -> str:
    if one.name == "ADR":
        fields = (one.fields() + [""] * 7)[:7]
        return ", ".join(" ".join(fields[place].split()) for place in _PLACES if fields[place])
    if one.name in ("ORG", "GENDER", "N"):
        return ", ".join(filter(None, one.fields()))
    if one.name in ("CATEGORIES", "NICKNAME"):
        return ", ".join(filter(None, one.fields(",")))
    text = one.text.strip()
    if one.name in ("BDAY", "ANNIVERSARY", "DEATHDATE", "X-ABDATE", "X-ANNIVERSARY") and (date := _DATE.fullmatch(text)):
        return f"{date[2]}-{date[3]}" if date[1] == "--" else f"{date[1]}-{date[2]}-{date[3]}"
    text = _SCHEME.sub("", text) if one.name in ("TEL", "EMAIL", "IMPP", "X-SOCIALPROFILE") else text
    return " ".join(text.split())
