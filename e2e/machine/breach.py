"""What a run ends with when something is wrong."""


class Breach(Exception):
    """One thing that must hold and does not, in a sentence."""
