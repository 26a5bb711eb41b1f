"""`python -m benchmarks.steady`: a service under load for an hour, with all walls on."""
