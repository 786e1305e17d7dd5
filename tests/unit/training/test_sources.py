"""Nothing unclean may be trained on: the sources against the table of licences, and against the code."""

import re
from pathlib import Path

import pytest

from training import sources

ROOT = Path(__file__).parents[3]
CARD = ROOT / "docs" / "models" / "rhythm.md"
CODE = sorted((ROOT / "training").glob("*.py"))


@pytest.mark.parametrize("source", sources.SOURCES, ids=lambda source: source.name)
def test_every_source_is_under_a_clean_licence(source):
    """Weights that learned from GPL or share-alike sounds could not be shipped under MIT."""
    assert source.licence in sources.ALLOWED_LICENCES
    assert not re.search(r"GPL|BY-SA|BY-NC|NC", source.licence)


@pytest.mark.parametrize("source", sources.SOURCES, ids=lambda source: source.name)
def test_the_model_card_names_every_source_with_its_licence(source):
    """Who uses the weights must be able to see what they learned from."""
    rows = [line for line in CARD.read_text().splitlines() if line.startswith("|") and source.name in line]
    assert rows
    assert source.licence in rows[0]


def test_only_the_table_of_sources_names_places_with_sounds():
    """A path to sounds anywhere else would escape the table."""
    named = {path.name for path in CODE if "/usr/" in path.read_text()}
    assert named == {"sources.py"}


def test_no_real_song_can_reach_the_trainer():
    """Real songs are for measuring: only the evaluation and its command line know where they are."""
    named = {path.name for path in CODE if re.search(r"shared/|load_songs", path.read_text())}
    assert named == {"__main__.py", "evaluate.py"}


def test_loops_are_never_used():
    """`loop_amen` is a cut from a record, whatever its licence says."""
    used = [path.name for role in sources.SONIC_PI_DRUMS for path in sources.sonic_pi_samples(role)]
    assert not [name for name in used if name.startswith("loop_")]


def test_debian_agrees_with_the_table():
    """The package's own copyright file is the authority."""
    for source, words in (
        (sources.FLUID_R3, "MIT license"),
        (sources.MUSESCORE, "CC0"),
        (sources.SONIC_PI, "CC0"),
    ):
        copyright_file = Path("/usr/share/doc") / source.package / "copyright"
        if not copyright_file.exists():
            pytest.skip(f"LOUD: {source.package} is not installed, so its licence is not checked")
        assert words in copyright_file.read_text(errors="replace")
