"""The clinician's page: the answers of the trends on one sheet of paper."""
