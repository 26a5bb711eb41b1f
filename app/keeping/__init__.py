"""Keeping the data over years: keys that rotate, backups, and coming back from one."""
