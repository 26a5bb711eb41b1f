"""Scoring of questionnaires in exact arithmetic, from the rules of the instrument table."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.journal.kinds.content import ServerMade
from app.journal.kinds.instruments import InstrumentRules
from app.journal.kinds.values import Maybe, Within

AssessmentStatus = TypeAliasType("AssessmentStatus", Literal["scored", "incomplete"])
# fmt: off
AssessmentBand = TypeAliasType(
    "AssessmentBand",
    Literal[
        "none", "none_minimal", "minimal", "subthreshold", "mild", "moderate",
        "moderately_severe", "severe", "very_severe", "extreme",
    ],
)
CutPointCode = TypeAliasType(
    "CutPointCode",
    Literal[
        "above_4", "at_or_above_3", "at_or_above_4", "at_or_above_8", "at_or_above_10",
        "at_or_above_31", "at_or_above_33", "at_or_below_28", "at_or_below_50",
    ],
)
# fmt: on
SubscaleCode = TypeAliasType("SubscaleCode", Literal["b", "c", "d", "e"])
ItemNine = TypeAliasType("ItemNine", Literal["nonzero", "zero", "unanswered"])


class CutPointResult(ServerMade):
    """Whether the score lies on or beyond a line. A screening line, not a diagnosis."""

    code: CutPointCode
    met: bool


class SubscaleScore(ServerMade):
    """The sum of a subscale's items, and how many of them count as a symptom."""

    code: SubscaleCode
    score: Annotated[int, Within(0, 28)]
    symptoms: Annotated[int, Within(0, 7)]


class AssessmentResult(ServerMade):
    """What the server computed. An incomplete one has no score of any sort."""

    status: AssessmentStatus
    total: Maybe[Annotated[int, Within(0, 92)]] = None
    percent: Maybe[Annotated[int, Within(0, 100)]] = None
    """Of who-5; better high."""
    average: Maybe[Annotated[float, Within(0, 4)]] = None
    """Of des-b."""
    band: Maybe[AssessmentBand] = None
    """A band of the questionnaire, not a diagnosis."""
    subscales: Maybe[Annotated[list[SubscaleScore], Field(max_length=4)]] = None
    cut_points: Maybe[Annotated[list[CutPointResult], Field(max_length=2)]] = None
    symptom_rule_met: Maybe[bool] = None
    """Of pcl-5."""
    n_missing: Maybe[Annotated[int, Within(0, 20)]] = None
    """How many items were skipped."""
    prorated: Maybe[bool] = None
    """Whether skipped items were made up for by the answered ones."""
    item_9: Maybe[ItemNine] = None
    """Of phq-9. Skipped means unanswered, never zero."""
    scoring_version: Annotated[str, Field(max_length=16)]
    screening_not_diagnosis: Literal[True] = True


def score_total(instrument: InstrumentRules, total: int) -> AssessmentResult:
    """The result of an instrument of which only the total is taken."""
    return _scored(instrument, total, {})


def score_answers(instrument: InstrumentRules, values: Sequence[int | None]) -> AssessmentResult:
    """The result of answers in the order of the items, None where one was skipped.

    Prorating: sum × items ÷ answered, rounded half up, if no more were skipped than allowed.
    """
    answered = [value for value in values if value is not None]
    missing = len(values) - len(answered)
    about: dict[str, object] = {"n_missing": missing, "prorated": False}
    if instrument.watched_item is not None:
        about["item_9"] = _watched(values[instrument.watched_item - 1])
    if missing > instrument.skips_allowed:
        return _result(instrument, {"status": "incomplete", **about})
    about["prorated"] = missing > 0
    total = rounded_ratio(sum(answered) * instrument.items, len(answered))
    return _scored(instrument, total, {**about, **_subscales(instrument, answered)})


def rounded_ratio(dividend: int, divisor: int) -> int:
    """The quotient of two numbers that are not negative, rounded half up, exactly."""
    return (2 * dividend + divisor) // (2 * divisor)


def _scored(instrument: InstrumentRules, total: int, about: dict[str, object]) -> AssessmentResult:
    scores = {"total": total}
    banded = total
    if instrument.percent_factor is not None:
        scores["percent"] = total * instrument.percent_factor
    if instrument.average_of is not None:
        banded = rounded_ratio(total, instrument.average_of)
        about = {**about, "average": round(total / instrument.average_of, 4)}
    bands = [band.code for band in instrument.bands if band.start <= banded]
    cuts = [{"code": cut.code, "met": cut.met(scores[cut.of])} for cut in instrument.cut_points]
    found = {"band": bands[-1] if bands else None, "cut_points": cuts or None}
    told = {name: value for name, value in found.items() if value is not None}
    return _result(instrument, {"status": "scored", **scores, **about, **told})


def _subscales(instrument: InstrumentRules, values: Sequence[int]) -> dict[str, object]:
    if not instrument.subscales or len(values) < instrument.items:
        return {}
    scores, rule = [], True
    for part in instrument.subscales:
        answers = values[part.first - 1 : part.last]
        symptoms = sum(answer >= instrument.symptom_from for answer in answers)
        scores.append({"code": part.code, "score": sum(answers), "symptoms": symptoms})
        rule = rule and symptoms >= part.symptoms_needed
    return {"subscales": scores, "symptom_rule_met": rule}


def _watched(value: int | None) -> str:
    if value is None:
        return "unanswered"
    return "nonzero" if value else "zero"


def _result(instrument: InstrumentRules, members: dict[str, object]) -> AssessmentResult:
    return AssessmentResult.model_validate(
        {**members, "scoring_version": instrument.scoring_version}
    )
