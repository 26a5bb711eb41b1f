"""A rule: a code, a level, the kinds it looks at, and one pure condition."""

from collections.abc import Callable
from dataclasses import dataclass

from app.safety.rules.context import RuleContext
from app.safety.rules.entries import RuleEntry
from app.safety.rules.signals import Facts, SignalCode, SignalLevel
from app.safety.rules.thresholds import RuleNumbers

Condition = Callable[[RuleEntry, RuleContext], Facts | None]
"""The facts of an entry for which the condition holds, None when it does not."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`looks_beside`: the condition looks at other entries too, so their writes may change it.

    `both_sides`: it is about several entries and holds for each of them alike. Such a rule
    speaks at the entry that was written, and not again at the others.
    """

    code: SignalCode
    level: SignalLevel
    kinds: frozenset[str]
    numbers: RuleNumbers
    condition: Condition
    looks_beside: bool = False
    both_sides: bool = False

    @property
    def version(self) -> str:
        """Code and version of the numbers, such as `urinary/1`."""
        return f"{self.code}/{self.numbers.version}"
