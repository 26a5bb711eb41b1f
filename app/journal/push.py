"""One item of a push: read, judged and decided alone, so that it never holds up a neighbour."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from msgspec import Struct

from app.faults import Fault, pointer_to
from app.journal.changes import id_of, judged
from app.journal.desk import Decision, Desk
from app.journal.kinds import KINDS, Content, EntryRefused, merge_patch
from app.journal.stored import ClosedEntry, StoredEntry

SyncStatus = Literal["applied", "unchanged", "conflict", "gone", "missing", "rejected"]
MEMBERS = {"id", "op", "base_revision", "data"}
UNREADABLE = Fault("entry_unreadable", "What is stored of the entry here does not open.", "")
MOST_REVISION = 2**53 - 1


class PushDecision(Decision, frozen=True):
    """A decision with the place and rule of a rejection."""

    fault: Fault | None = None


class Rejected(Struct, frozen=True):
    """An item that is not even a change; only its id, if it has one, is known."""

    id: UUID | None
    fault: Fault
    session_id: None = None

    def decide(self, desk: Desk) -> PushDecision:
        """Nothing happens."""
        return PushDecision("rejected", fault=self.fault)


class PushedDelete(Struct, frozen=True):
    """A delete wins over every edit, earlier or later, whatever it was based on."""

    id: UUID
    session_id: None = None

    def decide(self, desk: Desk) -> Decision:
        """A tombstone, also for an id that was never seen: it may overtake its own create."""
        before = desk.entries.get(self.id)
        if before is not None and before.deleted:
            return PushDecision("unchanged")
        return PushDecision("applied", tombstone=True)


class PushedUpsert(Struct, frozen=True):
    """A new entry, or the changed members of a known one."""

    id: UUID
    base_revision: int
    data: Mapping[str, object]
    fault: Fault | None = None

    @property
    def session_id(self) -> UUID | None:
        """The session the data names, if any."""
        return id_of(self.data.get("session_id"))

    def decide(self, desk: Desk) -> PushDecision:
        """The lines of the push table, the first that fits."""
        before = desk.entries.get(self.id)
        if before is not None and before.deleted:
            return PushDecision("gone")
        if self.fault is not None:
            return PushDecision("rejected", fault=self.fault)
        try:
            if isinstance(before, ClosedEntry):
                return self._in_place_of(desk, before)
            if before is None:
                return self._as_new(desk)
            return self._as_edit(desk, before)
        except EntryRefused as refusal:
            return PushDecision("rejected", fault=_worst(refusal.faults))

    def _in_place_of(self, desk: Desk, before: ClosedEntry) -> PushDecision:
        """Of what does not open the server has lost the content: it is taken whole.

        But only from a device that has seen it, or had written it: else what it said, which
        another device may still hold, would be lost for good.
        """
        whole: Content | None = None
        try:
            content = merge_patch(before.kind, {}, self.data, comes_back=True)
            whole = judged(content, desk, None, comes_back=True)
        except EntryRefused as refusal:
            if self.base_revision == 0 or not self._is_part(refusal.faults):
                raise
        if before.revision != self.base_revision and before.device_id != desk.device_id:
            return PushDecision("rejected", fault=UNREADABLE)
        if whole is None:
            return PushDecision("missing")
        return PushDecision("applied", whole, returned=True)

    def _as_new(self, desk: Desk) -> PushDecision:
        """With a base, the server has had the entry before: it was lost, and comes back."""
        comes_back = self.base_revision > 0
        try:
            content = merge_patch(str(self.data["kind"]), {}, self.data, comes_back=comes_back)
            whole = judged(content, desk, None, comes_back=comes_back)
            return PushDecision("applied", whole, returned=comes_back)
        except EntryRefused as refusal:
            if comes_back and self._is_part(refusal.faults):
                return PushDecision("missing")
            raise

    def _as_edit(self, desk: Desk, before: StoredEntry) -> PushDecision:
        """A part of an object that another device has changed since says nothing by itself."""
        try:
            content = merge_patch(before.kind, before.members(), self.data)
        except EntryRefused as refusal:
            if self.base_revision != before.revision and self._lacks_the_rest(refusal.faults):
                return PushDecision("conflict")
            raise
        if content.members() == before.members():
            return PushDecision("unchanged")
        if self.base_revision != before.revision:
            return PushDecision("conflict")
        return PushDecision("applied", judged(content, desk, before))

    def _is_part(self, faults: Sequence[Fault]) -> bool:
        """Whether it lacks members, and is wrong in nothing but what it would change in others.

        An object that only clears members of its own is empty where there is nothing to clear.
        """
        objects = self._objects()
        others = [fault for fault in faults if not self._lacks(fault)]
        clearing = all(each.code == "too_few" and each.pointer in objects for each in others)
        return clearing and len(others) < len(faults)

    def _lacks(self, fault: Fault) -> bool:
        """Whether a member is asked for that is not there, though the whole entry may hold it.

        A rule may ask for what not every entry of the kind needs. A part has no reason to tell a
        default; whoever tells one sends the whole, as answers show it, and breaks that rule.
        """
        if fault.code == "missing":
            return True
        place = str(fault.pointer)
        own = place.count("/") == 1 and place not in map(pointer_to, self.data)
        return own and not self._tells_a_default()

    def _tells_a_default(self) -> bool:
        fields = KINDS[str(self.data["kind"])].content.model_fields
        return any(
            name in fields and told is not None and told == fields[name].default
            for name, told in self.data.items()
        )

    def _lacks_the_rest(self, faults: Sequence[Fault]) -> bool:
        """Whether nothing is wrong but that objects, of which it sends parts, are not whole."""
        objects = self._objects()
        return all(
            (each.code == "too_few" and each.pointer in objects)
            or (each.code == "missing" and str(each.pointer).rpartition("/")[0] in objects)
            for each in faults
        )

    def _objects(self) -> set[str]:
        return {pointer_to(name) for name, told in self.data.items() if isinstance(told, dict)}


def _worst(faults: Sequence[Fault]) -> Fault:
    """The one to tell: what stands there wrong, before what is not there."""
    return next((fault for fault in faults if fault.code != "missing"), faults[0])


PushChange = Rejected | PushedDelete | PushedUpsert


def read_item(item: object) -> PushChange:
    """An item of the push, as sent. What cannot be read becomes a Rejected with its reason."""
    if not isinstance(item, dict):
        return Rejected(None, Fault("wrong_type", "An item is an object.", ""))
    entry_id = id_of(item.get("id"))
    fault = _fault_in(item, entry_id)
    if fault is not None or entry_id is None:
        return Rejected(entry_id, fault or Fault("bad_uuid", "This is not a UUID.", "/id"))
    if item["op"] == "delete":
        return PushedDelete(entry_id)
    return _upsert(entry_id, item.get("base_revision", 0), item.get("data"))


def _upsert(entry_id: UUID, base: object, data: object) -> PushedUpsert:
    """What is wrong with base and data is told later: a tombstone answers `gone` to anything."""
    fault = _fault_in_base(base) or _fault_in_data(data, entry_id)
    base_revision = base if isinstance(base, int) else 0
    members = data if isinstance(data, dict) else {}
    if "id" in members:
        members = {name: value for name, value in members.items() if name != "id"}
    return PushedUpsert(entry_id, base_revision, members, fault)


def _fault_in(item: Mapping[str, object], entry_id: UUID | None) -> Fault | None:
    if not item.keys() <= MEMBERS:
        unknown = min(item.keys() - MEMBERS)
        return Fault("unknown_member", "This member is not known here.", pointer_to(unknown))
    if entry_id is None:
        code = "bad_uuid" if "id" in item else "missing"
        return Fault(code, "An item needs the UUID of its entry.", "/id")
    if item.get("op") not in ("upsert", "delete"):
        code = "unknown_value" if "op" in item else "missing"
        return Fault(code, "The operation is upsert or delete.", "/op")
    return None


def _fault_in_base(base: object) -> Fault | None:
    if not isinstance(base, int) or isinstance(base, bool):
        return Fault("wrong_type", "A base revision is an integer.", "/base_revision")
    if not 0 <= base <= MOST_REVISION:
        return Fault("out_of_range", "A base revision is 0 or more.", "/base_revision")
    return None


def _fault_in_data(data: object, entry_id: UUID) -> Fault | None:
    if not isinstance(data, dict):
        code = "missing" if data is None else "wrong_type"
        return Fault(code, "An upsert carries the entry's data.", "/data")
    if "kind" not in data:
        return Fault("missing", "The kind always stands in the data.", "/kind")
    if not isinstance(data["kind"], str):
        return Fault("unknown_kind", "This kind is not known.", "/kind")
    if "id" in data and id_of(data["id"]) != entry_id:
        return Fault("unknown_value", "The id in the data is that of the item.", "/id")
    return None
