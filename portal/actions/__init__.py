"""What the business does: load, decide by rules, record. Whatever changes something is exactly one action."""
