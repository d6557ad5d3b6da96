"""The public names equal the checked-in inventory; `python tests/test_api_surface.py` renews it."""

import importlib
import json
import pkgutil
from pathlib import Path

import skfer

INVENTORY = Path(__file__).with_name("api_surface.json")


def public_names():
    modules = ["skfer"]
    for module in pkgutil.walk_packages(skfer.__path__, "skfer."):
        if not any(part.startswith("_") for part in module.name.split(".")):
            modules.append(module.name)
    return {name: sorted(importlib.import_module(name).__all__) for name in sorted(modules)}


def test_public_names_equal_the_inventory():
    assert public_names() == json.loads(INVENTORY.read_text())


def test_public_names_exist_and_have_docstrings():
    for module, names in public_names().items():
        for name in names:
            member = getattr(importlib.import_module(module), name)
            assert isinstance(member, str | tuple | dict) or member.__doc__, f"{module}.{name}"


if __name__ == "__main__":
    INVENTORY.write_text(json.dumps(public_names(), indent=1) + "\n")
