"""Settings come from where operators keep them: the environment, `.env`, and a folder of secrets."""

import time

from storage import LinkClaims, StorageSettings, open_links


def test_a_secret_may_lie_in_a_file_of_its_own(monkeypatch, tmp_path):
    """Docker and Kubernetes hand secrets over as files, so that no `inspect` shows them."""
    (tmp_path / "stembot_s3_secret").write_text("hush\n")
    monkeypatch.setenv("STEMBOT_SECRETS_DIR", str(tmp_path))
    assert StorageSettings(_env_file=None).s3_secret.get_secret_value() == "hush"


def test_the_environment_goes_before_the_file(monkeypatch, tmp_path):
    (tmp_path / "stembot_public_url").write_text("https://file.example")
    monkeypatch.setenv("STEMBOT_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("STEMBOT_PUBLIC_URL", "https://environment.example")
    assert StorageSettings(_env_file=None).public_url == "https://environment.example"


def test_no_folder_of_secrets_is_no_trouble(monkeypatch, tmp_path):
    monkeypatch.setenv("STEMBOT_SECRETS_DIR", str(tmp_path / "nowhere"))
    assert StorageSettings(_env_file=None).s3_secret.get_secret_value() == ""


def test_two_machines_with_one_key_file_open_each_others_links(tmp_path):
    """A bot on one node signs what the web app on another shows."""
    keys = tmp_path / "keys.json"
    one, other = (
        open_links(StorageSettings(data_dir=tmp_path / name, link_keys=keys, _env_file=None)) for name in "ab"
    )
    grant = LinkClaims("songs/a/manifest.json", "Song", time.time() + 60)
    assert other.read(one.sign(grant)).manifest == grant.manifest
