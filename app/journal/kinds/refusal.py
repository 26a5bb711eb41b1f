"""An entry that cannot be saved, with every reason."""

from collections.abc import Sequence

from app.faults import Fault


class EntryRefused(Exception):
    """What was sent breaks rules. `faults` says which and where; no value stands in it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """At least one fault."""
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = list(faults)
