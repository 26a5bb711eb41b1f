"""Tests of the audit chain."""
