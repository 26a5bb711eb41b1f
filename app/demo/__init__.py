"""The synthetic patient: a seeded diary, and its story told through the public API."""
