"""Requests generated from the OpenAPI file by schemathesis, every check of it, and one of ours."""
