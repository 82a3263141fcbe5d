"""What a clean clone brings along: a lock that pip can read, a tour that is true, and nothing of one machine."""

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.house.rooms import HOUSE, stands

Pins = Mapping[tuple[str, str], frozenset[str]]

# Split, so that this room does not find itself.
OF_ONE_MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|home/\w+|Users/\w+)/",
            r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{20,}",
            r"\bwhsec_[A-Za-z0-9+/=]{32,}",
            r"-----BEGIN [A-Z ]*PRIVATE" + " KEY",
            r"\b(?:AKIA[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36})",
        ]
    )
)
LISTS = ("uv.lock", "requirements.txt", "requirements-dev.txt")
TEXT = (".py", ".html", ".txt", ".css", ".js", ".md", ".toml", ".cfg", ".yml", ".yaml", ".json", ".csv", "")


def test_the_lock_knows_every_dependency_of_the_project() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    locked = [dependency["name"] for dependency in _lock_entry()["metadata"]["requires-dist"]]
    assert sorted(locked) == sorted(re.split(r"[\s\[<>=!~;]", name)[0].lower() for name in wanted)


@pytest.mark.parametrize(("listing", "extras"), [("requirements.txt", ()), ("requirements-dev.txt", ("dev",))])
def test_pip_installs_what_the_lock_says(listing: str, extras: tuple[str, ...]) -> None:
    stands(differences(pinned((HOUSE / listing).read_text()), resolved(_lock(), "payment-portal", extras)))


def test_nothing_of_one_machine_and_no_secret_is_committed() -> None:
    stands(
        f"{path.relative_to(HOUSE)}:{line}: {words}"
        for path in _texts()
        for line, words in of_one_machine(path.read_text(errors="replace"))
    )


def test_nothing_that_git_should_ignore_is_committed() -> None:
    ignored = (HOUSE / ".gitignore").read_text().splitlines()
    assert {".venv/", "__pycache__/", ".env", "*.db"} <= set(ignored)
    if not (HOUSE / ".git").exists():
        pytest.skip("not a git checkout, so nothing is committed here")
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=True).stdout == ""


def test_the_tour_in_the_readme_is_true() -> None:
    top = [path for path in HOUSE.iterdir() if path.is_dir() and _is_ours(path)]
    inner = [path for path in (HOUSE / "portal").iterdir() if path.is_dir() and _is_ours(path)]
    every = {path.name for folder in top for path in (folder, *folder.rglob("*")) if path.is_dir()}
    stands(untrue(tour((HOUSE / "README.md").read_text()), {path.name for path in (*top, *inner)}, every))


