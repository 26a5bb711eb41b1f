"""The ETag changes with each thing the answer rests on, and with nothing else."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

from app.trends import questions
from app.trends.metrics import Metric
from app.trends.source import JournalState
from app.trends.stamp import answer_tag
from app.trends.version import CONFIGURED_VERSION
from app.trends.window import Window

ACCOUNT = uuid4()
STATE = JournalState(0, 417, 3, "UTC", date(2026, 4, 7))
WINDOW = Window(date(2026, 1, 9), date(2026, 4, 8), "UTC")
QUESTION = questions.response(Metric.MOOD, 7, 14)
TAG = answer_tag(ACCOUNT, STATE, QUESTION, WINDOW)


def test_tag_is_strong_and_short() -> None:
    assert len(TAG) == 24
    assert TAG[0] == TAG[-1] == '"'
    assert set(TAG[1:-1]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_tag_changes_with_each_ingredient() -> None:
    tags = {
        "nothing": TAG,
        "account": answer_tag(uuid4(), STATE, QUESTION, WINDOW),
        "epoch": answer_tag(ACCOUNT, replace(STATE, epoch=1), QUESTION, WINDOW),
        "head": answer_tag(ACCOUNT, replace(STATE, head=418), QUESTION, WINDOW),
        "profile": answer_tag(ACCOUNT, replace(STATE, profile_revision=4), QUESTION, WINDOW),
        "first": answer_tag(ACCOUNT, STATE, QUESTION, replace(WINDOW, first=date(2026, 1, 8))),
        "last": answer_tag(ACCOUNT, STATE, QUESTION, replace(WINDOW, last=date(2026, 4, 9))),
        "zone": answer_tag(ACCOUNT, STATE, QUESTION, replace(WINDOW, time_zone="Europe/Paris")),
        "metric": answer_tag(ACCOUNT, STATE, questions.response(Metric.ANXIETY, 7, 14), WINDOW),
        "before": answer_tag(ACCOUNT, STATE, questions.response(Metric.MOOD, 8, 14), WINDOW),
        "after": answer_tag(ACCOUNT, STATE, questions.response(Metric.MOOD, 7, 15), WINDOW),
        "operation": answer_tag(ACCOUNT, STATE, questions.daily(Metric.MOOD), WINDOW),
        "version": answer_tag(ACCOUNT, STATE, QUESTION, WINDOW, CONFIGURED_VERSION + "0"),
    }
    assert len(set(tags.values())) == len(tags)


def test_tag_changes_with_every_own_parameter() -> None:
    on = [None, date(2026, 2, 2), date(2026, 2, 3)]
    asked = [questions.flashbacks(day) for day in on]
    asked += [questions.assessments("phq-9"), questions.assessments("gad-7")]
    asked += [questions.events(notes=True), questions.events(notes=False)]
    tags = {answer_tag(ACCOUNT, STATE, question, WINDOW) for question in asked}
    assert len(tags) == len(asked)


def test_tag_rests_on_nothing_else() -> None:
    later = replace(STATE, latest_local_date=None)
    assert (
        answer_tag(ACCOUNT, later, questions.response(Metric.MOOD, 7, 14), replace(WINDOW)) == TAG
    )
