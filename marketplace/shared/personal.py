"""Personal data at rest: encrypted to read back, hashed with a key to be found again, masked to be shown."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

NONCE_BYTES = 12


def encrypt(text: str, *, purpose: str) -> bytes:
    """Encrypt with AES-GCM under the newest key; `purpose` is bound in, so a value cannot be moved elsewhere."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_keys()[0]).encrypt(nonce, text.encode(), purpose.encode())


def decrypt(blob: bytes, *, purpose: str) -> str:
    """Return what `encrypt` was given; tries every configured key. Raises InvalidTag when none fits."""
    for key in _keys():
        try:
            plain = AESGCM(key).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], purpose.encode())
        except InvalidTag:
            continue
        return plain.decode()
    raise InvalidTag


def lookup_hash(text: str, *, purpose: str) -> str:
    """Return the keyed hash (64 hex digits) by which an encrypted value is found."""
    key: bytes = current_app.extensions["config"].lookup_key
    return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def last_four(text: str) -> str:
    """Return the last four characters: all that is shown without a reason."""
    return text[-4:]


def _keys() -> tuple[bytes, ...]:
    keys: tuple[bytes, ...] = current_app.extensions["config"].data_keys
    return keys
