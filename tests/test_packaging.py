"""What is not Python gets into a wheel only if pyproject.toml says so."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = sorted(
    path.relative_to(ROOT)
    for path in (ROOT / "skfer").rglob("*")
    if path.is_file() and path.suffix not in (".py", ".pyc")
)


@pytest.mark.parametrize("path", DATA, ids=str)
def test_file_is_package_data(path):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    package_data = settings["tool"]["setuptools"]["package-data"]
    packaged = {
        file.relative_to(ROOT)
        for package, patterns in package_data.items()
        for pattern in patterns
        for file in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    assert path in packaged


def test_there_are_data_files():
    assert DATA
