"""Tests of rotation, backup and restore."""
