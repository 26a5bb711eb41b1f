"""Publishes the own codes as a FHIR CodeSystem: `python -m app.sharing.fhir.code_system`."""

import json
from pathlib import Path

from app.sharing.fhir.codes import OWN, OWN_SYSTEM, Json
from app.sharing.fhir.own_words import WORDS, word_code, word_display

PUBLISHED = Path(__file__).with_suffix(".json")


def code_system() -> Json:
    """The table as a resource; the words of a question stand below its code."""
    concepts = [_concept(code) for code in OWN]
    return {
        "resourceType": "CodeSystem",
        "url": OWN_SYSTEM,
        "version": "1",
        "name": "AfterglowJournal",
        "title": "Codes of the Afterglow journal",
        "status": "active",
        "description": "What a symptom journal for people in ketamine therapy holds.",
        "caseSensitive": True,
        "hierarchyMeaning": "grouped-by",
        "content": "complete",
        "count": len(OWN) + sum(map(len, WORDS.values())),
        "concept": concepts,
    }


def published_text() -> str:
    """The file as it must stand in the repository."""
    return json.dumps(code_system(), ensure_ascii=False, indent=1) + "\n"


def _concept(code: str) -> Json:
    entry = OWN[code]
    scale = f" Range {entry.scale}." if entry.scale else ""
    described = {"code": code, "display": entry.display, "definition": entry.definition + scale}
    words = [_word(code, word) for word in WORDS.get(code, ())]
    return {**described, "concept": words} if words else described


def _word(question: str, word: str) -> Json:
    display = word_display(question, word)
    definition = f"{OWN[question].display}: {display[0].lower()}{display[1:]}."
    return {"code": word_code(question, word), "display": display, "definition": definition}


if __name__ == "__main__":
    PUBLISHED.write_text(published_text(), encoding="utf-8")
