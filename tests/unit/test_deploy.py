"""What is shipped for Docker, Kubernetes and Prometheus fits its schema and this program.

No engine runs here: these checks are what stands in for one, and README says so.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
import tomllib
from ipaddress import ip_address
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from packaging.requirements import Requirement

from bots.settings import BotSettings

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
MANIFESTS = [path for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")) if path.stem != "kustomization"]
KNOWN_TO_KUBERNETES = [
    path for path in MANIFESTS if path.stem not in {"scaling", "kuberay"}
]  # no operators' kinds


def run(*arguments, **options):
    return subprocess.run(
        [str(word) for word in arguments], capture_output=True, text=True, check=False, **options
    )


def test_the_compose_file_fits_the_schema_of_compose():
    check = Path(sys.executable).with_name("check-jsonschema")
    told = run(check, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml")
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("path", KNOWN_TO_KUBERNETES, ids=lambda path: path.stem)
def test_each_manifest_fits_the_schema_of_kubernetes(path):
    told = run(Path(sys.executable).with_name("kubernetes-validate"), "--strict", path)
    assert told.returncode == 0, told.stderr


def _objects(name):
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / f"{name}.yaml").read_text()))


def test_the_pods_of_the_ray_cluster_fit_the_schema_of_kubernetes():
    """Ray's own fields were held against its definition by hand (docs/scaling.md): it is a megabyte."""
    [cluster] = _objects("kuberay")
    groups = [cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]]
    for group in groups:
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "any"},
            "spec": group["template"]["spec"],
        }
        kubernetes_validate.validate(pod, kubernetes_validate.latest_version(), strict=True)


def test_what_is_scaled_is_there():
    """An autoscaler that looks for a name that nobody has says so in a log that nobody reads."""
    deployments = {
        each["metadata"]["name"]
        for path in KNOWN_TO_KUBERNETES
        for each in yaml.safe_load_all(path.read_text())
        if each["kind"] == "Deployment"
    }
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in _objects("scaling")}
    assert scaled == {name for name in deployments if "worker" in name}


@pytest.mark.parametrize("path", [ROOT / "docker-compose.yml", *MANIFESTS], ids=lambda path: path.stem)
def test_every_setting_that_is_named_is_one_of_ours(path):
    """A misspelt setting would be ignored without a word."""
    named = set(re.findall(r"STEMBOT_[A-Z0-9_]+", path.read_text())) - {"STEMBOT_SECRETS_DIR"}
    assert named <= {f"STEMBOT_{name.upper()}" for name in BotSettings.model_fields}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="LOUD: no systemd-analyze here")
def test_systemd_takes_the_unit(tmp_path):
    """By systemd's own check; the program and the user are those of this machine."""
    text = (DEPLOY / "stembot.service").read_text()
    unit = tmp_path / "stembot.service"
    program = Path(sys.executable).with_name("stembot")
    unit.write_text(
        text.replace("/opt/stembot/.venv/bin/stembot", str(program)).replace("User=stembot", "User=root")
    )
    told = run("systemd-analyze", "verify", unit)
    assert [line for line in told.stderr.splitlines() if "stembot" in line] == []


@pytest.mark.parametrize(
    ("deployed", "proxy"),
    [("compose", "172.18.0.1"), ("compose", "192.168.32.1"), ("kubernetes", "10.42.0.7")],
)
def test_what_is_shipped_believes_the_proxy_that_it_is_behind(deployed, proxy):
    """It named a public address and no proxy, so all visitors were one: 31 bad links of one shut all out."""
    told = COMPOSE["services"]["web"]["environment"] if deployed == "compose" else {}
    if deployed == "kubernetes":
        [told] = [each["data"] for each in _objects("settings")]
    given = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", told["STEMBOT_TRUSTED_PROXIES"])
    settings = BotSettings(_env_file=None, trusted_proxies=given)
    assert any(ip_address(proxy) in network for network in settings.proxies)
    assert not any(ip_address("203.0.113.7") in network for network in settings.proxies)


def test_every_secret_that_compose_mounts_is_made(tmp_path):
    assert run(sys.executable, DEPLOY / "make-secrets", cwd=tmp_path).returncode == 0
    made = {f"./secrets/{path.name}" for path in (tmp_path / "secrets").iterdir()}
    assert made == {secret["file"] for secret in COMPOSE["secrets"].values()}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_making_secrets_again_changes_none(tmp_path):
    """Somebody runs it a second time, and the database still opens."""
    run(sys.executable, DEPLOY / "make-secrets", cwd=tmp_path)
    before = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    run(sys.executable, DEPLOY / "make-secrets", cwd=tmp_path)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == before


def test_our_containers_run_without_rights():
    for name in ("web", "telegram", "discord", "worker", "worker-cuda"):
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
    assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text()


def _commands_of(found):
    """Every health check of ours that is a command, wherever it stands in a file."""
    if isinstance(found, dict):
        found = list(found.values())
    elif isinstance(found, list) and found[-3:-1] == ["python", "-c"] and "alive" in found[-1]:
        return [found[-2:]]
    return [each for part in found for each in _commands_of(part)] if isinstance(found, list) else []


def test_every_container_of_ours_is_watched():
    """By its address, or by the file that it touches."""
    for name in ("web", "telegram", "discord", "worker", "worker-cuda"):
        assert COMPOSE["services"][name]["healthcheck"]["test"][1:3] == ["python", "-c"], name
    for path in ("telegram", "discord", "web", "worker-cpu", "worker-cuda"):
        text = (DEPLOY / "kubernetes" / f"{path}.yaml").read_text()
        assert text.count("livenessProbe") == text.count("kind: Deployment"), path


