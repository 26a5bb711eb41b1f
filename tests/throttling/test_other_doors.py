"""The limits before signing up, codes, proofs, refreshes, exports and everything else."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from app.accounts.hashing import Hasher
from app.accounts.refusals import BusyHashing
from tests.clocks import SetClock
from tests.service import PASSWORD, Json, Patient, Service, settled
from tests.throttling.visitors import DEVICE, at, is_throttled, limited, new_address

pytestmark = pytest.mark.anyio
FEW = ",".join(
    (
        *(
            "password.address=9/1h",
            "register.address=3/1h",
            "recovery.address=3/1h",
            "code.address=4/15m",
        ),
        *("refresh_failed.address=3/15m", "step_up.device=3/15m", "share_open.link=4/1m"),
        *("share_open.address=9/1m", "export.account=2/1h", "report.account=2/1h"),
        *("reads.account=60/1m", "writes.account=40/1m", "mail.recipient=2/1h"),
    )
)


@pytest.fixture
async def service(
    database_url: str, tmp_path: Path, clock: SetClock, anyio_backend: str
) -> AsyncIterator[Service]:
    """With few of everything."""
    async with limited(database_url, tmp_path, clock, FEW) as started:
        yield started


async def test_an_address_registers_and_recovers_so_often_and_others_may_still(
    service: Service,
) -> None:
    for path, body in (
        ("/v1/accounts", {"password": PASSWORD}),
        ("/v1/accounts/recovery", {}),
    ):
        drafts = [{"email": f"{uuid4().hex}@patients.example", **body} for _ in range(4)]
        async with at(service, new_address()) as stranger:
            answers = [await stranger.post(path, json=each) for each in drafts]
        assert [each.status_code for each in answers] == [202, 202, 202, 429]
        assert is_throttled(answers[-1])
        async with at(service, new_address()) as other:
            assert (await other.post(path, json=drafts[-1])).status_code == 202


async def test_passwords_that_break_the_rules_are_no_sign_ups(
    service: Service, patient: Patient
) -> None:
    told = []
    for email in (patient.email, f"{uuid4().hex}@patients.example"):
        poor = {"email": email, "password": "passwordpassword"}
        async with at(service, new_address()) as http:
            weak = [(await http.post("/v1/accounts", json=poor)).status_code for _ in range(5)]
            good = {"email": email, "password": PASSWORD}
            asked = [(await http.post("/v1/accounts", json=good)).status_code for _ in range(4)]
            last = await http.post("/v1/accounts", json=poor)
        assert weak == [422] * 5
        assert asked == [202, 202, 202, 429]
        assert is_throttled(last)  # judging takes its time, so it has a limit too
        told.append((weak, asked, last.headers["Retry-After"]))
    assert told[0] == told[1]


async def test_an_address_gets_only_so_many_mails_and_the_answer_does_not_tell(
    service: Service, patient: Patient
) -> None:
    nobody = f"{uuid4().hex}@patients.example"
    answers = []
    for email in (patient.email, nobody):
        for path, body in (
            ("/v1/accounts", {"password": PASSWORD}),
            ("/v1/accounts/recovery", {}),
            ("/v1/accounts", {"password": PASSWORD}),
        ):
            async with at(service, new_address()) as http:
                answers.append(await http.post(path, json={"email": email, **body}))
    await settled(service)
    assert {each.status_code for each in answers} == {202}
    assert {frozenset(each.json()) for each in answers} == {frozenset({"request_id", "expires_in"})}
    mails = [mail for mail in service.mailed() if patient.email in mail]
    assert len(mails) == 2  # the code of the sign-up was the first of its two
    # To an unknown address the mail of a recovery does not go, but it is counted.
    assert len([mail for mail in service.mailed() if nobody in mail]) == 1


async def test_a_request_over_the_limit_of_mails_leaves_the_mailed_code_good(
    service: Service, patient: Patient
) -> None:
    body = {"email": patient.email}
    asked = (await service.http.post("/v1/accounts/recovery", json=body)).json()
    await settled(service)
    code = service.mailed_code(patient.email)
    for _ in range(2):
        async with at(service, new_address()) as stranger:
            again = await stranger.post("/v1/accounts/recovery", json=body)
            assert again.status_code == 202
    draft = {
        "request_id": asked["request_id"],
        "code": code,
        "new_password": "eleven herons over the weir",
        "device": DEVICE,
    }
    back = await service.http.post("/v1/accounts/recovery/completion", json=draft)
    assert back.status_code == 200, back.text


async def test_codes_are_guessed_from_an_address_only_so_often(service: Service) -> None:
    draft = {"request_id": str(uuid4()), "code": "00000000", "device": DEVICE}
    async with at(service, new_address()) as stranger:
        first = await stranger.post("/v1/accounts/verification", json=draft)
        more = {**draft, "new_password": PASSWORD}
        path = "/v1/accounts/recovery/completion"
        rest = [await stranger.post(path, json=more) for _ in range(4)]
    assert [each.status_code for each in (first, *rest)] == [422, 422, 422, 422, 429]


async def test_wrong_proofs_run_out_and_the_device_stays_signed_in(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    wrong = {"method": "password", "password": "another lake under six birches"}
    for _ in range(2):
        assert (await patient.ask("POST", "/v1/step-up", json=wrong)).status_code == 401
    await patient.step_up()
    tries = [(await patient.ask("POST", "/v1/step-up", json=wrong)) for _ in range(4)]
    assert [each.status_code for each in tries] == [401, 401, 401, 429]
    assert is_throttled(tries[-1])
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    await (await patient.sign_in_again()).step_up()  # another device has tries of its own
    clock.advance(minutes=5)
    await patient.step_up()


async def test_what_finds_the_hashes_busy_is_not_counted(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = f"{uuid4().hex}@patients.example"
    code = {"request_id": str(uuid4()), "code": "00000000", "device": DEVICE}
    asked: dict[str, tuple[Json, int]] = {
        "/v1/accounts": ({"email": email, "password": PASSWORD}, 202),
        "/v1/accounts/recovery": ({"email": email}, 202),
        "/v1/accounts/verification": (code, 422),
        "/v1/accounts/recovery/completion": ({**code, "new_password": PASSWORD}, 422),
        "/v1/step-up": ({"method": "password", "password": PASSWORD}, 200),
    }
    async with at(service, new_address()) as http:
        for path, (body, status) in asked.items():
            with monkeypatch.context() as crowded:
                crowded.setattr(Hasher, "refuse_if_full", _refuse)
                for _ in range(5):
                    busy = await http.post(path, json=body, headers=patient.headers)
                    assert busy.json()["code"] == "busy_hashing"
            answer = await http.post(path, json=body, headers=patient.headers)
            assert answer.status_code == status, answer.text


def _refuse(_: Hasher) -> None:
    raise BusyHashing


async def test_wrong_refresh_tokens_run_out_and_right_ones_never_do(
    service: Service, patient: Patient
) -> None:
    body = {"refresh_token": "agr_" + "0" * 76}
    answers = [await service.http.post("/v1/tokens/refresh", json=body) for _ in range(4)]
    assert [each.status_code for each in answers] == [401, 401, 401, 429]
    for _ in range(6):
        await patient.refresh()


async def test_exports_are_counted_once_they_are_allowed(
    service: Service, patient: Patient
) -> None:
    for _ in range(3):
        assert (await patient.ask("GET", "/v1/export")).status_code == 403
    await patient.step_up()
    answers = [await patient.ask("GET", "/v1/export") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert is_throttled(answers[-1])


async def test_reports_are_counted_when_they_are_printed(
    service: Service, patient: Patient
) -> None:
    path = "/v1/trends/report.pdf"
    first = await patient.ask("GET", path)
    known = {"If-None-Match": first.headers["ETag"]}
    for _ in range(5):
        assert (await patient.ask("GET", path, headers=known)).status_code == 304
    answers = [await patient.ask("GET", path) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 429]


async def test_reads_and_writes_have_a_general_pace(service: Service, patient: Patient) -> None:
    other = await service.sign_up()
    reads = [(await patient.ask("GET", "/v1/entries")).status_code for _ in range(61)]
    assert reads == [200] * 60 + [429]
    writes = [(await patient.ask("POST", "/v1/entries", json={})).status_code for _ in range(41)]
    assert writes == [422] * 40 + [429]
    assert (await other.ask("GET", "/v1/entries")).status_code == 200
