"""The web DMP: what professionals see and do."""
