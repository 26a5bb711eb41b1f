"""The page over HTTP: behind the house's own shell, and in the whole service on both engines."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import httpx
import pytest
from pypdf import PdfReader

from app.audit import Actor
from app.journal.scope import Scope
from app.trends.report.page import Paper
from app.trends.report.report import build_report
from app.trends.report.service import Reports, report_tag
from app.trends.report_routes import router
from app.trends.source import JournalState
from app.trends.window import Window
from app.web.identity import Authenticator
from app.web.shape import build_shell
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry
from tests.trends.journals import mood, random_journal, seeded
from tests.trends.kept_journal import ACCOUNT, KeptJournal, OneToken, client_of
from tests.trends.report.pages import text_of

pytestmark = pytest.mark.anyio

TODAY = date(2026, 4, 8)
NOW = datetime(2026, 4, 8, 12, tzinfo=UTC)
PATH = "/v1/trends/report.pdf"
CANARY = "heliotrope"


@pytest.fixture
def journal() -> KeptJournal:
    """A hundred random days that end today."""
    seen = random_journal(seeded(8), 100, TODAY - timedelta(days=99))
    return KeptJournal(seen, "America/New_York")


async def admit(_account: UUID) -> None:
    """Whoever asks."""


@pytest.fixture
def april() -> SetClock:
    """Noon of 8 April 2026."""
    return SetClock(NOW)


async def unnoted(account_id: UUID, paper: Paper, actor: Actor) -> None:
    """What takes the place of the chain, which this house does not have."""


@pytest.fixture
def http(journal: KeptJournal, april: SetClock) -> httpx.AsyncClient:
    """The operation over that journal."""
    given = {Reports: Reports(journal, april, admit, unnoted), Authenticator: OneToken()}
    return client_of(build_shell("Trends", "1", [router], given))


def pdf_of(answer: httpx.Response) -> PdfReader:
    """The page of an answer."""
    assert answer.status_code == 200, answer.text
    return PdfReader(BytesIO(answer.content))


async def test_the_page_is_a_pdf_that_the_client_alone_may_keep(http: httpx.AsyncClient) -> None:
    answer = await http.get(PATH)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert "9 Jan 2026 – 8 Apr 2026 (90 days), America/New_York" in text_of(pdf_of(answer))


async def test_it_is_the_page_that_a_share_would_carry(
    http: httpx.AsyncClient, journal: KeptJournal
) -> None:
    answer = await http.get(PATH, params={"from": "2026-02-01", "to": "2026-04-01"})
    window = Window(date(2026, 2, 1), date(2026, 4, 1), "America/New_York")
    assert answer.content == build_report(journal.kept, window, generated_on=TODAY)


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("letter", 612)])
async def test_the_paper_may_be_chosen(http: httpx.AsyncClient, paper: str, width: int) -> None:
    answer = await http.get(PATH, params={"paper": paper})
    assert round(pdf_of(answer).pages[0].mediabox.width) == width


async def test_a_client_that_is_up_to_date_gets_304_and_no_entry_is_read(
    http: httpx.AsyncClient, journal: KeptJournal
) -> None:
    first = await http.get(PATH)
    assert len(journal.reads) == 1
    again = await http.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(journal.reads) == 1


async def test_the_page_of_another_day_is_another_page(
    http: httpx.AsyncClient, april: SetClock
) -> None:
    asked = {"from": "2026-02-01", "to": "2026-04-01"}
    first = await http.get(PATH, params=asked)
    april.now += timedelta(days=1)
    second = await http.get(PATH, params=asked, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.headers["ETag"] != first.headers["ETag"]
    assert "Generated 9 Apr 2026" in text_of(pdf_of(second))


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("paper=a5", ("paper", "unknown_value")),
        ("paper=a4&paper=letter", ("paper", "repeated_parameter")),
        ("pages=2", ("pages", "unknown_parameter")),
        ("from=2024-04-07", ("from", "window_too_long")),
        ("from=2026-04-02&to=2026-04-01", ("from", "range_reversed")),
        ("to=2026-04-10", ("to", "in_future")),
        ("to=today", ("to", "bad_date")),
    ],
)
async def test_what_is_wrong_with_a_question_is_named(
    http: httpx.AsyncClient, query: str, fault: tuple[str, str]
) -> None:
    answer = await http.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    told = [(each["parameter"], each["code"]) for each in answer.json()["errors"]]
    assert told == [fault]


async def test_731_days_are_the_longest_window(http: httpx.AsyncClient) -> None:
    answer = await http.get(PATH, params={"from": "2024-04-08", "to": "2026-04-08"})
    assert "(731 days)" in text_of(pdf_of(answer))


async def test_a_stranger_gets_no_page(http: httpx.AsyncClient) -> None:
    answer = await http.get(PATH, headers={"Authorization": "Bearer other"})
    assert answer.status_code == 401


async def test_a_scope_is_asked_for_all_of_its_entries(
    journal: KeptJournal, april: SetClock
) -> None:
    """The sessions' neighbours may lie anywhere."""
    scope = Scope.of_patient(ACCOUNT)
    reports = Reports(journal, april, admit, unnoted)
    await reports.answer(scope, "a4", TODAY, TODAY, lambda _: False)
    assert journal.reads == [(scope.kinds, None, None)]


