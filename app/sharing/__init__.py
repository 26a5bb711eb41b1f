"""The sharing room."""
