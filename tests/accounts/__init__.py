"""Accounts: signing in, protecting, recovering."""
