"""Carrying the data off and bringing it in: the export, and imports of diaries."""
