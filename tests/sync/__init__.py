"""Offline sync: its contract, its cost, its races, and phones that come and go."""
