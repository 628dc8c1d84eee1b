"""What a caregiver must know, in the person's words."""
