import pytest

from skfer.cli._methods import METHODS, make_method


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("align", ["eyes", None])
def test_methods_are_unfitted_pipelines(name, align):
    steps = [step for step, _ in make_method(name, align=align, random_state=7).steps]
    assert ("align" in steps) == (align == "eyes")


def test_seed_reaches_every_step_that_has_one():
    parameters = make_method("cspp", align=None, random_state=7).get_params()
    seeds = {key: parameters[key] for key in parameters if key.endswith("random_state")}
    assert seeds == {"classify__random_state": 7}
