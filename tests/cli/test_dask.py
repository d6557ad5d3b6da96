"""`--dask ADDRESS`: folds on a cluster, and addresses where there is none."""

import socket

import pandas as pd
import pytest

import skfer.cli._scale
from skfer.cli._main import main

distributed = pytest.importorskip("distributed")


@pytest.fixture
def evaluate(image_folder, tmp_path):
    def run(out, *more):
        arguments = [image_folder, "--folds", 3]
        arguments += ["--method", "pixel-1nn", "--cropped", "--out", tmp_path / out]
        return main(["evaluate", *map(str, [*arguments, *more])])

    return run


@pytest.mark.slow
def test_folds_on_a_cluster_equal_those_of_one_process(evaluate, tmp_path, monkeypatch):
    sent, submit = [], distributed.Client.submit

    def count(self, *arguments, **options):
        sent.append(arguments)
        return submit(self, *arguments, **options)

    monkeypatch.setattr(distributed.Client, "submit", count)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        assert evaluate("dask", "--dask", cluster.scheduler_address) == 0
    assert len(sent) == 3
    assert evaluate("serial") == 0
    frames = [pd.read_csv(tmp_path / name / "images.csv") for name in ("dask", "serial")]
    pd.testing.assert_frame_equal(*frames, check_exact=True)


def test_an_address_without_a_scheduler_is_one_sentence(evaluate, capsys, monkeypatch):
    monkeypatch.setattr(skfer.cli._scale, "_SECONDS", 0.2)
    with socket.socket() as closed:  # bound, but nobody listens
        closed.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        for wrong in (address, "nonsense", "foo://host:1"):
            assert evaluate("out", "--dask", wrong) == 2
            err = capsys.readouterr().err.splitlines()[-1]
            assert f"--dask '{wrong}': no scheduler answers there within 0.2 seconds." in err
