"""For each training face, another of its expression by somebody else."""

import numpy as np
import torch


class Partners:
    """Draws faces of the same class and of another subject; where there is none, the face itself.

    >>> import torch
    >>> from skfer.classifiers._partners import Partners
    >>> partners = Partners(torch.tensor([0, 0, 0, 1]), ["anna", "anna", "ben", "ben"])
    >>> partners.draw(torch.arange(4), torch.Generator().manual_seed(0)).tolist()[:2]
    [2, 2]
    """

    def __init__(self, codes, subjects):
        people = np.unique(subjects, return_inverse=True)[1]
        classes = codes.numpy(force=True)
        # Sorted so, the faces of a class lie side by side, and in it those of a subject.
        order = np.lexsort([people, classes])
        n_of_class, class_start = _runs(classes[order])
        n_of_subject, subject_start = _runs(classes[order] * (people.max() + 1) + people[order])
        table = np.empty((4, len(order)), np.int64)
        table[:, order] = class_start, n_of_class, subject_start + n_of_subject, n_of_subject
        self.table = torch.as_tensor(table, device=codes.device)
        self.order = torch.as_tensor(order, device=codes.device)

    def draw(self, chosen, generator):
        """Return the index of a partner for each of the `chosen` indices."""
        class_start, n_of_class, next_subject, n_own = self.table[:, chosen]
        n_others = n_of_class - n_own
        share = torch.rand(len(chosen), generator=generator, device=chosen.device)
        steps = (share * n_others).long().clamp_max((n_others - 1).clamp_min(0))
        place = class_start + (next_subject - class_start + steps) % n_of_class
        return torch.where(n_others > 0, self.order[place], chosen)


def _runs(sorted_values):
    """Return, for each entry of sorted values, how often its value occurs and where it begins."""
    _, start, inverse, counts = np.unique(
        sorted_values, return_index=True, return_inverse=True, return_counts=True
    )
    return counts[inverse], start[inverse]
