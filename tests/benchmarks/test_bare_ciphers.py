"""The reference seals as Afterglow does."""

from uuid import uuid4

import pytest

from app.vault import PatientKeys, Place
from app.vault.envelope import padded
from benchmarks.bare_ciphers import Ciphers


@pytest.mark.parametrize("length", [0, 1, 300])
def test_what_one_seals_the_other_opens(length: int) -> None:
    account, row, secret, text = uuid4(), str(uuid4()), bytes(range(32)), b"x" * length
    keys, column = PatientKeys(account, {1: secret}), Ciphers({account: secret})
    place, of = Place("entry", "content", account, row, length), (account, "entry", "content")
    sealed = keys.seal(place, text)
    assert column.of(*of).open_each([(row, length, sealed)]) == [padded(text)]
    assert keys.open(place, column.of(*of).seal(row, length, padded(text))) == text
