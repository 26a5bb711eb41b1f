"""Afterglow: the backend of a sealed symptom journal."""
