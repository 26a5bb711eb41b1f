"""The statistics of the journal: pure functions of numbers and whole days, one file each.

Days are proleptic ordinals (`date.toordinal()`), so that distances of days are differences of
integers. Nothing here knows a clock, a time zone, a database or a framework.

NumPy and SciPy are imported inside the few functions that need them: `scipy.stats` alone takes
more than a second and 50 MiB, more than a worker may spend on it. So distributions come from
`scipy.special`, and the rank statistics that `scipy.stats` also has are written out here and
compared with it in the tests, to 1e-9. The figures are in
docs/decisions/0016-statistics-written-out.md.
"""
