"""Rules across members that the vectors leave open: several at once, and links that got lost."""

import pytest

from app.journal.kinds import EntryRefused, RuleContext, judge, read_draft
from tests.journal.kinds.journal_vectors import CANCELLED, DOSED, NOW, Members, example, faults_of

UNKNOWN = "0197d000-0009-7000-8000-000000000000"
AFTER_DOSE = {
    "occurred_at": "2026-05-20T12:00:00+02:00",
    "time_zone": "Europe/Berlin",
    "session_id": str(DOSED.id),
}


@pytest.mark.parametrize("kind", ["mood", "anxiety", "flashback", "dissociation", "assessment"])
def test_a_link_stays_when_its_session_goes(kind: str) -> None:
    content = read_draft(example(kind, session_id=UNKNOWN)).content
    assert content.linked_session_id is not None
    kept = RuleContext(now=NOW, linked_session=None, session_changed=False)
    assert judge(content, kept) == []
    fresh = RuleContext(now=NOW, linked_session=None)
    assert [fault.code for fault in judge(content, fresh)] == ["session_not_found"]


def test_a_link_stays_when_its_session_is_cancelled_later() -> None:
    content = read_draft(example("dissociation", **AFTER_DOSE)).content
    kept = RuleContext(now=NOW, linked_session=CANCELLED, session_changed=False)
    assert judge(content, kept) == []


def test_other_kinds_may_belong_to_a_session_without_dose() -> None:
    content = read_draft(example("mood", session_id=str(CANCELLED.id))).content
    assert judge(content, RuleContext(now=NOW, linked_session=CANCELLED)) == []


def test_an_entry_whose_session_moved_away_is_outside_its_window() -> None:
    early = AFTER_DOSE | {"occurred_at": "2026-05-19T12:00:00+02:00"}
    content = read_draft(example("dissociation", **early)).content
    context = RuleContext(now=NOW, linked_session=DOSED, session_changed=False)
    assert [fault.code for fault in judge(content, context)] == ["outside_session_window"]


@pytest.mark.parametrize(
    ("kind", "members", "faults"),
    [
        (
            "anxiety",
            {"peak": 1, "panic_count": 1, "coping": ["none", "rest"], "coping_helped": 3},
            {
                ("peak_needs_day_scope", "/peak"),
                ("panic_detail_without_panic", "/panic_count"),
                ("exclusive_value", "/coping"),
            },
        ),
        (
            "flashback",
            {"report": "daily_count"},
            {("field_not_for_report", f"/{field}") for field in
             ("distress", "intensity", "presence", "duration_band", "senses", "trigger",
              "context", "grounding", "grounding_helped")} | {("missing", "/count")},
        ),
        (
            "flashback",
            {"duration_minutes": 3, "trigger": ["none_noticed", "unknown"],
             "grounding": ["none", "other"]},
            {
                ("duration_given_twice", "/duration_band"),
                ("exclusive_value", "/trigger"),
                ("exclusive_value", "/grounding"),
            },
        ),
        (
            "flashback",
            {"grounding": ["none"]},
            {("grounding_helped_without_grounding", "/grounding_helped")},
        ),
        (
            "dissociation",
            {"resolved": True, "scale": {"name": "cadss-23", "total": -1}},
            {("resolved_but_intense", "/resolved"), ("total_out_of_range", "/scale/total")},
        ),
        (
            "session",
            {"vitals": [{}, {"phase": "pre", "systolic": 90, "diastolic": 91}],
             "sedation_moaas": 1, "infusion_minutes": 5, "route": "oral"},
            {
                ("vital_without_time", "/vitals/0"),
                ("vital_without_value", "/vitals/0"),
                ("diastolic_not_below_systolic", "/vitals/1/diastolic"),
                ("clinic_source_required", "/sedation_moaas"),
                ("infusion_not_for_route", "/infusion_minutes"),
            },
        ),
        (
            "session",
            {"status": "missed"},
            {("field_not_for_status", f"/{field}") for field in
             ("vitals", "adverse_effects", "monitoring_minutes")},
        ),
        (
            "assessment",
            {"answers": [{"item": 10, "value": 4}, {"item": 1}, {"item": 1}]},
            {
                ("wrong_answer_count", "/answers"),
                ("out_of_range", "/answers/0/item"),
                ("out_of_range", "/answers/0/value"),
                ("duplicate", "/answers/2/item"),
            },
        ),
        ("assessment", {"instrument": "isi"},
         {("answers_not_accepted", "/answers"), ("missing", "/total")}),
        ("assessment", {"answers": []}, {("too_few", "/answers")}),
        ("dissociation", {"domains": {}}, {("too_few", "/domains")}),
        ("session", {"experience": {}}, {("too_few", "/experience")}),
        ("mood", {"tags": ["a", "b", "a", "b"]},
         {("duplicate", "/tags/2"), ("duplicate", "/tags/3")}),
    ],
)  # fmt: skip
def test_every_fault_is_told_at_once(
    kind: str, members: Members, faults: set[tuple[str, str]]
) -> None:
    assert faults_of(example(kind, **members)) == faults


@pytest.mark.parametrize(
    ("dose_mg", "doses", "agrees"),
    [
        (56.01, [28, 28], True),
        (56.02, [28, 28], False),
        (0.3, [0.1, 0.1, 0.1], True),
        (0.31, [0.1, 0.1, 0.1], True),
        (0.32, [0.1, 0.1, 0.1], False),
    ],
)
def test_doses_add_up_to_a_hundredth_in_decimal_arithmetic(
    dose_mg: float, doses: list[float], *, agrees: bool
) -> None:
    times = [f"2026-03-13T10:{5 + place:02}:00-04:00" for place in range(len(doses))]
    told = [{"at": at, "mg": mg} for at, mg in zip(times, doses, strict=True)]
    faults = faults_of(example("session", dose_mg=dose_mg, doses=told))
    assert faults == (set() if agrees else {("dose_sum_mismatch", "/dose_mg")})


def test_a_session_lasts_24_hours_across_a_change_of_the_clock() -> None:
    members = {"occurred_at": "2026-03-28T12:00:00+01:00", "time_zone": "Europe/Berlin"}
    body = {
        name: value for name, value in example("session", **members).items() if name != "vitals"
    }
    assert faults_of(body | {"ended_at": "2026-03-29T13:00:00+02:00"}) == set()
    assert faults_of(body | {"ended_at": "2026-03-29T13:00:01+02:00"}) == {
        ("session_too_long", "/ended_at")
    }


@pytest.mark.parametrize("body", [None, [], "mood", 5, True])
def test_a_draft_is_an_object(body: object) -> None:
    assert faults_of(body) == {("wrong_type", "")}


@pytest.mark.parametrize(
    "text",
    ["", "abc", "{0197c0de-0011-7000-8000-000000000011}", "0197c0de001170008000000000000011"],
)
def test_an_id_has_the_canonical_form(text: str) -> None:
    assert faults_of(example("mood", id=text)) == {("bad_uuid", "/id")}
    assert faults_of(example("mood", session_id=text)) == {("bad_uuid", "/session_id")}
    assert faults_of(example("mood", id=5)) == {("wrong_type", "/id")}


def test_a_refusal_names_codes_and_no_value() -> None:
    with pytest.raises(EntryRefused, match=r"^bad_uuid, out_of_range$") as refusal:
        read_draft(example("mood", score=777, session_id="secret"))
    text = repr(refusal.value) + str(refusal.value.faults)
    assert "777" not in text
    assert "secret" not in text
