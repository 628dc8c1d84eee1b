"""People who sign in: users, factors, devices, preferences."""
