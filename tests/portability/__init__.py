"""Sharing: the Bundle, the link, the passcode, the rules."""