STATE = JournalState(0, 1, 1, "UTC", None)
WINDOW = Window(TODAY, TODAY, "UTC")
CHANGES: list[Callable[[], str]] = [
    lambda: report_tag(uuid4(), STATE, WINDOW, "a4", TODAY),
    lambda: report_tag(ACCOUNT, JournalState(1, 1, 1, "UTC", None), WINDOW, "a4", TODAY),
    lambda: report_tag(ACCOUNT, JournalState(0, 2, 1, "UTC", None), WINDOW, "a4", TODAY),
    lambda: report_tag(ACCOUNT, JournalState(0, 1, 2, "UTC", None), WINDOW, "a4", TODAY),
    lambda: report_tag(
        ACCOUNT, STATE, Window(TODAY - timedelta(days=1), TODAY, "UTC"), "a4", TODAY
    ),
    lambda: report_tag(ACCOUNT, STATE, Window(TODAY, TODAY, "Europe/London"), "a4", TODAY),
    lambda: report_tag(ACCOUNT, STATE, WINDOW, "letter", TODAY),
    lambda: report_tag(ACCOUNT, STATE, WINDOW, "a4", TODAY + timedelta(days=1)),
]


@pytest.mark.parametrize("changed", CHANGES)
def test_the_tag_changes_with_each_thing_the_page_rests_on(changed: Callable[[], str]) -> None:
    tag = report_tag(ACCOUNT, STATE, WINDOW, "a4", TODAY)
    assert len(tag) == 24
    assert changed() != tag
    assert report_tag(ACCOUNT, JournalState(0, 1, 1, "UTC", TODAY), WINDOW, "a4", TODAY) == tag


async def test_in_the_whole_service_the_page_follows_the_journal_and_shows_no_note(
    patient: Patient,
) -> None:
    empty = await patient.ask("GET", PATH)
    assert "No mood or anxiety was logged in these 90 days." in text_of(pdf_of(empty))
    await patient.save(an_entry("session", adverse_effects=[{"code": "nausea", "severity": 2}]))
    free_text = {"note": CANARY, "tags": [CANARY]}
    await patient.save(an_entry("mood", score=7, **free_text))
    await patient.save(an_entry("anxiety", level=3, **free_text))
    await patient.save(an_entry("assessment"))
    full = await patient.ask("GET", PATH, {"If-None-Match": empty.headers["ETag"]})
    text = text_of(pdf_of(full))
    assert "Mood 1 of 90 days" in text
    assert "1 Jun 2026 ketamine, IV infusion" in text
    assert "nausea 2" in text
    assert "ISI (0–28) 9 subthreshold, 1 Jun 2026" in text
    assert CANARY not in text
    assert CANARY.encode() not in full.content
    unchanged = await patient.ask("GET", PATH, {"If-None-Match": full.headers["ETag"]})
    assert unchanged.status_code == 304


async def test_nobody_sees_the_journal_of_another_patient(
    service: Service, patient: Patient
) -> None:
    await patient.save(an_entry("mood", score=7))
    other = await service.sign_up()
    assert "No mood or anxiety was logged" in text_of(pdf_of(await other.ask("GET", PATH)))


def test_a_page_tells_of_nothing_but_what_it_was_given() -> None:
    """A mood outside the window changes no byte of a page without sessions."""
    window = Window(TODAY - timedelta(days=9), TODAY, "UTC")
    inside = [mood(TODAY - timedelta(days=day), day) for day in range(3)]
    outside = mood(TODAY - timedelta(days=40), 0)
    alone = build_report(inside, window, generated_on=TODAY)
    assert build_report([*inside, outside], window, generated_on=TODAY) == alone
