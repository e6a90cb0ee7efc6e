"""RTF as Outlook compresses it: [MS-OXRTFCP], Rich Text Format (RTF) Compression Algorithm."""

import struct

from quotewise.index.errors import DocumentError

_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_MOST = 30_000_000
"""Bytes of a text."""
_DICTIONARY = 4096
_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the dictionary holds at first (section 2.1.2.1)."""


def decompressed(data: bytes) -> bytes:
    """The RTF of the body of an Outlook mail. Raises DocumentError where it is damaged."""
    if len(data) < 16:
        raise DocumentError("is cut off")
    size, magic = struct.unpack("<4xI4s", data[:12])
    if magic == _PLAIN:
        return data[16 : 16 + size]
    if magic != _COMPRESSED or size > _MOST:
        raise DocumentError("is no compressed RTF, or longer than is read")
    window = bytearray(_START.ljust(_DICTIONARY, b"\0"))
    write, position = len(_START), 16
    text = bytearray()
    while position < len(data) and len(text) < size:
        control = data[position]
        position += 1
        for bit in range(8):
            if control >> bit & 1:
                pair = int.from_bytes(data[position : position + 2], "big")
                position += 2
                offset = pair >> 4
                if position > len(data) or offset == write:
                    return bytes(text)
                run = bytearray()
                for step in range((pair & 15) + 2):
                    byte = window[(offset + step) % _DICTIONARY]
                    window[(write + step) % _DICTIONARY] = byte
                    run.append(byte)
                text += run
                write = (write + len(run)) % _DICTIONARY
            elif position < len(data):
                window[write] = data[position]
                text.append(data[position])
                write = (write + 1) % _DICTIONARY
                position += 1
    return bytes(text)
