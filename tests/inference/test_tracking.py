"""Ids of faces along trajectories that were made up."""

import numpy as np

from skfer.inference._tracking import FaceTracker, match_boxes, overlap_of_boxes


def track(frames, step=0.04):
    tracker = FaceTracker()
    return [tracker.update(step * number, boxes).tolist() for number, boxes in enumerate(frames)]


def box(x, y=0, side=20):
    return [x, y, side, side]


def test_overlap_of_boxes():
    np.testing.assert_allclose(
        overlap_of_boxes([box(0), box(100)], [box(10), box(0, side=40)]),
        [[1 / 3, 1 / 4], [0, 0]],
    )
    assert overlap_of_boxes([], [box(0)]).shape == (0, 1)


def test_faces_keep_their_ids_whatever_their_order():
    frames = [[box(0), box(100)], [box(102), box(3)], [box(5), box(104)]]
    assert track(frames) == [[0, 1], [1, 0], [0, 1]]


def test_faces_that_pass_each_other_in_depth():
    """One, near and large, goes right before another, far and small, that goes left."""
    frames = [[box(4 * t, 0, 60), box(120 - 4 * t, 20, 20)] for t in range(31)]
    assert track(frames) == [[0, 1]] * 31


def test_a_face_comes_back_where_it_was_lost():
    lost = [[box(0), box(100)], *[[box(100)]] * 20, [box(2), box(100)]]
    assert track(lost)[-1] == [0, 1]


def test_a_face_that_is_lost_for_long_is_another():
    lost = [[box(0), box(100)], *[[box(100)]] * 30, [box(2), box(100)]]
    assert track(lost)[-1] == [2, 1]


def test_a_face_that_comes_back_elsewhere_is_another():
    assert track([[box(0)], [], [box(50)]]) == [[0], [], [1]]


def test_ids_count_in_order_of_appearance():
    assert track([[], [box(0)], [box(0), box(50), box(100)], [box(150)]]) == [
        [],
        [0],
        [0, 1, 2],
        [3],
    ]


def test_the_sum_of_overlaps_decides_not_the_first_best():
    """Greedily, the new 0 would take the old 1 and leave the new 1 without any."""
    old, new = [box(0), box(8)], [box(5), box(14)]
    now, before = match_boxes(new, old)
    assert dict(zip(now.tolist(), before.tolist(), strict=True)) == {0: 0, 1: 1}


def test_what_hardly_overlaps_draws_nobody_away():
    old, new = [box(0), box(19)], [box(1), box(60)]
    assert [pair.tolist() for pair in match_boxes(new, old)] == [[0], [0]]


def test_known_faces_go_on():
    frames = [[box(3 * t), box(200 - 2 * t)] for t in range(10)]
    frames[4] = [box(200 - 8)]
    whole = track(frames)
    tracker = FaceTracker()
    tracker.see(0.04 * 3, np.array([0]), np.array([box(9)]))
    tracker.see(0.04 * 4, np.array([1]), np.array([box(192)]))
    again = [tracker.update(0.04 * t, frames[t]).tolist() for t in range(5, 10)]
    assert again == whole[5:]
