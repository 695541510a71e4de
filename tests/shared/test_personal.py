"""Personal data is unreadable at rest, found by a keyed hash, and survives a change of keys."""

import dataclasses
import secrets

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask

from marketplace.shared import personal

NIK = "6306054107850001"


def with_keys(app: Flask, **values: object) -> None:
    app.extensions["config"] = dataclasses.replace(app.extensions["config"], **values)


@pytest.fixture(autouse=True)
def _same_config_afterwards(app: Flask) -> object:
    before = app.extensions["config"]
    yield
    app.extensions["config"] = before


def test_what_is_encrypted_comes_back_and_is_not_in_the_bytes(app: Flask) -> None:
    blob = personal.encrypt(NIK, purpose="nik")
    assert personal.decrypt(blob, purpose="nik") == NIK
    assert NIK.encode() not in blob
    assert personal.encrypt(NIK, purpose="nik") != blob


def test_a_value_cannot_be_moved_to_another_purpose(app: Flask) -> None:
    with pytest.raises(InvalidTag):
        personal.decrypt(personal.encrypt(NIK, purpose="nik"), purpose="kk")


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_byte_is_noticed(app: Flask, place: int) -> None:
    blob = bytearray(personal.encrypt(NIK, purpose="nik"))
    blob[place] ^= 1
    with pytest.raises(InvalidTag):
        personal.decrypt(bytes(blob), purpose="nik")


def test_a_new_key_encrypts_while_the_old_one_still_reads(app: Flask) -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    with_keys(app, data_keys=(old,))
    before = personal.encrypt(NIK, purpose="nik")
    with_keys(app, data_keys=(new, old))
    assert personal.decrypt(before, purpose="nik") == NIK
    after = personal.encrypt(NIK, purpose="nik")
    with_keys(app, data_keys=(new,))
    assert personal.decrypt(after, purpose="nik") == NIK
    with pytest.raises(InvalidTag):
        personal.decrypt(before, purpose="nik")


def test_the_look_up_hash_depends_on_key_and_purpose(app: Flask) -> None:
    first = personal.lookup_hash(NIK, purpose="nik")
    assert first == personal.lookup_hash(NIK, purpose="nik")
    assert len(first) == 64
    assert first != personal.lookup_hash(NIK, purpose="kk")
    with_keys(app, lookup_key=secrets.token_bytes(32))
    assert first != personal.lookup_hash(NIK, purpose="nik")


def test_four_digits_are_shown() -> None:
    assert personal.last_four(NIK) == "0001"
