"""Tests of the synthetic patient."""
