"""What a patient does on a phone of the guide: write, look, change."""

from typing import Any

from tests.service import an_entry
from tests.sync.merging import Content
from tests.sync.phone import Phone


def content(**members: Any) -> Content:
    """A mood as a phone keeps it."""
    return {name: value for name, value in an_entry(**members).items() if name != "id"}


async def new_entry(phone: Phone, **members: Any) -> str:
    """An entry that the phone has written and the server has taken."""
    draft = an_entry(**members)
    entry_id: str = draft.pop("id")
    phone.write(entry_id, draft)
    await phone.sync()
    return entry_id


def local(phone: Phone, entry_id: str) -> Content:
    """What the patient sees."""
    found = phone.rows[entry_id].local
    assert found is not None
    return found


async def change(phone: Phone, entry_id: str, **members: Any) -> None:
    """Write members anew; None clears."""
    new = {**local(phone, entry_id), **members}
    phone.write(entry_id, {name: value for name, value in new.items() if value is not None})
