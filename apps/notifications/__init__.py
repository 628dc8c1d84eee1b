"""The one outbox: what we say, to whom, by which channel, exactly once."""
