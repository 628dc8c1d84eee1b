"""The first page, the activity log, the profiles."""
