"""What the journal shows: day series, statistics with their uncertainty, one honest sentence."""
