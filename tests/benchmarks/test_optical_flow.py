from benchmarks import optical_flow


def test_the_flow_of_the_descriptor_is_the_most_exact(capsys):
    pairs = optical_flow.make_pairs(1, n_pairs=1)
    errors = {
        name: optical_flow.measure(compute, pairs)[0]
        for name, compute in optical_flow.flows().items()
    }
    assert errors["DIS fast, to the pixels"] < 0.8 * errors["Farneback, window 9"]
    optical_flow.main(["--subjects", "1"])
    assert "18 pairs" in capsys.readouterr().out
