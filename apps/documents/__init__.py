"""The vault: deposit, read, mask, delete."""
