"""Afterglow: the backend of a sealed symptom journal."""

import gc

COLLECTIONS = (20_000, 50, 100)
"""Thresholds of the garbage collector: loading makes many objects that all stay, answers make many
that die at once. They hold from the first import on, of which collections took a fifth."""

gc.set_threshold(*COLLECTIONS)
