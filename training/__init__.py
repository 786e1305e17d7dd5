"""How the rhythm weights are made: sources, a song generator, a trainer, an evaluation.

Imported by nothing else; `python -m training` does all of it from Debian's packages and our own
synthesis. No real song is ever trained on.
"""

SAMPLE_RATE_HZ = 44_100
