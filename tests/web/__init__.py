"""Tests of the shell that every operation shares."""
