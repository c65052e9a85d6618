"""The two plots of `gomeet evaluate --plots`: orders compared, and the gate of the circles."""

from pathlib import Path

from matplotlib.figure import Figure as Canvas

from app.score.report import Circles, Report


def draw(report: Report, folder: Path) -> None:
    """Write `ranking.png` and `circles.png` into the folder (made if missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    if report.ranking:
        _ranking(report).savefig(folder / "ranking.png", dpi=150, bbox_inches="tight")
    if report.circles:
        _circles(report.circles).savefig(folder / "circles.png", dpi=150, bbox_inches="tight")


def _ranking(report: Report) -> Canvas:
    rows = {"gomeet": report.ranking, **report.baselines, **report.ablations}
    rows["one judge against the other"] = report.ceiling.ranking
    known = [(name, row.ndcg_at_10) for name, row in rows.items() if row]
    canvas = Canvas(figsize=(7, 6))
    axes = canvas.subplots()
    values = [figure.value for _, figure in known]
    errors = [
        [figure.value - figure.low for _, figure in known],
        [figure.high - figure.value for _, figure in known],
    ]
    axes.barh([name for name, _ in known], values, xerr=errors, color="#4477aa")
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("nDCG@10, mean over lists, 95 % interval")
    return canvas


def _circles(circles: Circles) -> Canvas:
    canvas = Canvas(figsize=(5, 4))
    axes = canvas.subplots()
    recall = [0.0, *(point[2] for point in circles.curve)]
    precision = [1.0, *(point[1] for point in circles.curve)]
    axes.step(recall, precision, where="post", color="#4477aa")
    axes.plot(circles.recall_at_gate, circles.precision_at_gate, "o", color="#cc3311")
    axes.set_xlabel("recall of judged circles")
    axes.set_ylabel("precision")
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.05)
    axes.set_title("Job-seeker circles; the dot is our gate")
    return canvas