@pytest.mark.parametrize(("age_s", "well"), [(1, True), (60, False), (None, False)])
def test_a_container_is_well_while_its_file_is_young(tmp_path, age_s, well):
    file = tmp_path / "alive"
    if age_s is not None:
        file.touch()
        os.utime(file, (time.time() - age_s,) * 2)
    files = [COMPOSE, *(each for path in MANIFESTS for each in yaml.safe_load_all(path.read_text()))]
    told = {tuple(command) for each in files for command in _commands_of(each)}
    assert len(told) == 1, "one and the same everywhere"
    [(_, code)] = told
    assert (run(sys.executable, "-c", code.replace("/tmp/alive", str(file))).returncode == 0) is well


@pytest.mark.parametrize(
    "path",
    [
        DEPLOY / "prometheus" / "alerts.yml",
        DEPLOY / "grafana" / "dashboards" / "stembot.json",
        DEPLOY / "kubernetes" / "scaling.yaml",
    ],
    ids=lambda path: path.stem,
)
def test_every_figure_that_is_asked_for_is_told(path):
    """A dashboard that asks for a figure by another name shows nothing, for ever."""
    told = (ROOT / "bots" / "operations" / "metrics.py").read_text()
    asked = set(re.findall(r"\bstembot_[a-z_]+", path.read_text()))
    plain = {re.sub(r"_(total|bucket)$", "", name).removeprefix("stembot_") for name in asked}
    assert plain
    assert [name for name in sorted(plain) if name not in told] == []


def test_the_dashboard_is_json_with_panels():
    assert json.loads((DEPLOY / "grafana" / "dashboards" / "stembot.json").read_text())["panels"]


def test_the_lock_keeps_to_what_is_held_back():
    """`make lock` obeys these; somebody who edits the lock by hand may not know them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    held = [Requirement(line) for line in project["tool"]["uv"]["constraint-dependencies"]]
    locked = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^ ;]+)", (ROOT / "constraints.txt").read_text()))
    assert held
    assert [each.name for each in held if not each.specifier.contains(locked[each.name])] == []


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_containers_can_read_the_secrets_whatever_the_umask(tmp_path, umask):
    """Each reads them as user 10001; the folder keeps everybody else of the machine out."""
    assert run(sys.executable, DEPLOY / "make-secrets", cwd=tmp_path, umask=umask).returncode == 0
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()}
    assert modes == {0o644}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_the_alert_fires_where_no_worker_ever_told_anything():
    """A sum over no sample is no sample, and compares with nothing."""
    [group] = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    [alert] = [each for each in group["rules"] if each["alert"] == "StembotNoWorker"]
    assert "(sum(stembot_workers) or vector(0)) == 0" in alert["expr"]


def test_no_two_workers_of_compose_share_a_gpu():
    """`count: 1` gives every container GPU 0, also every copy that `--scale` makes."""
    devices = [
        device
        for service in COMPOSE["services"].values()
        for device in service.get("deploy", {})
        .get("resources", {})
        .get("reservations", {})
        .get("devices", [])
    ]
    gpus = [gpu for device in devices for gpu in device["device_ids"]]
    assert len(gpus) == len(set(gpus)) == len(devices) > 1
    assert "--scale worker-cuda" not in (ROOT / "docker-compose.yml").read_text()


def test_files_on_their_way_into_a_chat_are_not_held_in_memory():
    for name in ("web", "telegram", "discord", "worker", "worker-cuda"):
        service = COMPOSE["services"][name]
        assert (service["tmpfs"], "/tmp" in service["volumes"]) == ([], True), name


def test_a_second_web_pod_does_not_double_the_workers():
    for scaled in _objects("scaling"):
        for trigger in scaled["spec"]["triggers"]:
            assert trigger["metadata"]["query"].startswith("max(sum by (instance) (stembot_jobs"), scaled


def test_each_pod_mounts_the_secrets_that_it_needs_and_no_others():
    own = {"telegram": {"stembot_telegram_token"}, "discord": {"stembot_discord_token"}}
    for path in ("telegram", "discord", "web", "worker-cpu", "worker-cuda"):
        pod = _objects(path)[0]["spec"]["template"]["spec"]
        [secrets] = [each["secret"] for each in pod["volumes"] if "secret" in each]
        mounted = {item["key"] for item in secrets["items"]}
        common = {"stembot_database_url", "stembot_s3_secret", "links.json"}
        assert mounted == common | own.get(path, set()), path


def test_no_bot_is_started_without_being_chosen():
    """Without its token it would end at once, again and again."""
    [customization] = _objects("kustomization")
    assert not {"telegram.yaml", "discord.yaml"} & set(customization["resources"])


def test_the_ray_cluster_asks_nothing_that_its_image_lacks():
    """The probes that KubeRay puts in run wget; the agent that answers them is in ray[default] alone."""
    assert "'ray[default]'" in (ROOT / "Dockerfile").read_text()
    [cluster] = _objects("kuberay")
    for group in (cluster["spec"]["headGroupSpec"], *cluster["spec"]["workerGroupSpecs"]):
        node = group["template"]["spec"]["containers"][0]
        for probe in ("livenessProbe", "readinessProbe"):
            assert node[probe]["exec"]["command"][0] == "python", node["name"]


def test_the_fleet_container_can_join_the_node_beside_it():
    """A driver reaches its node through sockets and shared memory, which containers of a pod do not share."""
    [cluster] = _objects("kuberay")
    for container in cluster["spec"]["headGroupSpec"]["template"]["spec"]["containers"]:
        paths = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
        assert (paths["ray"], paths["shm"]) == ("/tmp/ray", "/dev/shm"), container["name"]
