"""The journal as FHIR R4: one Bundle for shares and for the export."""

from app.sharing.fhir.bundle import BundleContent, build_bundle, bundle_entries
from app.sharing.fhir.frame import public_id
from app.sharing.fhir.portions import BundlePortions

__all__ = ["BundleContent", "BundlePortions", "build_bundle", "bundle_entries", "public_id"]
