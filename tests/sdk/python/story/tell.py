"""A patient's story told through the generated client; prints what was seen as JSON."""

import json
import re
import sys
import time
from base64 import urlsafe_b64decode
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from afterglow_client import AuthenticatedClient
from afterglow_client.api.accounts import get_profile, register_account, step_up, verify_email
from afterglow_client.api.journal import create_entry, get_entry, update_entry
from afterglow_client.api.sharing import create_share, open_share, revoke_share
from afterglow_client.api.sync import pull_changes, push_changes
from afterglow_client.api.trends import get_daily_trend, get_trend_summary
from afterglow_client.models import (
    AccountDraft,
    Anxiety,
    Assessment,
    DeviceDraft,
    Dissociation,
    EmailVerification,
    Flashback,
    Mood,
    MoodPatch,
    PasswordProof,
    SavedEntry,
    Session,
    ShareDraft,
    ShareManifestRequest,
    ShareScope,
    SyncChange,
    SyncError,
    SyncPush,
    SyncPushItem,
)
from afterglow_client.types import Unset
from story.client import Refused, answered, code_of, patient, stranger
from story.drafts import every_kind, mood

PASSWORD = "a quiet lake under seven birches"
ORIGIN, MAILS = sys.argv[1], Path(sys.argv[2])
Entry = Mood | Anxiety | Flashback | Dissociation | Session | Assessment
Seen = list[str | float]


def mailed_code(email: str) -> str:
    """The code that a server in development writes into its folder of mails."""
    for _ in range(200):
        for file in MAILS.glob("*.eml"):
            found = re.search(r"^Code: (\d{8})\r?$", file.read_text(), re.MULTILINE)
            if found and email in file.read_text():
                return found[1]
        time.sleep(0.05)
    raise TimeoutError("no code was mailed")


def sign_up() -> str:
    """A new account; the access token of its first device."""
    email = f"{uuid4().hex[:12]}@patients.example"
    # guide sign-up
    here = stranger(ORIGIN)
    draft = AccountDraft(email=email, password=PASSWORD)
    asked = answered(register_account.sync_detailed(client=here, body=draft))
    verification = EmailVerification(
        request_id=asked.request_id,
        code=mailed_code(email),  # the patient reads it from the mail
        device=DeviceDraft(name="Laptop", platform="python"),
    )
    tokens = answered(verify_email.sync_detailed(client=here, body=verification))
    # end
    return tokens.access_token


# guide union
def headline(entry: Entry) -> str:
    """What a list shows of an entry: the type checker knows the members of each kind."""
    match entry:
        case Mood():
            return f"mood {entry.score:g}"
        case Anxiety():
            return f"anxiety {entry.level:g}"
        case Flashback():
            return f"flashback {entry.report}"
        case Dissociation():
            return f"dissociation {entry.intensity:g}"
        case Session():
            return f"session {entry.substance}"
        case Assessment():
            total = entry.result.total
            return f"assessment {entry.instrument} {'-' if isinstance(total, Unset) else total}"


# end


def write_every_kind(client: AuthenticatedClient) -> list[str]:
    """Each is saved once, however often it is sent."""
    told = []
    for draft in every_kind():
        saved = answered(create_entry.sync_detailed(client=client, body=draft))
        again = create_entry.sync_detailed(client=client, body=draft)
        assert again.status_code == 200
        told.append(headline(saved.entry))
    return told


def conflict(client: AuthenticatedClient) -> Seen:
    """Another content under the id, and a change that rests on an old version."""
    draft = mood(3)
    saved = answered(create_entry.sync_detailed(client=client, body=draft)).entry
    draft.score = 4
    other = create_entry.sync_detailed(client=client, body=draft)

    # guide change
    def change(revision: int, score: float) -> SavedEntry:
        response = update_entry.sync_detailed(
            saved.id,
            client=client,
            if_match=f'"{revision}"',
            body=MoodPatch(kind="mood", score=score),
        )
        return answered(response)

    change(saved.revision, 5)
    try:
        change(saved.revision, 6)
    except Refused as refused:  # 412: another device was faster
        stale = refused.problem.code
        current = answered(get_entry.sync_detailed(saved.id, client=client))
        merged = change(current.revision, 6).entry
    # end
    assert isinstance(merged, Mood)
    return [code_of(other), stale, merged.score]


