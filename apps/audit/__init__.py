"""The one append-only trail of who did what, on whose record, by what right."""
