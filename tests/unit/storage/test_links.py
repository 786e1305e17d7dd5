"""A link shows what it was made for, until its time is up, and nothing else."""

from __future__ import annotations

import base64
import hmac
import json
import random
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import LinkClaims, LinkEnded, LinkRefused, Links, StorageError, StorageSettings, open_links
from storage.links import Key

NOW = 1_800_000_000.0
KEY = Key("k1", bytes(range(32)))
CLAIMS = LinkClaims("songs/ab/spleeter@1/7/manifest.json", "Ein Lied – 歌", NOW + 60)


def links(*keys: Key, now: float = NOW, public_url: str = "") -> Links:
    return Links(keys or (KEY,), public_url, clock=lambda: now)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_link_says_what_was_granted():
    assert links().read(links().sign(CLAIMS)) == CLAIMS


@given(title=st.text(max_size=150), until=st.integers(int(NOW) + 1, 2**40))
def test_any_title_survives(title, until):
    title = title.encode(errors="replace").decode()  # lone surrogates are no text that can be shown
    grant = LinkClaims("songs/a/manifest.json", title, float(until))
    assert links().read(links().sign(grant)) == grant


def test_a_link_carries_the_name_by_which_it_can_be_taken_back():
    grant = LinkClaims(CLAIMS.manifest, CLAIMS.title, CLAIMS.expires_at, "17-abcdef01")
    assert links().read(links().sign(grant)) == grant


def test_a_token_needs_no_escaping_in_an_address():
    token = links().sign(CLAIMS)
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def test_every_flipped_bit_is_refused():
    token = links().sign(CLAIMS).encode()
    for place in range(len(token)):
        for bit in range(8):
            changed = bytearray(token)
            changed[place] ^= 1 << bit
            with pytest.raises(LinkRefused):
                links().read(changed.decode("latin-1"))


def test_every_truncation_and_addition_is_refused():
    token = links().sign(CLAIMS)
    for length in range(len(token)):
        with pytest.raises(LinkRefused):
            links().read(token[:length])
    for more in ("A", "=", ".", "\n", " ", "/", "AAAA"):
        with pytest.raises(LinkRefused):
            links().read(token + more)
        with pytest.raises(LinkRefused):
            links().read(more + token)


def test_halves_of_two_links_do_not_fit():
    other = LinkClaims("songs/cd/spleeter@1/7/manifest.json", CLAIMS.title, CLAIMS.expires_at)
    payload, mac = (links().sign(each).split(".") for each in (CLAIMS, other))
    for swapped in (f"{payload[0]}.{mac[1]}", f"{mac[0]}.{payload[1]}", f"{payload[1]}.{payload[0]}"):
        with pytest.raises(LinkRefused):
            links().read(swapped)


def test_a_link_ends_at_its_second():
    token = links().sign(CLAIMS)
    assert links(now=CLAIMS.expires_at - 0.001).read(token) == CLAIMS
    with pytest.raises(LinkEnded):
        links(now=CLAIMS.expires_at).read(token)


def test_a_changed_link_that_is_also_old_is_refused_not_ended():
    """Only who holds a true link learns that it was one."""
    payload, mac = links().sign(CLAIMS).split(".")
    forged = base64.urlsafe_b64encode(json.dumps(["k1", "songs/x", "", 1]).encode()).rstrip(b"=").decode()
    with pytest.raises(LinkRefused):
        links().read(f"{forged}.{mac}")
    with pytest.raises(LinkRefused):
        links(now=NOW * 2).read(f"{payload}.{mac[:-4]}AAAA")


def test_a_link_of_another_house_is_refused():
    stranger = links(Key("k1", secrets.token_bytes(32)))
    with pytest.raises(LinkRefused):
        links().read(stranger.sign(CLAIMS))


def test_rotation_keeps_old_links_open_until_their_key_is_taken_out():
    old, new = Key("old", secrets.token_bytes(32)), Key("new", secrets.token_bytes(32))
    before = links(old).sign(CLAIMS)
    both = links(new, old)
    assert both.read(before) == CLAIMS
    assert links(new).read(both.sign(CLAIMS)) == CLAIMS
    with pytest.raises(LinkRefused):
        links(new).read(before)


def test_ten_thousand_random_tokens_open_nothing():
    chance = random.Random(1)
    for _ in range(10_000):
        left, right = chance.randbytes(chance.randrange(80)), chance.randbytes(32)
        token = ".".join(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (left, right))
        with pytest.raises(LinkRefused):
            links().read(token)