def sync(client: AuthenticatedClient) -> Seen:
    """A push of which each item is judged alone, and a pull to the end."""
    draft = mood(7)
    data = MoodPatch.from_dict({name: v for name, v in draft.to_dict().items() if name != "id"})
    wrong = MoodPatch.from_dict(data.to_dict() | {"score": 99})
    items = [
        SyncPushItem(id=draft.id, op="upsert", data=data),
        SyncPushItem(id=draft.id, op="upsert", data=MoodPatch(kind="mood", score=8)),
        SyncPushItem(id=uuid4(), op="upsert", data=wrong),
    ]
    # guide sync
    push = SyncPush(device_id="laptop", changes=items)
    results = answered(push_changes.sync_detailed(client=client, body=push)).results
    changes: list[SyncChange] = []
    cursor, more = 0, True
    while more:
        pulled = pull_changes.sync_detailed(
            client=client, cursor=cursor, limit=3, device_id="laptop"
        )
        page = answered(pulled)
        changes += page.changes
        cursor, more = page.cursor, page.has_more
    # end
    mine = next(change.entry for change in changes if change.id == draft.id)
    assert isinstance(mine, Mood)
    told = [r.error.code if isinstance(r.error, SyncError) else r.status for r in results]
    return [*told, mine.kind]


def trends(client: AuthenticatedClient) -> list[int]:
    """How many metrics and how many days there are."""
    # guide trends
    summary = answered(get_trend_summary.sync_detailed(client=client))
    daily = answered(get_daily_trend.sync_detailed(client=client, metric="mood"))
    # end
    return [len(summary.metrics), len(daily.days)]


def share(client: AuthenticatedClient) -> Seen:
    """A link, from both sides, until it is withdrawn."""
    today = datetime.now(UTC).date()
    # guide share
    scope = ShareScope(kinds=["mood", "session"], from_=date(2026, 1, 1), to=today)
    draft = ShareDraft(id=uuid4(), kind="passcode", mode="snapshot", scope=scope)
    early = create_share.sync_detailed(client=client, body=draft)
    if code_of(early) == "step_up_required":
        proof = PasswordProof(method="password", password=PASSWORD)
        step_up.sync_detailed(client=client, body=proof)
    made = answered(create_share.sync_detailed(client=client, body=draft))
    # end
    token = token_in(str(made.link))
    here = stranger(ORIGIN)
    wrong = ShareManifestRequest(recipient="Dr Lee", passcode="??????")
    right = ShareManifestRequest(recipient="Dr Lee", passcode=str(made.passcode))
    refused = open_share.sync_detailed(token, client=here, body=wrong)
    manifest = open_share.sync(token, client=here, body=right)
    revoke_share.sync_detailed(made.id, client=client)
    dead = open_share.sync_detailed(token, client=here, body=right)
    content_type = manifest.to_dict()["files"][0]["contentType"] if manifest else ""
    return [code_of(early), code_of(refused), content_type, code_of(dead)]


def token_in(link: str) -> str:
    """The secret of the path, taken out of the link."""
    text = link.rpartition("shlink:/")[2]
    url: str = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))["url"]
    return url.rpartition("/")[2]


def main() -> None:
    """Tell the whole of it."""
    client = patient(ORIGIN, sign_up())
    seen = {
        "kinds": write_every_kind(client),
        "conflict": conflict(client),
        "sync": sync(client),
        "trends": trends(client),
        "share": share(client),
        "refused": code_of(get_profile.sync_detailed(client=patient(ORIGIN, "aga_spent"))),
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
