"""Sharing: a patient hands a clinician a link to a chosen part of the journal."""
