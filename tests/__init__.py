"""Tests of Afterglow, laid out like app/."""
