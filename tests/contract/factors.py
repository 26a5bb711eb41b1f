"""The part of a patient's story that is about ways to sign in."""

from tests.authenticator import Authenticator
from tests.service import PASSWORD, Patient, Service, settled


async def use_passkeys(service: Service, patient: Patient) -> None:
    """One is made, signs a device in, proves again, and goes."""
    authenticator = Authenticator("http://afterglow.test", "afterglow.test")
    await patient.step_up()
    started = (await patient.ask("POST", "/v1/passkeys/registration")).json()
    draft = {"challenge_id": started["challenge_id"], "name": "Phone"}
    draft |= {"credential": authenticator.create(started["options"])}
    for status in (201, 422):
        made = await patient.ask("POST", "/v1/passkeys/registration/completion", json=draft)
        assert made.status_code == status, made.text
    device = {"device": {"name": "Tablet", "platform": "test"}}
    for headers, path, more in (
        ({}, "/v1/passkeys/sign-in/completion", device),
        (patient.headers, "/v1/step-up", {"method": "passkey"}),
    ):
        asked = (await service.http.post("/v1/passkeys/sign-in", headers=headers)).json()
        proof = {"challenge_id": asked["challenge_id"], **more}
        proof |= {"credential": authenticator.get(asked["options"])}
        for status in (200, 401):
            answer = await service.http.post(path, json=proof, headers=headers)
            assert answer.status_code == status, answer.text
    (known,) = (await patient.ask("GET", "/v1/passkeys")).json()["items"]
    assert (await patient.ask("DELETE", f"/v1/passkeys/{known['id']}")).status_code == 204


async def come_back(service: Service) -> None:
    """Recover an account, with a wrong code first."""
    patient = await service.sign_up()
    asked = await service.http.post("/v1/accounts/recovery", json={"email": patient.email})
    await settled(service)
    body = {
        "request_id": asked.json()["request_id"],
        "code": "00000000",
        "new_password": PASSWORD,
        "device": {"name": "Phone", "platform": "test"},
    }
    path = "/v1/accounts/recovery/completion"
    assert (await service.http.post(path, json=body)).status_code == 422
    body["code"] = service.mailed_code(patient.email)
    assert (await service.http.post(path, json=body)).status_code == 200
