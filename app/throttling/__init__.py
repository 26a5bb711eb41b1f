"""Throttles: how often somebody may ask for what is costly, or worth guessing."""

from app.throttling.subjects import network_of
from app.throttling.throttles import Throttles

__all__ = ["Throttles", "network_of"]
