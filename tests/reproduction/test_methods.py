import pytest
import torch

from skfer.reproduction._methods import _NETWORKS, TITLES, make_method
from skfer.reproduction._tables import TABLES


def make(name, recipe="default", align=None, **parameters):
    return make_method(name, recipe=recipe, align=align, random_state=7, **parameters)


@pytest.mark.parametrize("name", TITLES)
@pytest.mark.parametrize("align", ["eyes", None])
def test_methods_align_photographs_only(name, align):
    steps = [step for step, _ in make(name, align=align).steps]
    assert ("locate" in steps) == ("align" in steps) == (align == "eyes")


@pytest.mark.parametrize("name", _NETWORKS)
@pytest.mark.parametrize("recipe", ["default", "paper"])
def test_networks_take_their_parameters_and_faces_of_48_pixels(name, recipe):
    classifier = make(name, recipe)["classify"]
    prefix = "network__"
    parameters = {
        key.removeprefix(prefix): value
        for key, value in classifier.get_params().items()
        if key.startswith(prefix)
    }
    network = classifier.network(6, **parameters).eval()
    assert network(torch.rand(2, 1, 48, 48)).shape == (2, 6)
    has_norm = any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    assert has_norm == (recipe == "default")
    assert classifier.random_state == 7


def test_epochs_are_those_of_the_recipe_unless_given():
    assert make("cspp", "paper")["classify"].max_epochs == 50
    assert make("cspp", "paper", max_epochs=2)["classify"].max_epochs == 2


def test_every_experiment_has_a_method():
    used = {each.method for table in TABLES.values() for each in table.experiments}
    assert used == set(TITLES)
