"""Stands in for a package that Home Assistant imports for voice audio and that has no wheel for every machine.

Without it the frontend never leaves its launch screen. No test sends audio.
"""


class MicroVad:
    """Is imported, never used."""
