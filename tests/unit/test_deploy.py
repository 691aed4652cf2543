"""What the files for operators promise: each is read as its tool would read it and held against the code."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.app import create_app
from service.http.metrics import Metrics, WorkerFigures
from service.http.server import GRACE
from service.settings import Settings
from service.version import VERSION

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
IMAGE = f"breve:{VERSION}"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")

#: What the image sets itself; the files for operators may set them again.
SETTINGS = {f"BREVE_{name.upper()}" for name in Settings.model_fields}


@pytest.fixture(scope="module")
def deployment() -> Any:
    return manifest("deployment.yaml")


@pytest.fixture(scope="module")
def container(deployment: Any) -> Any:
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    return only


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def paths() -> set[str]:
    """Where the service answers."""
    return set(create_app(Settings()).openapi()["paths"]) | {"/metrics"}


def manifest(name: str) -> Any:
    return yaml.safe_load((KUBERNETES / name).read_text(encoding="utf-8"))


def serving_stage() -> str:
    """The Dockerfile's last stage."""
    return DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


def image_environment() -> dict[str, str]:
    (block,) = re.findall(r"^ENV ((?:.*\\\n)*.*)$", serving_stage(), re.MULTILINE)
    return dict(part.split("=", 1) for part in block.replace("\\\n", " ").split())


