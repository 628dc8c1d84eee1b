"""France Services counsellors: mandates and assisted sessions."""
