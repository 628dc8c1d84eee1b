"""Third-party services and the consents given to them."""
