"""Install the rivals in environments of their own: `python -m benchmarks.rivals.install`.

What cannot be installed or imported is named in the report, with the reason. A finished
environment is not made again; the report says how long it took and how large it is.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-rivals"
REPORT = "environment.json"
# Environment, its requirements, and what has to import. Libraries for training and augmentation
# stand beside skfer's own torch, NumPy and OpenCV, so that a ratio compares code and not versions;
# torchvision stands apart, since Lightning fails beside one that does not fit its torch.
WITH_VERSIONS_OF_SKFER = ("libraries", "torchvision")
ENVIRONMENTS = {
    "libraries": {
        "torch": "torch",
        "skorch": "skorch",
        "opencv-python-headless==4.14.0.94": "cv2",
        "lightning==2.6.6": "lightning",
        "albumentations==2.0.8": "albumentations",
        "kornia==0.9.0": "kornia.augmentation",
    },
    "torchvision": {"torch": "torch", "torchvision==0.28.0": "torchvision.transforms.v2"},
    "eyes": {"mediapipe==1.2.3": "mediapipe", "dlib-bin==20.0.1.post1": "dlib"},
    "skfer": {".": "skfer.pipelines"},
    # setuptools 81 has no pkg_resources, which fer needs and does not ask for.
    "fer": {"setuptools<81": "pkg_resources", "fer==25.10.3": "fer.fer"},
    # Without the extra it does not import: it lacks werkzeug.
    "deepface": {"deepface[api]==0.0.103": "deepface.DeepFace"},
    "py-feat": {"py-feat==2.1.5": "feat"},
}
FRAMEWORKS = ("torch", "nvidia", "triton", "tensorflow", "keras", "functorch")


def main(arguments=None):
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args(arguments)
    for name, requirements in ENVIRONMENTS.items():
        report = FOLDER / name / REPORT
        if not is_finished(report, requirements):
            print(f"installing {name} ...", flush=True)
            written = install(FOLDER / name, requirements, name in WITH_VERSIONS_OF_SKFER)
            report.write_text(json.dumps(written, indent=1) + "\n")
        print(f"{name}: {report.read_text()}")


def is_finished(report, requirements):
    return report.exists() and json.loads(report.read_text())["requirements"] == [*requirements]


def install(folder, requirements, share_versions):
    """Install requirements; return versions, reasons of failures, size and time."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    constraints = ["--constraint", ROOT / "constraints.txt"] if share_versions else []
    pip = [python, "-m", "pip", "install", "--quiet", *constraints]
    failures = {}
    if run([*pip, *requirements]):  # what fails is found one by one
        failures = {requirement: run([*pip, requirement]) for requirement in requirements}
    missing = {
        requirement: failure
        for requirement, module in requirements.items()
        if (failure := failures.get(requirement) or run([python, "-c", f"import {module}"]))
    }
    return {
        "requirements": list(requirements),
        "missing": missing,
        "versions": versions(python),
        "seconds": time.perf_counter() - start,
        **sizes(folder),
    }


def run(command):
    """Run a command in the root; return the line that says why it failed, or None."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no message"]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines[-1:])[0].removeprefix("ERROR: ")


def versions(python):
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], capture_output=True, check=True
    )
    return {package["name"]: package["version"] for package in json.loads(listed.stdout)}


def sizes(folder):
    """Return the megabytes of an environment without pip, and those of its frameworks."""
    (packages,) = folder.glob("lib/python*/site-packages")
    sizes = {
        path.name: sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())
        for path in packages.iterdir()
        if not path.name.startswith(("pip", "setuptools", "pkg_resources"))
    }
    frameworks = sum(size for name, size in sizes.items() if name.startswith(FRAMEWORKS))
    return {"mb": sum(sizes.values()) / 1e6, "framework_mb": frameworks / 1e6}


if __name__ == "__main__":
    main()
