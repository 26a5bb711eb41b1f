"""Assessments: a questionnaire's answers or total, scored by the server."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from pydantic_core import to_json
from typing_extensions import TypeAliasType

from app.faults import Fault, fault
from app.journal.kinds.content import (
    Identified,
    LinkedContent,
    LinkedEnvelope,
    NeverImported,
    Recorded,
    Replacement,
    Shape,
)
from app.journal.kinds.headlines import Headline, Payload, headline_start
from app.journal.kinds.instruments import INSTRUMENTS, InstrumentRules
from app.journal.kinds.kind import FREE_TEXTS, Kind
from app.journal.kinds.patches import Patch, merge_patch_of
from app.journal.kinds.rules import EntryWarning, RuleContext, WarningContext
from app.journal.kinds.scoring import AssessmentResult, score_answers, score_total
from app.journal.kinds.values import Maybe, Total, Within

# fmt: off
Instrument = TypeAliasType(
    "Instrument",
    Literal[
        "phq-9", "gad-7", "pcl-5", "who-5", "cadss-23", "cadss-6", "qids-sr16", "madrs-s", "isi",
        "des-b", "pc-ptsd-5",
    ],
)
# fmt: on
AssessmentMode = TypeAliasType("AssessmentMode", Literal["self", "clinician"])
LanguageTag = Annotated[
    str,
    Field(min_length=2, max_length=35, pattern="^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"),
]

SCORED = {"instrument", "answers", "total"}
"""The members that a result rests on."""

EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "0197c0de-0003-7000-8000-000000000003",
        "kind": "assessment",
        "occurred_at": "2026-03-20T09:00:00-04:00",
        "time_zone": "America/New_York",
        "instrument": "phq-9",
        "answers": [
            {"item": 1, "value": 2},
            {"item": 2, "value": 1},
            {"item": 3, "value": 3},
            {"item": 4, "value": 2},
            {"item": 5},
            {"item": 6, "value": 1},
            {"item": 7, "value": 1},
            {"item": 8, "value": 0},
            {"item": 9, "value": 1},
        ],
    },
    {
        "id": "0197c0de-0062-7000-8000-000000000062",
        "kind": "assessment",
        "occurred_at": "2026-03-20T09:10:00-04:00",
        "time_zone": "America/New_York",
        "instrument": "who-5",
        "answers": [{"item": item, "value": 3} for item in range(1, 6)],
        "total": 15,
        "form_version": "1998",
        "language": "en-US",
    },
    {
        "id": "0197c0de-0063-7000-8000-000000000063",
        "kind": "assessment",
        "occurred_at": "2026-03-20T09:20:00-04:00",
        "time_zone": "America/New_York",
        "source": "clinic",
        "instrument": "des-b",
        "total": 13,
        "mode": "clinician",
    },
)


class AssessmentAnswer(Shape):
    """One item; without a value it was skipped. Each instrument has its own highest value."""

    item: Annotated[int, Within(1, 20)]
    value: Maybe[Annotated[int, Within(0, 5)]] = None


class AssessmentFields(Shape):
    """What an assessment says. The wording of items is nobody's business here."""

    instrument: Instrument
    answers: Maybe[Annotated[list[AssessmentAnswer], Field(min_length=1, max_length=20)]] = None
    """Of `phq-9`, `gad-7`, `pcl-5` and `who-5` alone: every item once, in any order."""
    total: Maybe[Total] = None
    """Needed by instruments without answers; beside answers it must be the server's own."""
    mode: AssessmentMode = "self"
    """Who filled it in."""
    form_version: Maybe[Annotated[str, Field(min_length=1, max_length=32)]] = None
    language: Maybe[LanguageTag] = None
    """BCP 47."""


