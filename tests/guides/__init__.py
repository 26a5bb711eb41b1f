"""The guides for apps: what their examples show is what the service answers."""
