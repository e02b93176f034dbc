"""The history: weeks are judged once for what they depend on, and every change of a verdict is told by its cause."""

import tomllib
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers.claims import history
from helpers.claims.history import changes_of_verdicts, read_history, write_history
from helpers.claims.registry import claim_digest, git, load_rules
from helpers.data import DataError, load
from helpers.data.dataset import cut
from helpers.data.settings import ROOT

LAST = "2026-02-20"
WEEKS = ["2026-01-23", "2026-01-30", "2026-02-06", "2026-02-13", "2026-02-20"]


@dataclass
class Silver:
    """Judge one claim by silver's mean over the last four days: high or not."""

    line: float = 90.0

    def __call__(self, dataset):
        mean = float(dataset.daily("silver").tail(4).mean())
        found = SimpleNamespace(estimate=mean, low=mean, high=mean, always_low=mean, always_high=mean, p=0.5)
        verdict = "high" if mean > self.line else "low"
        part = SimpleNamespace(name="primary", finding=found, verdict=verdict)
        both = tuple(SimpleNamespace(name=name, finding=found, verdict="Supported") for name in ("often", "far"))
        return [
            SimpleNamespace(claim=SimpleNamespace(id="C1"), parts=(part,), finding=found, verdict=verdict),
            SimpleNamespace(claim=SimpleNamespace(id="C2"), parts=both, finding=found, verdict="Mixed"),
        ]


@pytest.fixture(scope="module")
def dataset():
    return cut(load(source="snapshot").holdings, pd.Timestamp(LAST).date())


def revised(dataset, *, day, factor):
    """Change the past of silver on one day."""
    silver = dataset.holdings.series["silver"].copy()
    silver.loc[day] *= factor
    return replace(dataset, holdings=replace(dataset.holdings, series={**dataset.holdings.series, "silver": silver}))


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(history.joblib, "Parallel", lambda n_jobs: lambda calls: [f(*w) for f, w, _ in calls])
    return tmp_path / "history.csv"


def test_every_friday_is_judged_once_and_only_on_what_was_known(dataset, path):
    assert write_history(dataset, path=path, judged_by=Silver()) == len(WEEKS)
    table = read_history(path)
    assert table["as_of"].unique().tolist() == WEEKS
    first = table[(table["as_of"] == WEEKS[0]) & (table["claim"] == "C1")].iloc[0]
    silver = dataset.daily("silver").loc[: WEEKS[0]]
    assert first["estimate"] == pytest.approx(silver.tail(4).mean(), rel=1e-9)
    assert table["claim"].unique().tolist() == ["C1", "C2", "C2/often", "C2/far"]
    whole = table[table["claim"] == "C2"]
    assert set(whole["verdict"]) == {"Mixed"}
    assert whole["estimate"].isna().all()  # the numbers stand with the parts
    before = path.read_bytes()
    assert write_history(dataset, path=path, judged_by=Silver()) == 0
    assert path.read_bytes() == before


def test_a_new_week_is_the_only_one_judged(dataset, path):
    earlier = cut(dataset.holdings, pd.Timestamp(WEEKS[-2]).date())
    write_history(earlier, path=path, judged_by=Silver())
    assert write_history(dataset, path=path, judged_by=Silver()) == 1
    assert read_history(path)["as_of"].unique().tolist() == WEEKS


def test_a_fall_of_the_price_is_new_weeks_and_nothing_else(dataset, path):
    write_history(dataset, path=path, judged_by=Silver())
    table = changes_of_verdicts(read_history(path))
    assert set(table["why"]) == {"new weeks"}
    assert set(table["claim"]) == {"C1"}


def test_a_planted_revision_shows_as_restated_data(dataset, path):
    write_history(dataset, path=path, judged_by=Silver())
    before = read_history(path)
    day = dataset.daily("silver").loc["2026-02-09":"2026-02-13"].index[-1]
    # Four days count: multiplying one of them by 3 moves their mean by half of its old value.
    again = write_history(revised(dataset, day=day, factor=3.0), path=path, judged_by=Silver())
    assert again == 2  # the week of the revised day and the one after; the three before it are as they were
    new = changes_of_verdicts(read_history(path))
    restated = new[new["why"] == "restated data"]
    assert restated["as_of"].tolist() == ["2026-02-13"]
    row = restated.iloc[0]
    assert (row["before"], row["after"]) == ("low", "high")
    assert row["moved"] == pytest.approx(dataset.daily("silver")[day] * 2 / 4, rel=1e-6)
    old = before[(before["as_of"] == "2026-02-13") & (before["claim"] == "C1")]["verdict"].item()
    assert old == row["before"]


