"""Who may do what, on which record, why, and until when."""