def test_a_wheel_brings_templates_static_files_and_migrations(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=HOUSE, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for folder in ("templates", "static"):
        wanted = {f"portal/{path.relative_to(HOUSE)}" for path in (HOUSE / folder).rglob("*.*") if path.is_file()}
        assert wanted - packed == set()
    assert any(re.fullmatch(r"portal/records/migrations/versions/0\w+\.py", name) for name in packed)
    assert {name.split("/")[0] for name in packed if ".dist-info" not in name} == {"portal", "admin"}


def test_the_walls_can_fail() -> None:
    lock = {
        "package": [
            {"name": "us", "dependencies": [{"name": "a", "extra": ["x"]}], "optional-dependencies": {}},
            {"name": "a", "version": "1", "wheels": [{"hash": "h1"}], "optional-dependencies": {"x": [{"name": "b"}]}},
            {"name": "b", "version": "2", "sdist": {"hash": "h2"}, "dependencies": [{"name": "a"}]},
            {"name": "unneeded", "version": "9"},
        ]
    }
    wanted = resolved(lock, "us", ())
    assert wanted == {("a", "1"): {"h1"}, ("b", "2"): {"h2"}}
    text = "a==1 ; python_full_version < '3.12' \\\n    --hash=h1\nb==3 \\\n    --hash=h2\n"
    assert list(differences(pinned(text), wanted)) == [
        "b 2: is in the lock only",
        "b 3: is not in the lock",
    ]
    assert list(differences(pinned("a==1 \\\n --hash=h0\nb==2 \\\n --hash=h2\n"), wanted)) == [
        "a 1: has other hashes than the lock"
    ]
    leak = f"see /{'work'}/x\nsk_{'live'}_{'a' * 24}\nhttps://example.com/{'work'}/x and a /homeless/ dog"
    assert [line for line, _ in of_one_machine(leak)] == [1, 2]
    readme = "# A\n```\nno/\n```\n## The house\n```\nportal/        all and/or most\n  rules/ pages/ two\n"
    readme += "  gone/    x\nportal/deep/  y\n```\n"
    assert list(untrue(tour(readme), {"portal", "admin", "rules"}, {"portal", "admin", "rules", "pages", "deep"})) == [
        "the tour names gone/, which is not there",
        "the tour leaves out admin/",
    ]
    assert list(untrue(tour("# A"), {"portal"}, {"portal"})) == ["the tour leaves out portal/"]


def pinned(text: str) -> Pins:
    """{(name, version): hashes} of a requirements file."""
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^#.*\n|\\\n", "", text).strip())
    found = {}
    for entry in entries:
        name, version = re.split(r"[\s;]", entry)[0].split("==")
        found[name, version] = frozenset(re.findall(r"--hash=(\S+)", entry))
    return found


def resolved(lock: Mapping[str, Any], project: str, extras: Iterable[str]) -> Pins:
    """{(name, version): hashes} of everything that the project needs on some machine, by the lock."""
    packages: dict[str, list[Mapping[str, Any]]] = {}
    for package in lock["package"]:
        packages.setdefault(package["name"], []).append(package)
    seen: set[tuple[str, str]] = set()
    waiting = [(project, ""), *((project, extra) for extra in extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for package in packages[name]:
            optional = package.get("optional-dependencies", {})
            for needed in optional.get(extra, ()) if extra else package.get("dependencies", ()):
                waiting += [(needed["name"], ""), *((needed["name"], inner) for inner in needed.get("extra", ()))]
    return {
        (name, package["version"]): _hashes(package)
        for name in {name for name, _ in seen} - {project}
        for package in packages[name]
    }


def differences(pins: Pins, wanted: Pins) -> Iterator[str]:
    yield from (f"{name} {version}: is in the lock only" for name, version in sorted(wanted.keys() - pins.keys()))
    yield from (f"{name} {version}: is not in the lock" for name, version in sorted(pins.keys() - wanted.keys()))
    for name, version in sorted(pins.keys() & wanted.keys()):
        if pins[name, version] != wanted[name, version]:
            yield f"{name} {version}: has other hashes than the lock"


def of_one_machine(text: str) -> Iterator[tuple[int, str]]:
    for line, words in enumerate(text.splitlines(), start=1):
        if found := OF_ONE_MACHINE.search(words):
            yield line, f"{found[0]}… belongs to one machine or is a secret"


def tour(readme: str) -> set[str]:
    """Every folder, written `so/`, in the code block under the heading that speaks of the house or a tour."""
    block = re.search(r"(?ims)^#+ [^\n]*\b(?:house|tour)\b[^\n]*$.*?^```[^\n]*\n(.*?)^```", readme)
    written = re.findall(r"(?<!\S)([\w./-]+)/(?=\s)", block[1]) if block else []
    return {name for path in written for name in path.split("/")}


def untrue(named: set[str], needed: set[str], every: set[str]) -> Iterator[str]:
    yield from (f"the tour names {name}/, which is not there" for name in sorted(named - every))
    yield from (f"the tour leaves out {name}/" for name in sorted(needed - named))


def _lock() -> dict[str, Any]:
    return tomllib.loads((HOUSE / "uv.lock").read_text())


def _lock_entry() -> dict[str, Any]:
    (entry,) = (package for package in _lock()["package"] if package["name"] == "payment-portal")
    found: dict[str, Any] = entry
    return found


def _hashes(package: Mapping[str, Any]) -> frozenset[str]:
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
    return frozenset(file["hash"] for file in files)


def _texts() -> Iterator[Path]:
    for entry in HOUSE.iterdir():
        if entry.name == ".ci" or _is_ours(entry):
            for path in (entry, *entry.rglob("*")):
                if path.is_file() and path.suffix in TEXT and not {*path.parts} & {"vendor", *LISTS}:
                    yield path


def _is_ours(entry: Path) -> bool:
    made = ("__pycache__", "build", "dist", "data")
    return not entry.name.startswith(".") and entry.name not in made and entry.suffix != ".egg-info"
