"""The format of a file: by its content where that says more than the ending, else by its ending, else text."""

import re

from quotewise.index.errors import DocumentError
from quotewise.index.formats import CHAT_EXPORT, FORMATS, OLE, UNREAD_ENDINGS, Format, ending_of, format_of
from quotewise.index.formats.ole_streams import root_names

_ZIP = b"PK\x03\x04"
_DIRECTORY_END = b"PK\x05\x06"
_LONGEST_DIRECTORY_END = 65_557
"""Bytes: 22 and a comment."""
_NAMES = {
    b"word/document.xml": ".docx",
    b"xl/workbook.": ".xlsx",
    b"ppt/presentation.xml": ".pptx",
}
_MEDIA_TYPES = {
    b"application/epub+zip": ".epub",
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
}
_STREAMS = {"WordDocument": ".doc", "Workbook": ".xls", "Book": ".xls", "__properties_version1.0": ".msg"}
_OLD_STREAMS = {"PowerPoint Document": "PowerPoint (.ppt)"}
_OFFICE = frozenset(
    (".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".doc", ".dot", ".xls", ".ppt", ".odt", ".ods", ".odp", ".epub")
)
_MAILBOX = re.compile(rb"From [^\r\n]+\r?\n[A-Za-z][A-Za-z-]*: ")
_MANUAL_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\.[ \t]*(?:de|am|ig)[^\r\n]*[\r\n](?:(?!\.\.)[^\r\n]*+[\r\n])*+\.\.[^\r\n]*[\r\n]"
    rb"|[ \t]*+(?:[.'\\][^\r\n]*+)?+[\r\n])*?\.[ \t]*(?:TH[ \t]+\S|Dd(?:[ \t]|[\r\n]))"
)
"""Its first lines are requests, comments and definitions, up to that of its title."""
_LONGEST_PREAMBLE = 16_384
_CHAT = re.compile(
    rb"\"type\"\s*:\s*\"(?:personal_chat|private_(?:super)?group|public_(?:super)?group"
    rb"|(?:private|public)_channel|saved_messages|bot_chat)\"|\A\s*\{\s*\"guild\"\s*:\s*\{"
)
"""What exports of Telegram and Discord have near their beginning."""
_SLACK_MESSAGE, _SLACK_TIME = re.compile(rb"\"type\"\s*:\s*\"message\""), re.compile(rb"\"ts\"\s*:\s*\"\d{9,10}\.\d{3,6}\"")
_ACCOUNT = re.compile(rb"\A\s*\{\s*\"about\"\s*:\s*\"")
_CHATS = re.compile(rb"\"(?:left_)?chats\"\s*:\s*\{[^{}]{0,2000}\"list\"\s*:\s*\[")
"""What Telegram's export of an account has at its beginning and anywhere."""
_PAGE_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta")
_FIRST_LINES = {b"BEGIN:VCALENDAR": ".ics", b"BEGIN:VCARD": ".vcf"}
_VARIANTS = b"##fileformat=VCF"
"""Variant calls, which have the ending of contact cards."""
_WRAPPED_MAIL = b"\x78\x9f\x3e\x22"
_HEAD = 4_096


def detected(path: str, data: bytes) -> Format | None:
    """The format of a file, or None for one that is not read.

    A Word document under ``.doc`` that is RTF, a workbook under ``.xls`` that is a page or CSV: browsers and Office open them,
    and so does this. Raises DocumentError for formats that are known but not read.
    """
    ending = ending_of(path)
    known = format_of(path)
    if ending in UNREAD_ENDINGS and ending not in _OFFICE:
        return None
    start = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(b"%PDF-"):
        return FORMATS.get(".pdf", known)
    if start.startswith(b"{\\rtf"):
        return FORMATS[".rtf"]
    is_named = ending in FORMATS
    if not is_named and data.startswith(_WRAPPED_MAIL):  # called winmail.dat
        return FORMATS[".tnef"]
    first = next((kind for line, kind in _FIRST_LINES.items() if start[: len(line)].upper() == line), None)
    if first and not is_named:
        return FORMATS[first]
    if ending in _OFFICE or not is_named:
        if data.startswith(OLE):
            return _of_streams(data, known)
        if data.startswith(_ZIP):
            directory = _directory(data)
            kinds = [kind for name, kind in _NAMES.items() if name in directory]
            kinds += [kind for media_type, kind in _MEDIA_TYPES.items() if media_type in data[:_HEAD]]
            return FORMATS[kinds[0]] if kinds else known
        if ending in _OFFICE and start.lower().startswith(_PAGE_STARTS):
            return FORMATS[".html"]
    if ending == ".vcf" and start.startswith(_VARIANTS):
        return FORMATS[".log"]
    head = data[:_HEAD] if ending == ".json" else b""
    is_account = _ACCOUNT.match(head) and _CHATS.search(data)
    if is_account or _CHAT.search(head) or (_SLACK_MESSAGE.search(head) and _SLACK_TIME.search(head)):
        return CHAT_EXPORT
    if not is_named and _MANUAL_PAGE.match(data[:_LONGEST_PREAMBLE]):
        return FORMATS[".man"]
    if not is_named and _MAILBOX.match(data[:_HEAD]):  # those of Thunderbird have no ending
        return FORMATS[".mbox"]
    if ending in (".xls", ".doc", ".dot") and b"\0" not in start:
        return FORMATS[".tsv"] if ending == ".xls" else FORMATS[".txt"]
    return known


def _directory(data: bytes) -> bytes:
    """The central directory of a ZIP archive (APPNOTE 4.3.12), which has no names of the archives inside it: those of the
    workbooks of a presentation's charts. Of a truncated archive it is the end."""
    end = data.rfind(_DIRECTORY_END, -_LONGEST_DIRECTORY_END)
    size = int.from_bytes(data[end + 12 : end + 16], "little")
    return data[max(0, end - size) : end] if end >= 0 else data[-_HEAD:]


def parser_of(path: str, data: bytes) -> str:
    """The parser that reads a file, and its version: ``pdf 1``; empty where none does."""
    try:
        known = detected(path, data)
    except DocumentError:
        return ""
    return f"{known.parser} {known.version}" if known else ""


def _of_streams(data: bytes, known: Format | None) -> Format | None:
    """The format of a file of streams: Word or Excel 97, Outlook, an encrypted one of any kind."""
    names = root_names(data)
    for name, kind in _STREAMS.items():
        if name in names:
            return FORMATS[kind]
    for name, program in _OLD_STREAMS.items():
        if name in names:
            raise DocumentError(f"is a file of {program} 97 to 2003, which is not read; save it in the newer format")
    return known
