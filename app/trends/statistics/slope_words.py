"""Words for a slope: they tell where the number goes, and follow its uncertainty."""

from enum import StrEnum

MINIMUM_DAYS = 14
MINIMUM_SPAN_DAYS = 20
MINIMUM_DENSITY = 0.5
SIGNIFICANCE = 0.05


class ChangeWords(StrEnum):
    """Where a number goes: clearly up, clearly down, not clearly anywhere, or too early to say."""

    CLEAR_RISE = "clear_rise"
    CLEAR_FALL = "clear_fall"
    NO_CLEAR_CHANGE = "no_clear_change"
    NOT_ENOUGH_DAYS = "not_enough_days"


def enough_for_words(n_days: int, span_days: int) -> bool:
    """14 observed days over at least 21 calendar days, at least half of these observed."""
    dense = n_days / (span_days + 1) >= MINIMUM_DENSITY
    return n_days >= MINIMUM_DAYS and span_days >= MINIMUM_SPAN_DAYS and dense


def slope_words(
    n_days: int, span_days: int, p_adjusted: float, interval: tuple[float, float]
) -> ChangeWords:
    """A clear word only if p_adjusted < 0.05 and the interval lies on one side of 0.

    From as many days as `enough_for_words` wants; a rule of this journal.
    """
    if not enough_for_words(n_days, span_days):
        return ChangeWords.NOT_ENOUGH_DAYS
    low, high = interval
    if p_adjusted < SIGNIFICANCE and low > 0:
        return ChangeWords.CLEAR_RISE
    if p_adjusted < SIGNIFICANCE and high < 0:
        return ChangeWords.CLEAR_FALL
    return ChangeWords.NO_CLEAR_CHANGE
