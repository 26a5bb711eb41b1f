"""Throttles: the arithmetic, the rows that workers share, and the doors they stand before."""
