"""What is fast, against what, and the command that shows it."""
