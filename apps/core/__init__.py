"""Actor, guarded querysets, clock: what every room stands on. No model, no domain word."""
