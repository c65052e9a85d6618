"""The measures against small cases worked by hand, and the run over the judged records."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from app.cli import evaluate as measure
from app.cli import explain, score
from app.errors import Invalid
from app.score import metrics, understand
from app.score.evaluate import evaluate
from app.score.record import event_of, read_record
from tests.shared import SHARED

app = typer.Typer()
score.register(app)
measure.register(app)
explain.register(app)
run = CliRunner()

LINE = json.dumps(
    {
        "id": "a1", "title": "Chamber Mixer", "start": "2026-09-17T17:30:00-04:00",
        "end": "2026-09-17T19:30:00-04:00", "all_day": False, "time_zone": "America/New_York",
        "description": "", "location": "Harbor Hotel", "organizer": "Harbor Chamber",
        "categories": [], "url": "", "dates_in_window": 1, "list": "harbor-2026-W38",
        "grade": 3, "circle": 0, "kinds": ["business_mixer"],
    }
)  # fmt: skip
OTHER = json.dumps(
    {
        "id": "b2", "title": "City Job Fair", "start": "2026-09-18", "all_day": True,
        "time_zone": "America/New_York", "list": "harbor-2026-W38", "grade": 0, "circle": 1,
        "kinds": ["conference_expo"],
    }
)  # fmt: skip


def test_ndcg_by_hand() -> None:
    grades = np.array([3.0, 0.0, 1.0])
    assert metrics.ndcg(grades, np.array([3.0, 2.0, 1.0])) == pytest.approx(
        (7 + 1 / 2) / (7 + 1 / np.log2(3))
    )
    assert metrics.ndcg(grades, np.array([3.0, 1.0, 2.0])) == 1.0
    assert np.isnan(metrics.ndcg(np.zeros(3), np.arange(3.0)))


def test_ndcg_does_not_reward_the_order_of_the_file() -> None:
    same = np.zeros(4)
    assert metrics.ndcg(np.array([3.0, 0, 0, 0]), same) == pytest.approx(
        metrics.ndcg(np.array([0, 0, 0, 3.0]), same)
    )


def test_pairs_count_ties_as_half() -> None:
    grades = np.array([2.0, 1.0, 0.0])
    assert metrics.pairwise(grades, np.array([3.0, 1.0, 1.0])) == pytest.approx(2.5 / 3)


def test_average_precision_and_precision_at_recall() -> None:
    positive, scores = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.1])
    assert metrics.average_precision(positive, scores) == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.precision_at_recall(positive, scores, 0.95) == pytest.approx(2 / 3)


def test_f1_takes_either_judges_kind() -> None:
    truths = [("a", "b"), ("a",), ("b",)]
    assert metrics.f1_by_label(truths, ["b", "b", "b"], ["a", "b"]) == {
        "a": 0.0,
        "b": pytest.approx(0.8),
    }


def test_evaluate_two_records() -> None:
    records = [read_record(LINE), read_record(OTHER)]
    events = [event_of(record) for record in records]
    report = evaluate(records, events, [understand(event) for event in events])
    assert report.ranking is not None
    assert report.circles is not None
    assert report.kinds is not None
    assert report.ranking.ndcg_at_10.value == 1.0
    assert report.baselines["date order"].ndcg_at_10.value == 1.0
    assert report.circles.in_top_10 == 1  # a list of two has everything in its top ten
    assert report.circles.recall_at_gate == report.circles.precision_at_gate == 1.0
    assert report.kinds.accuracy.value == 1.0


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "not a record"),
        ("[]", "not a record"),
        ('{"title": "x"}', "not a record"),
        ('{"id": "x", "title": "x", "start": "soon"}', "no date or time"),
        ('{"id": "x", "title": "x", "start": "2026-01-01", "time_zone": "Mars/Base"}', "time zone"),
        ('{"id": "x", "title": "x", "start": "2026-01-01", "kinds": ["ball"]}', "unknown kind"),
        ('{"id": "x", "title": "x", "start": "2026-01-01", "grade": 9}', "between 0 and 3"),
    ],
)
def test_an_unreadable_record_says_why(line: str, cause: str) -> None:
    with pytest.raises(Invalid, match=cause):
        event_of(read_record(line))


def test_labels_are_no_input_of_a_score() -> None:
    bare = json.loads(LINE)
    for label in ("grade", "circle", "kinds", "list"):
        del bare[label]
    assert understand(event_of(read_record(json.dumps(bare)))) == understand(
        event_of(read_record(LINE))
    )


def test_score_command_scores_good_lines_and_names_bad_ones(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(f"{LINE}\n{{broken\n\n{OTHER}\n", encoding="utf-8")
    result = run.invoke(app, ["score", str(file), "--json"])
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2
    assert "line 2: not a record" in result.stderr
    assert [line["id"] for line in found] == ["a1", "b2"]
    assert found[0]["kind"] == "business_mixer"
    assert found[1]["circle"] > 0.5
    total = found[0]["start_points"] + sum(reason["points"] for reason in found[0]["reasons"])
    assert total == pytest.approx(100 * found[0]["any_field"], abs=1e-3)


def test_score_command_of_a_missing_file_says_so_in_one_sentence() -> None:
    result = run.invoke(app, ["score", "nowhere.jsonl"])
    assert result.exit_code == 2
    assert result.stderr == "nowhere.jsonl cannot be read: No such file or directory.\n"


def test_explain_command_tells_the_whole_story(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(LINE, encoding="utf-8")
    result = run.invoke(app, ["explain", "a1", "--file", str(file)])
    assert result.exit_code == 0
    assert "17  an average public event" in result.stdout
    assert run.invoke(app, ["explain", "zz", "--file", str(file)]).exit_code == 2


def test_evaluate_command_draws_its_plots(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(f"{LINE}\n{OTHER}\n", encoding="utf-8")
    result = run.invoke(app, ["evaluate", str(file), "--json", "--plots", str(tmp_path / "p")])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["records"] == 2
    assert {each.name for each in (tmp_path / "p").iterdir()} == {"ranking.png", "circles.png"}


@pytest.mark.corpus
def test_evaluate_the_judged_records_of_other_cities() -> None:
    if SHARED is None:
        return
    result = run.invoke(app, ["evaluate", str(SHARED / "judged" / "dev.jsonl"), "--json"])
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["records"] == 300
    assert report["ranking"]["ndcg_at_10"]["value"] > 0.75
    assert (
        report["ranking"]["ndcg_at_10"]["value"]
        > report["baselines"]["kind prior"]["ndcg_at_10"]["value"]
    )
    assert report["circles"]["in_top_10"] == 0
