"""Signing in with the ID token of an external OpenID Connect issuer; off by default."""
