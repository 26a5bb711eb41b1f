"""Passkeys: registering, signing in, proving again (WebAuthn)."""
