"""What is owed and what is allowed: plain values in, decisions out, the standard library only."""
