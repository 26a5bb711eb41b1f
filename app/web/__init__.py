"""What every operation shares; it knows no feature."""
