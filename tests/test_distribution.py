"""What is in the files to install: the sdist can run its tests, the wheel has its notice."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from skfer import __version__

ROOT = Path(__file__).parents[1]
BUILD = """
import sys
from setuptools import build_meta
folder = sys.argv[1]
build_meta.build_sdist(folder)
build_meta.build_wheel(folder)
"""
NOT_SHIPPED = {".git", ".github", ".pre-commit-config.yaml", "_build", "auto_examples", "generated"}


def tree(folder):
    """List the files that are in the repository, without what tools leave there."""
    for entry in sorted(folder.iterdir()):
        if entry.name in NOT_SHIPPED or entry.suffix in (".egg-info", ".pyc"):
            continue
        if entry.is_file():
            yield entry
        elif entry.name == ".ci" or not entry.name.startswith((".", "__", "build", "dist")):
            yield from tree(entry)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    pytest.importorskip("setuptools", minversion="77")
    folder = tmp_path_factory.mktemp("build")
    for file in map(Path, FILES):
        target = folder / "source" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, target)
    subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)],
        cwd=folder / "source",
        env=os.environ | {"PYTHONPATH": ""},
        capture_output=True,
        check=True,
    )
    return folder


TOP = ("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md")
TOP += ("CODE_OF_CONDUCT.md", "RELEASING.md", "SECURITY.md")
TOP += ("constraints.txt", "pyproject.toml", "MANIFEST.in")
FOLDERS = ("skfer", "tests", "docs", "benchmarks", "examples", "conda", ".ci")
FILES = [*TOP, *(str(f.relative_to(ROOT)) for name in FOLDERS for f in tree(ROOT / name))]


def test_the_sdist_has_every_file_of_the_repository(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(FILES) - names == set()


def test_the_wheel_has_the_package_and_the_notice_of_its_model(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        names = set(archive.namelist())
        notice = archive.read("skfer/alignment/resources/NOTICE").decode()
    assert {name for name in FILES if name.startswith("skfer/")} - names == set()
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "docs"))]
    assert "Attribution 4.0" in notice
    assert "doi:10.6084/m9.figshare.5047666.v5" in notice


def test_the_recipe_of_conda_has_the_requirements_and_the_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    recipe = (ROOT / "conda" / "recipe.yaml").read_text()
    asked = re.search(r"  run:\n((?:    - .*\n)+)", recipe)[1]
    # Conda's builds of OpenCV have versions of three numbers.
    opencv = ("opencv-python>=4.9.0.80,!=4.11.0.86", "py-opencv>=4.9.0,!=4.11.0")
    names = dict([("torch", "pytorch"), opencv])
    wanted = [f"python{project['requires-python']}", *project["dependencies"]]
    for here, there in names.items():
        wanted = [line.replace(here, there, 1) for line in wanted]
    assert re.findall(r"- (\S+) (\S+)", asked) == [
        re.match(r"([\w-]+)(.*)", line).groups() for line in wanted
    ]
    for text in (recipe, (ROOT / "CITATION.cff").read_text()):
        assert f"version: {__version__}\n" in text