def test_a_changed_rule_and_changed_code_are_told_apart_unless_they_come_together(dataset, path, monkeypatch):
    write_history(dataset, path=path, judged_by=Silver(line=1e6))
    monkeypatch.setattr(history, "rules_digest", lambda: "another rule")
    write_history(dataset, path=path, judged_by=Silver(line=0))
    monkeypatch.setattr(history, "code_digest", lambda: "other code")
    write_history(dataset, path=path, judged_by=Silver(line=1e6))
    monkeypatch.setattr(history, "rules_digest", lambda: "a third rule")
    monkeypatch.setattr(history, "code_digest", lambda: "third code")
    write_history(dataset, path=path, judged_by=Silver(line=0))
    table = changes_of_verdicts(read_history(path))
    told = table[table["as_of"] == WEEKS[0]]["why"].tolist()
    assert told == ["changed rule", "changed code", "changed rule and changed code, not told apart"]
    verdicts = table[table["as_of"] == WEEKS[0]][["before", "after"]].to_numpy().tolist()
    assert verdicts == [["low", "high"], ["high", "low"], ["low", "high"]]


class ByRule(Silver):
    """The same, with the line that the registry in use has: its level, in hundreds."""

    def __call__(self, dataset):
        self.line = 100 * load_rules().standards.level * 1e4
        return super().__call__(dataset)


def registry(path, level):
    """Write a registry with another level, amended as it should be."""
    text = history.CLAIMS.read_text().replace("level = 0.05", f"level = {level}", 1)
    digest = claim_digest(tomllib.loads(text)["rules"])
    path.write_text(text + f'\n[[rules.amendments]]\ndate = 2026-12-01\nreason = "Test."\ndigest = "{digest}"\n')
    return path


@pytest.mark.parametrize(("level", "why"), [(0.04, "changed code"), (0.00001, "changed rule")])
def test_a_rule_and_code_that_change_at_once_are_told_apart_by_judging_by_the_earlier_rule(
    dataset, path, monkeypatch, tmp_path, level, why
):
    # Silver's mean of four days is 60 to 110 dollars: below the line of now (50,000) and of a level of 0.04 (40,000),
    # above that of 0.00001 (10). What was said before is "high".
    earlier = registry(tmp_path / "earlier.toml", level)
    monkeypatch.setattr(history, "rules_digest", lambda: "earlier")
    monkeypatch.setattr(history, "code_digest", lambda: "earlier code")
    write_history(dataset, path=path, judged_by=Silver(line=0))
    monkeypatch.undo()
    monkeypatch.setattr(history.joblib, "Parallel", lambda n_jobs: lambda calls: [f(*w) for f, w, _ in calls])
    monkeypatch.setattr(history, "_registry_of", lambda digest: {"earlier": earlier}.get(digest))
    write_history(dataset, path=path, judged_by=ByRule())
    table = changes_of_verdicts(read_history(path))
    told = table[table["as_of"] == WEEKS[0]][["before", "after", "why"]].to_numpy().tolist()
    assert told == [["high", "low", why]]


def test_where_the_earlier_rule_is_not_at_hand_two_causes_stay_together(dataset, path, monkeypatch):
    assert history._registry_of("a digest that no commit has") is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "rules_digest", lambda: "lost")
        patch.setattr(history, "code_digest", lambda: "earlier code")
        write_history(dataset, path=path, judged_by=Silver(line=1e6))
    write_history(dataset, path=path, judged_by=Silver(line=0))
    why = changes_of_verdicts(read_history(path))["why"]
    assert set(why) == {"changed rule and changed code, not told apart"}


def test_the_registry_of_before_is_found_in_the_history_of_the_project():
    commits = git(ROOT, "log", "--format=%H", "--", "claims/claims.toml").decode().split()
    if not commits:
        pytest.skip("no git history here")
    files = [(name, git(ROOT, "show", f"{commits[-1]}:claims/{name}")) for name in ("claims.toml", "simulations.csv")]
    digest = history._digest(files)
    assert history._registry_of(digest).read_bytes() == files[0][1]


def test_what_was_restated_without_another_verdict_leaves_no_row_behind(dataset, path):
    write_history(dataset, path=path, judged_by=Silver())
    rows = len(read_history(path))
    day = dataset.daily("silver").loc[:"2026-01-23"].index[-1]
    write_history(revised(dataset, day=day, factor=1.0001), path=path, judged_by=Silver())
    assert len(read_history(path)) == rows


def test_a_table_of_another_form_is_refused(path):
    path.write_text("as_of,claim\n")
    with pytest.raises(DataError, match="Remove it"):
        read_history(path)


def test_digests_change_with_what_a_verdict_depends_on(tmp_path, monkeypatch):
    claims = tmp_path / "helpers" / "claims"
    claims.mkdir(parents=True)
    (tmp_path / "helpers" / "stats").mkdir()
    for name in ("catalog", "dataset", "panel"):
        (tmp_path / "helpers" / "data").mkdir(exist_ok=True)
        (tmp_path / "helpers" / "data" / f"{name}.py").write_text("a = 1\n")
    (claims / "rules.py").write_text("level = 1\n")
    monkeypatch.setattr(history, "PACKAGE", tmp_path / "helpers")
    before = history.code_digest()
    (claims / "rules.py").write_bytes(b"level = 1\r\n")
    (claims / "stamps.py").write_text("x = 1\n")
    assert history.code_digest() == before
    (claims / "rules.py").write_text("level = 2\n")
    assert history.code_digest() != before
