"""What the OpenAPI file says of the whole service: its name, its version, its tags."""

TITLE = "Afterglow"
VERSION = "1.0.0"
"""Of the contract, raised with openapi/CHANGELOG.md."""

DESCRIPTION = """\
The sealed symptom journal of a person in ketamine therapy: entries, sync, trends, sharing.

Nobody reads entries as they arrive, and every answer that could be taken for care says so. Ids are
made by the client, so that sending a request again is harmless. A member of an answer is there or
absent, never null; unknown members of answers are to be ignored. Errors are
`application/problem+json` with a stable `code` and never hold a value of the request.
"""

TAGS = (
    {"name": "Health", "description": "Whether the service runs and is ready."},
    {"name": "Accounts", "description": "Signing up and in, devices, proofs, the profile."},
    {"name": "Journal", "description": "Entries of the six kinds, and the daily check-in."},
    {"name": "Sync", "description": "Bringing a device that was offline up to date, and back."},
    {"name": "Trends", "description": "Answers about the journal, each with its uncertainty."},
    {"name": "Safety", "description": "What the safety rules saw, and where help is."},
    {"name": "Portability", "description": "Carrying all data off, and bringing diaries in."},
    {"name": "Sharing", "description": "Links that the patient hands out, and what readers open."},
)
