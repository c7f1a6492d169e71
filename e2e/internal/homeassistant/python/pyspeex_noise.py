"""Stands in for a package that Home Assistant imports for voice audio, as pymicro_vad does."""


class AudioProcessor:
    """Is imported, never used."""