@pytest.mark.parametrize(
    "payload", [b"", b"null", b"[]", b"{}", b'["k1"]', b'["k1","a","b","c"]', b"\xff", b"1"]
)
def test_a_payload_that_is_no_grant_is_refused_even_when_it_is_signed_by_chance(payload):
    token = base64.urlsafe_b64encode(payload).rstrip(b"=").decode() + "." + "A" * 43
    with pytest.raises(LinkRefused):
        links().read(token)


@pytest.mark.parametrize(
    "payload",
    [b"[" * 2900, b'["k1","a","b",' + b"9" * 2000 + b"]", b"9" * 2900, b'{"a":' * 500, b"-", b"\x00" * 2900],
)
def test_nothing_is_parsed_that_was_not_signed(payload):
    """A nested or endless number in a made-up link ended as an error of the server, with a trace each."""
    token = f"{encoded(payload)}.{'A' * 43}"
    with pytest.raises(LinkRefused):
        links().read(token)


def test_a_link_tells_its_holder_neither_the_song_nor_the_order():
    """The payload could be read by anyone: the song's SHA-256, the order's number, the chat's upload."""
    grant = LinkClaims(f"songs/{'ab' * 32}/m@1/7/manifest.json", "Ein Lied", NOW + 60, "1234-abababab")
    token = links().sign(grant)
    told = b"".join(base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    for secret in (b"songs", b"ab" * 4, b"1234", b"manifest", b"Ein Lied", b"k1"):
        assert secret not in told
    assert links().read(token) == grant


def test_a_link_that_an_earlier_version_gave_out_still_opens():
    values = ["k1", CLAIMS.manifest, CLAIMS.title, int(CLAIMS.expires_at), "17-abcdef01"]
    payload = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    mac = hmac.digest(KEY.secret, b"stembot-link-1" + payload, "sha256")
    token = f"{encoded(payload)}.{encoded(mac)}"
    claims = links(Key("new", secrets.token_bytes(32)), KEY).read(token)
    assert claims == LinkClaims(CLAIMS.manifest, CLAIMS.title, CLAIMS.expires_at, "17-abcdef01")
    with pytest.raises(LinkRefused):
        links().read(f"{encoded(payload.replace(b'17', b'18'))}.{encoded(mac)}")


def test_an_endless_token_is_not_even_hashed():
    with pytest.raises(LinkRefused):
        links().read("A" * 10_000_000)


def test_a_long_title_does_not_make_an_endless_address():
    token = links().sign(LinkClaims(CLAIMS.manifest, "x" * 100_000, CLAIMS.expires_at))
    assert len(token) < 1000
    assert links().read(token).title == "x" * 200


def test_the_address_is_the_public_one():
    assert links(public_url="https://stems.example/").url(CLAIMS).startswith("https://stems.example/m/")
    assert links().url(CLAIMS) == ""


def settings(tmp_path, **more) -> StorageSettings:
    return StorageSettings(data_dir=tmp_path / "data", _env_file=None, **more)


def test_the_first_start_makes_a_key_that_only_the_owner_reads(tmp_path):
    token = open_links(settings(tmp_path)).sign(LinkClaims("songs/a", "t", 2**40))
    file = tmp_path / "data" / "keys" / "links.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_links(settings(tmp_path)).read(token).manifest == "songs/a", "the next start has the same key"
    assert [path.name for path in file.parent.iterdir()] == ["links.json"]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        houses = list(pool.map(lambda _: open_links(settings(tmp_path)), range(64)))
    tokens = [house.sign(LinkClaims("songs/a", "t", 2**40)) for house in houses]
    assert len(set(tokens)) == 1


@pytest.mark.parametrize(
    "content", ["", "[]", "nonsense", '[{"id": "a", "secret": "c2hvcnQ"}]', '[{"id": "a"}]']
)
def test_a_broken_key_file_stops_the_start_instead_of_being_replaced(tmp_path, content):
    """A new key would silently end every link that is out there."""
    file = tmp_path / "data" / "keys" / "links.json"
    file.parent.mkdir(parents=True)
    file.write_text(content)
    with pytest.raises(StorageError):
        open_links(settings(tmp_path))
    assert file.read_text() == content


def test_a_key_never_shows_its_secret():
    assert "secret" not in repr(KEY)
    assert str(list(KEY.secret)[5:9])[1:-1] not in repr(KEY)
