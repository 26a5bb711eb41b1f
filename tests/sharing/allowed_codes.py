"""Every outside code that somebody has looked up; a Bundle holds no other."""

ALLOWED_LOINC = frozenset(
    {
        *("85354-9", "8480-6", "8462-4", "8867-4", "9279-1", "59408-5", "2708-6"),
        *("29463-7", "60591-5"),
        *("44261-6", "70274-6", "101698-9", "44249-1", "69737-5", "101697-1"),
        *("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5"),
        *("44253-3", "44260-8", "69722-7"),
        *("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"),
        *("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"),
    }
)
ALLOWED_SNOMED = frozenset(
    {
        *("48694002", "373464007", "47625008", "78421000", "34206005"),
        *("46713006", "26643006", "37839007"),
    }
)
OTHER_CODES = {
    "http://terminology.hl7.org/CodeSystem/v3-ObservationValue": {"PATAST"},
    "http://hl7.org/fhir/us/core/CodeSystem/us-core-tags": {"patient-supplied"},
    "http://terminology.hl7.org/CodeSystem/observation-category": {"survey", "vital-signs"},
    "http://terminology.hl7.org/CodeSystem/data-absent-reason": {"unknown"},
    "http://unitsofmeasure.org": {"{score}", "min", "h", "mg", "mm[Hg]", "/min", "%", "kg"},
}
TOTALS = frozenset({"44261-6", "70274-6", "101698-9"})
PANELS = frozenset({"44249-1", "69737-5", "101697-1"})
