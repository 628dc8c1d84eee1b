"""FHIR R4 face of the services."""
