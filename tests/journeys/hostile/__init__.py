"""Hostile bytes on the wire: requests that no client of ours would send, by the thousand."""
