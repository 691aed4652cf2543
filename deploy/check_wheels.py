"""Checks that whoever installs the service needs no compiler: a wheel for each package and platform.

``make wheels`` runs it. Nothing is installed: pip resolves the locked versions for this machine, then is
asked for the same versions as wheels of each platform. A package that is published as source alone must
be pure Python; those are printed, so that a new one is noticed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: Names of the wheels that Debian 12 (glibc 2.36) can use, newest first.
PLATFORMS = {
    "amd64": ("manylinux_2_36_x86_64", "manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "arm64": (
        "manylinux_2_36_aarch64", "manylinux_2_35_aarch64", "manylinux_2_28_aarch64", "manylinux_2_17_aarch64",
        "manylinux2014_aarch64",
    ),
}  # fmt: skip


def resolve(*arguments: str) -> list[tuple[str, str, str]]:
    """Name, version and file name of each package that pip would install."""
    command = (sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-")
    done = subprocess.run((*command, *arguments), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found = [(item["metadata"], item["download_info"]["url"]) for item in json.loads(done.stdout)["install"]]
    return sorted((data["name"], data["version"], url.rsplit("/", 1)[-1]) for data, url in found)


def main() -> None:
    """Print a line for each platform; pip's own error ends the check when a wheel is missing."""
    wanted = [package for package in resolve("--constraint", "requirements.lock", ".") if package[0] != "breve"]
    wheels = [f"{name}=={version}" for name, version, file in wanted if file.endswith(".whl")]
    print("source only:", ", ".join(name for name, _, file in wanted if not file.endswith(".whl")))
    for platform, tags in PLATFORMS.items():
        named = [argument for tag in tags for argument in ("--platform", tag)]
        options = ("--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--target", "unused", *named)
        found = resolve(*options, *wheels)
        compiled = [file for _, _, file in found if not file.endswith("-any.whl")]
        print(f"{platform}: {len(found)} wheels, {len(compiled)} of them compiled")


if __name__ == "__main__":
    main()
