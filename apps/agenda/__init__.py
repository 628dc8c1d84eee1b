"""Appointments, prevention and reminders."""
