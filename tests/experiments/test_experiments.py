"""Every experiment at a tiny size: what must hold whatever the encoder, and what the report makes of it."""

from __future__ import annotations

import csv
import html
import html.parser
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simplifiedclip.body.joints import JOINT_NAMES, resolve_joints
from simplifiedclip.errors import UserError
from simplifiedclip.experiments import EXPERIMENTS, descents, figure2, figure10, reproduce
from simplifiedclip.experiments.findings import load_findings
from simplifiedclip.experiments.job import Job, Run
from simplifiedclip.experiments.report import write_report

DONE = [name for name in EXPERIMENTS if name != "fig9"]


@pytest.fixture(scope="module")
def page(tiny: Job) -> str:
    """The report of all experiments but those that have test files of their own."""
    return reproduce.reproduce(tiny, DONE).read_text(encoding="utf-8")


def numbers_of(job: Job, name: str) -> dict[str, Any]:
    return json.loads((job.out / name / "numbers.json").read_text())


def read_csv(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def runs_of(job: Job) -> dict[str, Run]:
    return {
        f"{which} {name} {frozen}": job.descend(descents.PROMPT, settings)
        for which in ("paper", "ours")
        for frozen in (False, True)
        for name, settings in descents.five_cameras(job, which, frozen=frozen).items()
    }


def test_figure_2_is_symmetric_with_a_unit_diagonal(tiny: Job, page: str) -> None:
    found = numbers_of(tiny, "fig2")
    for name, size in (("with-scene", 10), ("pose-alone", 9)):
        table = np.array(found[name]["matrix"])
        assert table.shape == (size, size)
        np.testing.assert_array_equal(table, table.T)
        np.testing.assert_allclose(table.diagonal(), 1, atol=1e-12)
        assert np.abs(table).max() <= 1 + 1e-12
        written = read_csv(tiny.out / "fig2" / f"{name}.csv")
        np.testing.assert_allclose([[float(v) for v in row[1:]] for row in written[1:]], table, atol=1e-7)


def test_figure_2_judges_its_claims() -> None:
    table = np.full((9, 9), 0.4)
    table[:3, :3] = 0.9
    np.fill_diagonal(table, 1)
    claims, numbers = figure2.claims(table, list(range(3, 9)))
    assert [claim.holds for claim in claims] == [True, True, True]
    assert numbers["among_0_to_2_mean"] == pytest.approx(0.9)
    table[0, 5] = table[5, 0] = 0.95
    assert [claim.holds for claim in figure2.claims(table, list(range(3, 9)))[0]] == [True, False, False]


def test_best_so_far_falls_and_ends_at_the_kept_loss(tiny: Job, page: str) -> None:
    for run in runs_of(tiny).values():
        assert (np.diff(run.best_so_far) <= 0).all()
        assert run.best_so_far[-1] == run.losses.min()
    for run in descents.descend_all(tiny, descents.single_camera(tiny, "paper")).values():
        assert len(run.losses) == tiny.budget.passes
        # The paper's settings minimise the objective and nothing else.
        np.testing.assert_array_equal(run.losses, run.objective)
        assert run.least == run.losses.min()


def test_frozen_joints_do_not_move_by_a_bit(tiny: Job, page: str) -> None:
    frozen = resolve_joints(descents.FROZEN)
    for name, run in runs_of(tiny).items():
        if name.endswith("True"):
            assert (run.moved[frozen] == 0).all(), name
            assert (run.theta[frozen] == 0).all(), name
            assert run.moved[JOINT_NAMES.index("left_shoulder")] > 0, name
        elif name.startswith("paper"):
            assert run.moved[frozen].max() > 0, name
    for which in ("paper", "ours"):
        assert numbers_of(tiny, "fig8")[which]["frozen_moved"] == 0


def test_curves_are_written_pass_by_pass(tiny: Job, page: str) -> None:
    rows = read_csv(tiny.out / "fig3" / "paper.csv")
    assert rows[0] == ["pass", "human", "grey"]
    assert [int(row[0]) for row in rows[1:]] == list(range(1, tiny.budget.passes + 1))
    kept = numbers_of(tiny, "fig3")["paper"]["human"]
    np.testing.assert_allclose([float(row[1]) for row in rows[1:]], kept["losses"], rtol=1e-8)


def test_the_shape_descends_only_where_it_may(tiny: Job, page: str) -> None:
    runs = descents.descend_all(tiny, tiny_shapes(tiny))
    assert np.ptp(runs["β fixed"].betas_norms) == 0
    assert np.ptp(runs["β free"].betas_norms) > 0
    assert numbers_of(tiny, "statements")["paper"]["shape"]["betas_range"] > 0


def tiny_shapes(job: Job) -> dict[str, Any]:
    from simplifiedclip.experiments.statements import shape_settings

    return shape_settings(job, "paper")


def test_figure_10_has_the_papers_numbers_beside_ours(tiny: Job, page: str) -> None:
    found = numbers_of(tiny, "fig10")
    assert found["rows_won"]["printed"] == 4
    assert found["names"] == ["standing", "lying down", "stretching", "swimming", "kicking", "airplane"]
    printed = np.array(found["tables"]["printed"])
    kicking, airplane = found["names"].index("kicking"), found["names"].index("airplane")
    assert printed[kicking, airplane] == 0.32 > printed[kicking, kicking]
    assert np.shape(found["tables"]["30 × 30, five cameras"]) == (30, 30)
    for table in found["tables"].values():
        assert np.abs(table).max() <= 1 + 1e-6


def test_wins_count_rows_and_not_ties() -> None:
    wins = figure10.Wins.of(np.array([[0.5, 0.2, 0.1], [0.4, 0.4, 0.1], [0.2, 0.6, 0.3]]))
    assert (wins.won, wins.rows) == (1, 3)
    np.testing.assert_allclose(wins.margins, [0.3, 0.0, -0.3])


def test_facts_know_the_asked_pose(tiny: Job, page: str) -> None:
    run = descents.descend_all(tiny, descents.single_camera(tiny, "paper"))["human"]
    joints = np.zeros((24, 3))
    at = {name: k for k, name in enumerate(JOINT_NAMES)}
    heights = {"neck": 0.5, "head": 0.6, "shoulder": 0.45, "elbow": 0.75, "wrist": 1.0}
    for name, k in at.items():
        part = name.split("_")[-1]
        side = {"left": 0.2, "right": -0.2}.get(name.split("_")[0], 0.0)
        joints[k] = [side, heights.get(part, 0.0), 0.0]
    up = descents.facts(replace(run, joints=joints))
    assert up.as_asked and up.wrists_cm == pytest.approx(40) and up.elbows_deg == pytest.approx(180)
    joints[at["left_wrist"], 1] = 0.2
    assert not descents.facts(replace(run, joints=joints)).as_asked


def test_the_ablation_changes_one_part_at_a_time(tiny: Job, page: str) -> None:
    from simplifiedclip.experiments.ablation import variant_settings, variants

    whole = variant_settings(tiny, "best").to_json()
    for name, variant in variants(tiny).items():
        changed = {k for k, v in variant_settings(tiny, name).to_json().items() if v != whole[k]}
        assert changed == set() if name == "best" else changed <= set(variant.changes), name
    found = numbers_of(tiny, "ablation")
    assert set(found["right"]) == set(variants(tiny))
    assert all(len(right) == tiny.budget.benchmark_prompts for right in found["right"].values())
    # What needs a pose tower is not tried with an encoder that has none.
    assert "tower" not in found["right"] and {"contact", "limits"} < set(found["right"])


class Page(html.parser.HTMLParser):
    """Collects what a page points at, its headings and its tags that are still open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.alts: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("src", "href"):
                self.links.append(value or "")
            if name == "alt":
                self.alts.append(value or "")
        if tag not in ("meta", "img", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(tiny: Job, page: str) -> None:
    read = Page(page)
    assert read.open == []
    assert all(link.startswith(("data:image/", "#")) for link in read.links), read.links
    assert len(read.alts) > 30 and all(read.alts)
    assert "url(" not in page and "<script" not in page
    for name in DONE:
        assert f'id="{name}"' in page
    assert "Figure 9: not run" in page


def test_the_page_says_which_encoder_and_how_it_was_made(tiny: Job, page: str) -> None:
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "Encoder: poseclip." in words
    assert "Numbers under another encoder are not the paper's numbers" in words
    assert "A quick run." in words
    assert "simplifiedclip reproduce fig7 --out report" in words
    assert words.count("What the paper did") == words.count("With ours") == len(DONE)
    assert "passes of the paper's settings: 8 instead of 1000" in words


def test_a_finished_job_is_not_run_again(tiny: Job, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: (tiny.out / name / "findings.json").stat().st_mtime_ns for name in DONE}
    monkeypatch.setattr(Job, "_descend", lambda *_: pytest.fail("a descent was run again"))
    reproduce.reproduce(tiny, DONE)
    assert before == {name: (tiny.out / name / "findings.json").stat().st_mtime_ns for name in DONE}


def test_other_passes_or_seeds_are_run_anew(tiny: Job, page: str) -> None:
    assert reproduce.finished(tiny, "fig3")
    assert not reproduce.finished(Job(tiny.out, replace(tiny.budget, passes=7)), "fig3")
    assert not reproduce.finished(Job(tiny.out, tiny.budget, seed=1), "fig3")
    (tiny.out / "fig4" / "findings.json").write_text("{")
    assert load_findings(tiny.out / "fig4") is None and not reproduce.finished(tiny, "fig4")


def test_an_interrupted_job_keeps_what_is_finished(fresh: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    job = fresh
    descend = Job._descend
    count = 0

    def interrupted(self: Job, *args: Any) -> Any:
        nonlocal count
        count += 1
        if count == 2:
            raise KeyboardInterrupt
        return descend(self, *args)

    monkeypatch.setattr(Job, "_descend", interrupted)
    with pytest.raises(KeyboardInterrupt):
        reproduce.reproduce(job, ["fig2", "fig3"])
    assert sorted(item.name for item in job.out.iterdir()) == ["fig2", "index.html", "kept"]
    assert len(list((job.out / "kept").iterdir())) == 1  # the first descent, whole
    reproduce.reproduce(job, ["fig2", "fig3"])
    assert count == 5  # of fig3's four descents, three were left
    assert 'id="fig3"' in (job.out / "index.html").read_text(encoding="utf-8")


def test_names_are_put_in_order_and_unknown_ones_refused() -> None:
    assert reproduce.check_names(["fig10", "fig2", "fig2"]) == ["fig2", "fig10"]
    assert reproduce.check_names([]) == reproduce.check_names(["all"]) == list(EXPERIMENTS)
    with pytest.raises(UserError, match=r"no experiment 'fig11'.*the nearest are .*fig10"):
        reproduce.check_names(["fig11"])


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(UserError, match=r"holds something else than a report \(thesis.doc\)"):
        reproduce.check_out(tmp_path)
    with pytest.raises(UserError, match="is a file"):
        reproduce.check_out(tmp_path / "thesis.doc")


def test_passes_bound_every_descent() -> None:
    budget = reproduce.budget_for(passes=20)
    assert (budget.passes, budget.our_passes, budget.fit_passes, budget.quick) == (20, 20, 20, False)
    assert reproduce.budget_for(quick=True, passes=5).fit_poses == reproduce.budget_for(quick=True).fit_poses
    with pytest.raises(UserError, match="--passes must be at least 1"):
        reproduce.budget_for(passes=0)


def test_a_report_of_nothing_is_a_page(tmp_path: Path) -> None:
    assert "0 of 11 experiments" in " ".join(write_report(tmp_path).read_text(encoding="utf-8").split())
