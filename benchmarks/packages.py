"""Installed size and time of import of skfer and its peers, for `benchmarks.run`."""

import os
import subprocess

from benchmarks._environments import MissingRival, check_installed, environment_report
from benchmarks._measure import seconds, spread
from benchmarks.rivals.install import FOLDER

# Environment, package, and what a user writes before the first call.
STATEMENTS = [
    ("skfer", "skfer", "import skfer"),
    ("skfer", "skfer", "from skfer.pipelines import make_gabor_svm_pipeline"),
    ("skfer", "skfer", "from skfer.classifiers import CSPPClassifier"),
    ("fer", "fer", "from fer.fer import FER"),
    ("deepface", "deepface", "from deepface import DeepFace"),
    ("py-feat", "py-feat", "from feat import Detectorv2"),
]


def measure(repeats):
    """Return a row per statement, and the packages that are missing with the reason."""
    rows, missing = [], []
    for environment, package, statement in STATEMENTS:
        command = [FOLDER / environment / "bin" / "python", "-I", "-c", statement]
        try:
            check_installed(environment, package)
            run_quietly(command)  # the files come from the disk, and are compiled
        except MissingRival as reason:
            key = {"section": "packages", "name": statement, "rival": package}
            missing.append(key | {"reason": str(reason)})
            continue
        report = environment_report(environment)
        took = [seconds(lambda c=command: run_quietly(c)) for _ in range(repeats)]
        rows.append(
            {
                "package": package,
                "version": report["versions"][package],
                "statement": statement,
                "import_seconds": spread(took),
                "mb": report["mb"],
                "framework_mb": report["framework_mb"],
                "n_packages": len(report["versions"]),
                "install_seconds": report["seconds"],
            }
        )
    return rows, missing


def run_quietly(command):
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=quiet)
    if done.returncode:
        raise MissingRival(done.stderr.strip().splitlines()[-1])
