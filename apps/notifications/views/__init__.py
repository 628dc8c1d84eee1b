"""Screens of notices, of preferences, and of the demonstration's mailbox."""
