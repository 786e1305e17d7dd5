"""Trains the rhythm weights: sound sources, a song generator, a trainer, an evaluation.

Run as `python -m training`; no other package imports it. Its sounds are Debian's packages and its own
synthesis; no real song is trained on.
"""

SAMPLE_RATE_HZ = 44_100
