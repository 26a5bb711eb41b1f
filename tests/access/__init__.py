"""Tests of who gets at what: every operation, tried by everybody who must not."""
