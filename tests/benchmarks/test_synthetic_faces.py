from benchmarks.synthetic_faces import measure


def test_all_figures_of_a_small_set():
    figures = measure(n_subjects=8, seed=0)
    accuracies = [value for name, value in figures.items() if name.endswith("%")]
    assert len(accuracies) == 4
    assert all(0 < value <= 100 for value in accuracies)
    by_image = figures["1-NN on pixels, split by image, %"]
    assert by_image > figures["1-NN on pixels, by subject, %"] + 20
