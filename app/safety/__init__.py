"""The safety room."""
