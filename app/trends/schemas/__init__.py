"""What clients see of the trends: one module an operation, over one envelope."""
