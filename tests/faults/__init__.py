"""Faults done to the running service: whatever it acknowledged has to be there once, and stay."""
