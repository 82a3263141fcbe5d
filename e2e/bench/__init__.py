"""How fast the portal is, beside a floor: what the same thing costs with nothing of the portal around it."""
