"""Figure 9 at a tiny size, on the real body: what the changes bring, and from where a fit starts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simplifiedclip.body.joints import JOINT_NAMES
from simplifiedclip.experiments import figure9
from simplifiedclip.experiments.job import QUICK, Budget, Job
from simplifiedclip.presets import FIT_PRESETS

SMALL = Budget(fit_passes=80, fit_size=96, fit_poses=1, quick=True)


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A job of few passes on small pictures of the embedded body."""
    return Job(tmp_path_factory.mktemp("fits") / "report", SMALL)


@pytest.fixture(scope="module")
def arms_down() -> np.ndarray:
    """A simple plausible pose, (24, 3): the arms of the zero pose lowered, one more than the other."""
    theta = np.zeros((24, 3), np.float32)
    theta[JOINT_NAMES.index("left_shoulder"), 2] = -0.9
    theta[JOINT_NAMES.index("right_shoulder"), 2] = 0.6
    return theta


def test_each_change_comes_on_top_of_those_before() -> None:
    chain = [figure9.ROWS[name].changes for name in ("paper", "edge", "five", "pyramid", "step")]
    for before, after in itertools.pairwise(chain):
        assert before.items() < after.items()
    assert chain[0] == {} and figure9.ROWS["near"].changes == {}


def test_the_papers_rows_are_the_papers(tmp_path_factory: pytest.TempPathFactory) -> None:
    full = Job(tmp_path_factory.mktemp("full"))
    assert figure9.row_settings(full, "paper") == FIT_PRESETS["paper-single"]
    assert figure9.row_settings(full, "best") == FIT_PRESETS["best"]
    assert figure9.row_settings(full, "five").passes == 1000
    quick = Job(tmp_path_factory.mktemp("quick"), QUICK)
    assert {figure9.row_settings(quick, name).image_size for name in figure9.ROWS} == {QUICK.fit_size}
    assert figure9.mocap_poses().shape == (50, 24, 3)


def test_the_changes_converge_where_the_paper_does_not(job: Job, arms_down: np.ndarray) -> None:
    fits = {name: figure9.fit_some(job, name, {0: arms_down})[0] for name in ("paper", "five", "step")}
    error = {name: float(fit["error_mm"]) for name, fit in fits.items()}
    start = float(fits["paper"]["start_mm"])
    assert start == pytest.approx(float(fits["step"]["start_mm"]), rel=1e-5)
    # 80 steps of 1e-3 turn no joint by more than some 5°; 80 of 0.03 do, and silhouettes say where.
    assert error["step"] < 0.3 * start
    assert min(error["paper"], error["five"]) > 0.6 * start
    for fit in fits.values():
        assert len(fit["errors_mm"]) == len(fit["losses"]) == 80
        assert (np.diff(np.minimum.accumulate(fit["losses"])) <= 0).all()
        np.testing.assert_array_equal(fit["steps"][0], 0)


def test_a_near_fit_starts_near(job: Job, arms_down: np.ndarray) -> None:
    near = figure9.fit_some(job, "near", {0: arms_down})[0]
    start = figure9.near_pose(arms_down, 0)
    assert 0 < np.abs(start - arms_down).max() <= figure9.NEAR
    np.testing.assert_allclose(near["steps"][0], start, atol=1e-6)
    assert not np.array_equal(start, figure9.near_pose(arms_down, 1))
    assert float(near["start_mm"]) > 0


def test_a_fit_is_kept(job: Job, arms_down: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    before = figure9.fit_some(job, "paper", {0: arms_down})[0]
    monkeypatch.setattr(figure9, "_fit", lambda *_: pytest.fail("it was run again"))
    again = figure9.fit_some(job, "paper", {0: arms_down})[0]
    np.testing.assert_array_equal(again["theta"], before["theta"])
