"""Commands of `afterglow` that have more than a few lines, one module a subject."""
