"""What is lost or doubled would be found: the phones are shown both."""

from pathlib import Path
from random import Random

import pytest

from tests.engines import ENGINES
from tests.faults.engines import EngineName, a_database
from tests.faults.kill import newcomers
from tests.faults.phones import Found
from tests.process import served


@pytest.mark.parametrize("engine", ENGINES)
def test_phones_find_what_is_lost_and_what_is_doubled(engine: EngineName, tmp_path: Path) -> None:
    dice = Random(3)  # noqa: S311 - nothing secret
    with a_database(engine, tmp_path) as url, served(url, tmp_path) as service:
        (phone,) = newcomers(service, dice, 1)
        phone.work(service.url, lambda: phone.changes >= 30)
        phone.settle(service.url)
        assert phone.found(service.url) == Found(0, 0)
        entry, score = next(iter(phone.scores.items()))
        phone.scores[entry] = (score + 0.5) % 10
        assert phone.found(service.url) == Found(1, 0)
        del phone.scores[entry]
        assert phone.found(service.url) == Found(0, 1)
        phone.changes -= 1
        assert phone.found(service.url) == Found(0, 2)
        phone.changes += 3
        assert phone.found(service.url).lost == 2