class AssessmentContent(AssessmentFields, LinkedContent):
    """An assessment with its envelope and its rules across members."""

    kind: Literal["assessment"]

    @property
    def result(self) -> AssessmentResult:
        """The server's scoring of content that was judged and found right."""
        instrument = INSTRUMENTS[self.instrument]
        if self.answers is None:
            return score_total(instrument, self.total or 0)
        values = {answer.item: answer.value for answer in self.answers}
        return score_answers(instrument, [values[item] for item in sorted(values)])

    def derived(self, before: Payload | None) -> bytes:
        """The result. A new version of the scoring rewrites none that the same answers have."""
        if before is not None and self._is_scored_by(before):
            return b'"result":' + to_json(before["result"])
        return b'"result":' + self.result.model_dump_json(exclude_none=True).encode()

    def _is_scored_by(self, before: Payload | None) -> bool:
        if before is None:
            return False
        scored = self.model_dump(include=SCORED, exclude_none=True)
        return scored == {name: before[name] for name in SCORED & before.keys()}

    def conflicts(self, context: RuleContext) -> Iterator[Fault]:
        """What the instrument takes, and whether the totals agree."""
        instrument = INSTRUMENTS[self.instrument]
        if instrument.items == 0:
            yield from self._total_conflicts(instrument)
        elif self.answers is None:
            yield fault("missing", "/answers")
        else:
            faults = list(_answer_conflicts(instrument, self.answers))
            yield from faults
            kept = self._is_scored_by(context.replaced)  # the total was the server's own then
            if not faults and not kept and self.total not in (None, self.result.total):
                message = "The answers give another total, or none."
                yield Fault("total_mismatch", message, "/total")

    def oddities(self, context: WarningContext) -> Iterator[EntryWarning]:
        """Filled in again before the period it asks about has passed."""
        recall = timedelta(days=INSTRUMENTS[self.instrument].recall_days)
        previous = context.previous_assessment_at
        if previous is not None and timedelta() <= self.instant - previous < recall:
            message = f"It asks about {recall.days} days, and the last one is not so long ago."
            yield EntryWarning("recall_overlaps_previous", message, "/occurred_at")

    def _total_conflicts(self, instrument: InstrumentRules) -> Iterator[Fault]:
        if self.answers is not None:
            message = "Of this instrument only the total is taken."
            yield Fault("answers_not_accepted", message, "/answers")
        if self.total is None:
            yield fault("missing", "/total")
        elif not 0 <= self.total <= instrument.highest_total:
            message = f"The total lies from 0 to {instrument.highest_total}."
            yield Fault("total_out_of_range", message, "/total")


def _answer_conflicts(
    instrument: InstrumentRules, answers: list[AssessmentAnswer]
) -> Iterator[Fault]:
    if len(answers) != instrument.items:
        message = f"This instrument has {instrument.items} items, each answered or skipped."
        yield Fault("wrong_answer_count", message, "/answers")
    seen: set[int] = set()
    for place, answer in enumerate(answers):
        if answer.item > instrument.items:
            yield fault("out_of_range", f"/answers/{place}/item")
        elif answer.item in seen:
            yield fault("duplicate", f"/answers/{place}/item")
        if answer.value is not None and answer.value > instrument.highest_answer:
            yield fault("out_of_range", f"/answers/{place}/value")
        seen.add(answer.item)
    if all(answer.value is None for answer in answers):
        yield Fault("no_answers", "At least one item needs an answer.", "/answers")


class AssessmentReplacement(Replacement, AssessmentContent):
    """A whole assessment, put in place of the stored one."""


class AssessmentDraft(NeverImported, AssessmentReplacement, Identified):
    """A new assessment."""

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})


@merge_patch_of
class AssessmentPatch(Patch, AssessmentReplacement):
    """The changed members of an assessment."""


class Assessment(AssessmentFields, LinkedEnvelope, Recorded):
    """An assessment as it is read."""

    kind: Literal["assessment"]
    result: AssessmentResult


class AssessmentHeadline(Headline, frozen=True, kw_only=True):
    """`status` scored or incomplete; an incomplete one has no total, percent, average or band."""

    kind: ClassVar[str] = "assessment"

    instrument: str
    status: str
    total: int | None
    percent: int | None
    average: float | None
    band: str | None
    prorated: bool


def assessment_headline(payload: Payload, revision: int) -> AssessmentHeadline:
    """What trends need of an opened assessment."""
    result = payload["result"]
    return AssessmentHeadline(
        **headline_start(payload, revision),
        instrument=payload["instrument"],
        status=result["status"],
        total=result.get("total"),
        percent=result.get("percent"),
        average=result.get("average"),
        band=result.get("band"),
        prorated=result.get("prorated", False),
    )


ASSESSMENT = Kind(
    name="assessment",
    content=AssessmentContent,
    headline=assessment_headline,
    examples=EXAMPLES,
    free_texts=(*FREE_TEXTS, ("form_version",)),
    item_answers=(("answers",), ("result", "item_9")),
    derived=frozenset({"result"}),
)
