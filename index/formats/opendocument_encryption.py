"""OpenDocument files without their encryption: OpenDocument 1.2, part 3, section 3, and what LibreOffice writes since 24.8."""

import hashlib
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from quotewise.index.errors import DocumentError, PasswordError
from quotewise.index.formats.archives import MEMBER_LIMIT, Archive

MANIFEST = "META-INF/manifest.xml"
_PACKAGE = "encrypted-package"
_READ = (_PACKAGE, "content.xml", "styles.xml", "meta.xml")
_CHECKED = 1024
"""Bytes at the start of a compressed member whose checksum is kept."""
_MOST_ITERATIONS = 2_000_000
_MOST_MEMORY = 256 * 1024
"""KiB of Argon2; LibreOffice takes 64 MiB."""


def unlocked(archive: Archive, passwords: Sequence[str]) -> Archive:
    """The members of an encrypted file that are read, opened with the first password that fits.

    Raises PasswordError where none fits, DocumentError where the encryption is another one or is damaged.
    """
    entries = {entry.get(_name("full-path")): entry for entry in archive.tree(MANIFEST).iter(_tag("file-entry"))}
    locked = {
        path: data for path in _READ if path in entries and (data := entries[path].find(_tag("encryption-data"))) is not None
    }
    if not locked:
        raise DocumentError("is damaged: its manifest names no encrypted content")
    contents = {path: archive.read(path) for path in locked}
    for password in passwords:
        try:
            plain = {path: _decrypted(contents[path], data, password) for path, data in locked.items()}
        except PasswordError:
            continue
        if _PACKAGE in plain:
            return Archive(plain[_PACKAGE])
        return Archive(_packed({path: archive.read(path) for path in _READ if path in archive} | plain))
    raise PasswordError


def _packed(members: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return file.getvalue()


def _decrypted(content: bytes, data: Any, password: str) -> bytes:
    """A member in plain bytes. Raises PasswordError where the password does not fit."""
    try:
        algorithm, derivation, start = (data.find(_tag(n)) for n in ("algorithm", "key-derivation", "start-key-generation"))
        digest = "sha256" if start is not None and "256" in start.get(_name("start-key-generation-name"), "") else "sha1"
        first = hashlib.new(digest, password.encode()).digest()
        key = _key(first, derivation)
        name = algorithm.get(_name("algorithm-name"))
        vector = b64decode(algorithm.get(_name("initialisation-vector")))
        if name.endswith("#aes256-gcm"):
            if not content.startswith(vector):
                raise ValueError("the vector is not before the data")
            compressed = AESGCM(key).decrypt(vector, content[len(vector) :], None)
        elif name.endswith("#aes256-cbc"):
            decryptor = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
            compressed = decryptor.update(content) + decryptor.finalize()
            compressed = compressed[: -compressed[-1]]
            checksum = hashlib.sha256 if "256" in data.get(_name("checksum-type"), "") else hashlib.sha1
            if checksum(compressed[:_CHECKED]).digest() != b64decode(data.get(_name("checksum"))):
                raise PasswordError
        else:
            raise DocumentError("is encrypted as before OpenDocument 1.2, which is not decrypted; save it again")
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(compressed, MEMBER_LIMIT + 1)
    except InvalidTag:
        raise PasswordError from None
    except (ValueError, TypeError, AttributeError, LookupError, zlib.error, UnsupportedAlgorithm) as error:
        raise DocumentError(f"is damaged: its encryption cannot be read ({error})") from error
    if len(inflated) > MEMBER_LIMIT:
        raise DocumentError(f"is stopped at a limit: a member unpacks to more than {MEMBER_LIMIT:,} bytes")
    return inflated


def _key(first: bytes, derivation: Any) -> bytes:
    def number(name: str, most: int) -> int:
        value = next((int(v) for k, v in derivation.attrib.items() if k.rpartition("}")[2] == name), 0)
        if not 0 < value <= most:
            raise DocumentError(f"is stopped at a limit: its encryption has {name} of {value:,}; at most {most:,} is tried")
        return value

    salt = b64decode(derivation.get(_name("salt")))
    if derivation.get(_name("key-derivation-name")).endswith("argon2id"):
        memory, lanes = number("argon2-memory", _MOST_MEMORY), number("argon2-lanes", 16)
        return Argon2id(
            salt=salt, length=32, iterations=number("argon2-iterations", 20), lanes=lanes, memory_cost=memory
        ).derive(first)
    return hashlib.pbkdf2_hmac("sha1", first, salt, number("iteration-count", _MOST_ITERATIONS), 32)


def _tag(name: str) -> str:
    return f"{{*}}{name}"


def _name(name: str) -> str:
    return f"{{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}}{name}"
