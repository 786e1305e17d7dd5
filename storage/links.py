"""Signed links that expire, and that tell their holders nothing: what may be read and until when, encrypted.

    token = base64url(payload XOR stream) "." base64url(mac)
    payload = JSON [manifest key, title, expires at, link id]
    mac = HMAC-SHA256(key, "stembot-link-2" payload)
    stream = SHAKE-256(HMAC-SHA256(key, "stembot-link-2 stream") mac)

The mac is the nonce of its own stream, so equal claims give equal tokens (SIV: Rogaway and Shrimpton, 2006,
"Deterministic Authenticated-Encryption"). Nothing of a payload is parsed before its mac is verified. Links of
earlier versions, whose payload is not encrypted and names its key, open as long as they are valid.

A token carries its claims, so nothing is looked up and nothing can be guessed or listed. The keys are in
`<data_dir>/keys/links.json` (mode 0600), or in a file that several machines share, newest first: new links
are signed with the first, links signed with any of them open. To rotate, put a new key before the others; to
revoke all links of a key, remove it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.base import LinkEnded, LinkRefused, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.base import StorageSettings

_PURPOSE = b"stembot-link-2"  # a mac made for another purpose with the same key is invalid here
_STREAM = b"stembot-link-2 stream"
_PLAIN_PURPOSE = b"stembot-link-1"  # of earlier versions, whose payloads are not encrypted
_PSEUDONYM = b"stembot-pseudonym-1"
_KEY_BYTES = 32  # as long as the hash's output (RFC 2104, section 3)
_MAX_TITLE = 200  # characters of a title that travel in a link; addresses should stay under 2000
_MAX_TOKEN = 4096  # characters: longer is not one of ours, and is not worth hashing


@dataclass(frozen=True)
class LinkClaims:
    """What the holder of a link may read."""

    manifest: str  #: key of the manifest
    title: str  #: of the page
    expires_at: float  #: seconds since 1970
    link_id: str = ""  #: revokes it (`storage.revocations`): `separator.link_id`; empty: it cannot be revoked


@dataclass(frozen=True)
class Key:
    """A signing key and the short name by which a token refers to it."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        """Never the secret."""
        return f"Key(id={self.id!r})"


class Links:
    """Makes and reads tokens."""

    def __init__(
        self, keys: tuple[Key, ...], public_url: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        """Sign with the first of `keys`, accept each of them."""
        self._keys = keys
        self._newest = keys[0]
        self.public_url = public_url.rstrip("/")  #: of the web app; may be empty
        self._clock = clock

    def sign(self, claims: LinkClaims) -> str:
        """A token for these claims: URL-safe ASCII."""
        values: list[str | int] = [claims.manifest, claims.title[:_MAX_TITLE], int(claims.expires_at)]
        values += [claims.link_id] if claims.link_id else []
        payload = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        mac = _mac(self._newest, _PURPOSE, payload)
        return f"{_to_text(_encrypt(self._newest, mac, payload))}.{_to_text(mac)}"

    def read(self, token: str) -> LinkClaims:
        """The claims of a token.

        Raises:
            LinkRefused: It is not ours, or was changed.
            LinkEnded: It has expired.
        """
        claims = _parse(self._verify(*_split(token)))
        if claims.expires_at <= self._clock():
            raise LinkEnded
        return claims

    def _verify(self, sent: bytes, mac: bytes) -> list[Any]:
        """The values of a payload that one of our keys signed.

        Raises:
            LinkRefused: None of them did.
        """
        for key in self._keys:
            payload = _encrypt(key, mac, sent)
            if hmac.compare_digest(_mac(key, _PURPOSE, payload), mac):
                return _values(payload)
            if hmac.compare_digest(_mac(key, _PLAIN_PURPOSE, sent), mac):
                return _values(sent)[1:]  # the first names the key
        raise LinkRefused

    def pseudonym(self, name: str) -> str:
        """The same short text for the same name, which tells nobody without the key what the name is."""
        return hmac.digest(self._newest.secret, _PSEUDONYM + name.encode(), hashlib.sha256).hex()[:16]

    def url(self, claims: LinkClaims) -> str:
        """The public address of the mixer page for these claims; empty where no public URL is set."""
        return f"{self.public_url}/m/{self.sign(claims)}" if self.public_url else ""


def _values(payload: bytes) -> list[Any]:
    """The values of a payload whose mac is verified."""
    try:
        values = json.loads(payload)
    except ValueError:
        raise LinkRefused from None
    if not isinstance(values, list):
        raise LinkRefused
    return values


def _parse(values: list[Any]) -> LinkClaims:
    """The claims in verified values."""
    try:
        manifest, title, expires_at, *link_id = values
        return LinkClaims(str(manifest), str(title), float(expires_at), *map(str, link_id))
    except (ValueError, TypeError):
        raise LinkRefused from None


def open_links(settings: StorageSettings) -> Links:
    """Links with the keys of this data folder, made on the first start (mode 0600).

    Raises:
        StorageError: The key file cannot be read or made.
    """
    path = settings.link_keys or settings.data_dir / "keys" / "links.json"
    try:
        if not path.exists():
            _create_keys(path)
        return Links(_read_keys(path), settings.public_url)
    except (OSError, ValueError, TypeError, KeyError) as failure:
        raise StorageError(doing="keys") from failure


def _create_keys(path: Path) -> None:
    """Write a first key; where another process was quicker, its key stays.

    The file is written beside and linked into place, so that no process reads half a key.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    keys = [{"id": secrets.token_urlsafe(3), "secret": secrets.token_urlsafe(_KEY_BYTES)}]
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            json.dump(keys, out)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was quicker; `_read_keys` reads its key
    finally:
        draft.unlink(missing_ok=True)


def _read_keys(path: Path) -> tuple[Key, ...]:
    keys = tuple(
        Key(str(entry["id"]), _from_text(entry["secret"])) for entry in json.loads(path.read_text("ascii"))
    )
    if not keys or any(len(key.secret) < _KEY_BYTES for key in keys):
        raise ValueError("no key, or one that is too short")
    return keys


def _mac(key: Key, purpose: bytes, payload: bytes) -> bytes:
    return hmac.digest(key.secret, purpose + payload, hashlib.sha256)


def _encrypt(key: Key, mac: bytes, data: bytes) -> bytes:
    """The data XOR the stream of this mac; done twice, it is the data again."""
    stream_key = hmac.digest(key.secret, _STREAM, hashlib.sha256)
    stream = hashlib.shake_256(stream_key + mac).digest(len(data))
    return bytes(one ^ other for one, other in zip(data, stream, strict=True))


def _split(token: str) -> tuple[bytes, bytes]:
    """Payload and mac; an encoding other than ours is refused."""
    if len(token) > _MAX_TOKEN:
        raise LinkRefused
    left, dot, right = token.partition(".")
    try:
        payload, mac = _from_text(left), _from_text(right)
    except ValueError:
        raise LinkRefused from None
    if not dot or f"{_to_text(payload)}.{_to_text(mac)}" != token:
        raise LinkRefused
    return payload, mac


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_text(text: str) -> bytes:
    """Decode base64url without padding.

    Raises:
        ValueError: It is none.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as wrong:
        raise ValueError("not base64url") from wrong
