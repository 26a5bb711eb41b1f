"""PostgreSQL's processes end, and nothing that was acknowledged is gone."""

from pathlib import Path

from app.database.revision import is_current
from tests.faults.backends import crash, done, end_backends
from tests.faults.cluster import a_server
from tests.faults.phones import Found
from tests.faults.standby import failed_over


def test_a_standby_that_is_promoted_has_everything(tmp_path: Path) -> None:
    outcome = failed_over(tmp_path, rounds=2, seconds=1.0)
    assert outcome.acknowledged > 0
    assert outcome.found == Found(lost=0, doubled=0, wrong=0)


def test_backends_that_end_give_no_wrong_answer(tmp_path: Path) -> None:
    outcome = done(tmp_path, lambda cluster, _: end_backends(cluster, 40))
    assert outcome.acknowledged > 0
    assert outcome.found == Found(lost=0, doubled=0, wrong=0)


def test_a_server_that_is_killed_has_everything_when_it_is_back(tmp_path: Path) -> None:
    outcome = done(tmp_path, lambda cluster, random: crash(cluster, random, 2))
    assert outcome.acknowledged > 0
    assert outcome.found == Found(lost=0, doubled=0, wrong=0)


def test_the_service_and_its_commands_take_a_url_with_several_hosts() -> None:
    with a_server() as cluster:
        assert cluster.url.count("127.0.0.1") == 2
        assert is_current(cluster.url)