@pytest.mark.parametrize(
    ("probe", "path"), [("startupProbe", "/readyz"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")]
)
def test_a_probe_asks_where_the_service_answers(container: Any, paths: set[str], probe: str, path: str) -> None:
    (port,) = container["ports"]
    assert container[probe]["httpGet"] == {"path": path, "port": port["name"]}
    assert path in paths
    assert port["containerPort"] == int(image_environment()["BREVE_PORT"])


def test_the_start_has_two_minutes(container: Any) -> None:
    probe = container["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 120


def test_the_pod_has_limits(container: Any) -> None:
    assert container["resources"] == {
        "requests": {"cpu": "1", "memory": "1Gi"},
        "limits": {"cpu": "2", "memory": "2Gi"},
    }


def test_the_pod_runs_as_the_image_s_user_without_any_right(deployment: Any, container: Any) -> None:
    pod = deployment["spec"]["template"]["spec"]
    user, group = re.findall(r"^USER (\d+):(\d+)$", serving_stage(), re.MULTILINE)[0]
    assert int(user) > 0
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == int(user)
    assert pod["securityContext"]["runAsGroup"] == int(group)
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_what_must_be_writable_is_a_volume(deployment: Any, container: Any) -> None:
    mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in deployment["spec"]["template"]["spec"]["volumes"]}
    assert {mount["name"] for mount in mounts.values()} == volumes.keys()
    for path in ("/data", "/tmp"):
        assert "emptyDir" in volumes[mounts[path]["name"]]
        assert not mounts[path].get("readOnly", False)
    environment = image_environment()
    assert environment["BREVE_CACHE_PATH"].startswith("/data/")
    assert environment["HOME"] == "/data"
    assert "\nWORKDIR /data\nVOLUME /data\n" in serving_stage()


def test_the_keys_come_from_a_secret(deployment: Any, container: Any) -> None:
    environment = {entry["name"]: entry for entry in container["env"]}
    (mount,) = (mount for mount in container["volumeMounts"] if mount["name"] == "keys")
    (volume,) = (v for v in deployment["spec"]["template"]["spec"]["volumes"] if v["name"] == "keys")
    assert environment["BREVE_KEYS_PATH"]["value"] == f"{mount['mountPath']}/keys.json"
    assert mount["readOnly"] is True
    assert volume["secret"] == {"secretName": "breve-keys", "defaultMode": 0o440}
    assert environment["BREVE_REDIS_URL"]["valueFrom"]["secretKeyRef"]["optional"] is True


def test_the_grace_outlasts_accepted_work(deployment: Any, compose: Any) -> None:
    longest = Settings.model_fields["timeout"].default + GRACE
    pod = deployment["spec"]["template"]["spec"]
    pause = int(pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > longest + pause
    assert int(compose["services"]["breve"]["stop_grace_period"].removesuffix("s")) > longest


def test_every_manifest_means_the_same_pods(deployment: Any) -> None:
    label = deployment["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]
    wanted = {"app.kubernetes.io/name": label}
    assert deployment["spec"]["selector"]["matchLabels"] == wanted
    assert manifest("service.yaml")["spec"]["selector"] == wanted
    assert manifest("networkpolicy.yaml")["spec"]["podSelector"]["matchLabels"] == wanted
    assert manifest("disruption.yaml")["spec"]["selector"]["matchLabels"] == wanted
    assert manifest("hpa.yaml")["spec"]["scaleTargetRef"] == {
        "apiVersion": deployment["apiVersion"],
        "kind": deployment["kind"],
        "name": deployment["metadata"]["name"],
    }


def test_kustomize_applies_every_manifest() -> None:
    resources = manifest("kustomization.yaml")["resources"]
    assert sorted(resources) == sorted(path.name for path in KUBERNETES.glob("*.yaml") if path.stem != "kustomization")


def test_the_service_leads_to_the_container_s_port(container: Any) -> None:
    (port,) = manifest("service.yaml")["spec"]["ports"]
    assert port["targetPort"] == container["ports"][0]["name"]


def test_replicas_follow_the_processor() -> None:
    spec = manifest("hpa.yaml")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 8)
    assert spec["metrics"][0]["resource"]["name"] == "cpu"


def test_the_network_is_closed_but_for_port_names_and_redis() -> None:
    spec = manifest("networkpolicy.yaml")["spec"]
    assert sorted(spec["policyTypes"]) == ["Egress", "Ingress"]
    assert [port["port"] for rule in spec["ingress"] for port in rule["ports"]] == [8000]
    assert sorted({port["port"] for rule in spec["egress"] for port in rule["ports"]}) == [53, 6379]
    assert all(rule["to"] for rule in spec["egress"])


def test_one_image_name_everywhere(deployment: Any, container: Any, compose: Any) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
    assert container["image"] == compose["services"]["breve"]["image"] == IMAGE
    for labels in (deployment["metadata"]["labels"], deployment["spec"]["template"]["metadata"]["labels"]):
        assert labels["app.kubernetes.io/version"] == VERSION


def test_compose_runs_two_hardened_replicas(compose: Any, paths: set[str]) -> None:
    breve = compose["services"]["breve"]
    assert breve["deploy"]["replicas"] == 2
    assert breve["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
    assert (breve["user"], breve["read_only"], breve["cap_drop"]) == ("10001:10001", True, ["ALL"])
    assert {volume["target"]: volume["type"] for volume in breve["volumes"]} == {
        "/run/keys": "bind",
        "/data": "tmpfs",
        "/tmp": "tmpfs",
    }
    assert "ports" not in breve, "only the proxy is reached from outside"
    asked = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", breve["healthcheck"]["test"][-1])
    assert asked == ["/readyz"]
    assert set(asked) <= paths


def test_compose_hides_redis_and_publishes_on_loopback(compose: Any) -> None:
    redis, proxy = compose["services"]["redis"], compose["services"]["proxy"]
    assert "ports" not in redis
    assert redis["networks"] == ["back"]
    assert compose["networks"]["back"]["internal"] is True
    assert compose["services"]["breve"]["environment"]["BREVE_REDIS_URL"] == "redis://redis:6379/0"
    assert all(port.startswith("127.0.0.1:") for port in proxy["ports"])
    for service in compose["services"].values():
        assert service["deploy"]["resources"]["limits"]["memory"]
        assert "no-new-privileges:true" in service["security_opt"]


def test_the_proxy_keeps_operators_addresses_inside(paths: set[str]) -> None:
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    (inside,) = re.findall(r"@inside path (.+)", caddy)
    assert set(inside.split()) == {"/metrics", "/livez", "/readyz"}
    assert set(inside.split()) <= paths
    assert "dynamic a breve 8000" in caddy


def test_files_for_operators_name_settings_that_exist(container: Any, compose: Any) -> None:
    named = {entry["name"] for entry in container["env"]} | compose["services"]["breve"]["environment"].keys()
    named |= {name for name in image_environment() if name.startswith("BREVE_")}
    assert named
    assert named <= SETTINGS


def test_the_image_s_health_is_readiness(paths: set[str]) -> None:
    (check,) = re.findall(r"^HEALTHCHECK .*\\\n +CMD (\[.+\])$", serving_stage(), re.MULTILINE)
    command = json.loads(check)
    assert command[:2] == ["python", "-c"]
    compile(command[2], "healthcheck", "exec")
    assert re.findall(r"(/\w+)'", command[2]) == ["/readyz"]
    assert "/readyz" in paths


def test_the_image_hears_signals_itself() -> None:
    assert 'ENTRYPOINT ["breve"]\nCMD ["serve"]' in serving_stage()
    assert "\nSTOPSIGNAL" not in DOCKERFILE


def test_the_image_s_base_can_be_named() -> None:
    assert "\nARG BASE=python:3.11-slim-bookworm\n" in DOCKERFILE
    assert re.findall(r"^FROM (.+)$", DOCKERFILE, re.MULTILINE) == ["${BASE} AS build", "${BASE}"]


def test_the_serving_stage_installs_nothing() -> None:
    assert "pip" not in serving_stage()
    assert "apt" not in serving_stage()
    assert re.findall(r"pip install .*?(\S+)$", DOCKERFILE, re.MULTILINE) == [".", "."], "no extra: PyTorch is in one"


def test_the_image_reports_to_nobody() -> None:
    (removed,) = re.findall(r"pip uninstall --quiet --yes \\\n((?:.*\\\n)+?) +&&", DOCKERFILE)
    assert "openvino-telemetry" in removed.split()


def test_the_image_gets_no_more_than_it_is_made_of() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignore
    sent = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    }
    assert copied == sent
    assert all((ROOT / name).exists() for name in sent)


def expressions() -> Iterator[str]:
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def test_the_dashboard_asks_for_figures_that_exist() -> None:
    app = create_app(Settings())
    metrics: Metrics = app.state.metrics
    WorkerFigures(metrics.registry)
    # What is shown once the product is loaded, or on Linux alone.
    known = {"breve_component_up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
    for family in metrics.registry.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        known |= {family.name + suffix for suffix in suffixes}
    asked = {name for text in expressions() for name in re.findall(r"\b(?:breve|process)_\w+", text)}
    assert asked <= known
    unseen = {name for name in known if not name.endswith(("_sum", "_count", "_bucket"))} - asked
    assert {name for name in unseen if name.startswith("breve_")} == set(), "figures without a panel"


def test_the_dashboard_s_panels_do_not_overlap() -> None:
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    cells: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        taken = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken
        cells |= taken
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


@pytest.mark.parametrize("name", ["README.md", "docs/operating.md"])
def test_a_container_without_keys_is_published_on_loopback_alone(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    commands = re.findall(r"^docker run .*$", text, re.MULTILINE)
    open_to_all = [command for command in commands if "BREVE_OPEN" in command]
    assert open_to_all
    assert all("-p 127.0.0.1:8000:8000" in command for command in open_to_all)
    if name == "README.md":
        (with_keys,) = (one for one in commands if "-p 8000:8000" in one)
        assert "BREVE_OPEN" not in with_keys
        assert text.index(" keys add ") < text.index(with_keys)
