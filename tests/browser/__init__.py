"""The viewer page in a real browser."""
