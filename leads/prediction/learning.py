"""Learning who is won from leads that are closed, and judging it on later ones.

Each closed lead gives a row for each of :data:`LANDMARKS` at which it was still open, with what
was known at that age (landmarking: van Houwelingen, Scand. J. Statist. 34, 2007), so that no row
is chosen by what came later. The split is by time: learned is from leads that were closed before
it, judged on moments after it. scikit-learn is imported by the functions that use it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leads.prediction.features import Snapshot, numbers_of
from leads.prediction.scoring import LogisticModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

LANDMARKS = (
    timedelta(minutes=10),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
    timedelta(days=90),
)
EARLIER_SHARE = 0.7
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)
"""Of the weights: the smaller, the nearer to none (scikit-learn's ``C``)."""
FOLDS = 5
BINS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A closed lead at one moment of its open life. ``weight`` is shared by the lead's rows."""

    lead: int
    known: Snapshot
    closed_at: datetime
    is_won: bool
    weight: float = 1.0

    @property
    def at(self) -> datetime:
        return self.known.at


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a model does on rows that it has not seen. Every lead counts once.

    ``gain`` is the Brier score's advantage over the base rate, ``gain_error`` its standard error.
    """

    brier: float
    base_brier: float
    auc: float
    gain: float
    gain_error: float
    calibration: list[dict[str, float]]


def moments_of(created_at: datetime, closed_at: datetime) -> list[datetime]:
    """The landmarks of a lead at which it was still open."""
    return [created_at + age for age in LANDMARKS if created_at + age < closed_at]


def shared(rows: Sequence[Row]) -> list[Row]:
    """The rows with weights by which every lead counts once."""
    count: dict[int, int] = {}
    for row in rows:
        count[row.lead] = count.get(row.lead, 0) + 1
    return [Row(r.lead, r.known, r.closed_at, r.is_won, 1 / count[r.lead]) for r in rows]


def split(rows: Sequence[Row]) -> tuple[list[Row], list[Row], datetime]:
    """The earlier rows, the later ones, and the moment between them.

    At that moment everything about the earlier rows was known: their leads were closed. The later
    ones tell of moments after it. What was open then and is told of before belongs to neither.
    """
    closings = sorted({row.lead: row.closed_at for row in rows}.values())
    at = closings[int(len(closings) * EARLIER_SHARE)]
    earlier = [row for row in rows if row.closed_at < at]
    later = [row for row in rows if row.at >= at]
    return shared(earlier), shared(later), at


def share_won(rows: Sequence[Row]) -> float:
    return sum(row.weight for row in rows if row.is_won) / sum(row.weight for row in rows)


# ---------------------------------------------------------------- learning


def learn(rows: Sequence[Row]) -> LogisticModel:
    """A regularised logistic regression, its strength and its calibration found by folds of leads.

    Calibrated as Platt (1999) does: a logistic regression of the result on what the folds'
    models said of the rows that they had not seen.
    """
    import numpy as np

    names = sorted({name for row in rows for name in numbers_of(row.known)})
    table = _table(rows, names)
    means, scales = np.average(table, axis=0), table.std(axis=0)
    keep = scales > 1e-9
    names = [name for name, is_kept in zip(names, keep, strict=True) if is_kept]
    means, scales = means[keep], scales[keep]
    inputs = (table[:, keep] - means) / scales
    won, weights = _won(rows), _weights(rows)
    strength, outside = _best_strength(inputs, won, weights, [row.lead for row in rows])
    slope, shift = _calibration(outside, won, weights)
    fitted = _fit(inputs, won, weights, strength)
    return LogisticModel(
        names=tuple(names),
        means=_plain(means),
        scales=_plain(scales),
        weights=_plain(fitted.coef_[0] * slope),
        intercept=float(fitted.intercept_[0] * slope + shift),
    )


def _table(rows: Sequence[Row], names: Sequence[str]) -> "Numbers":
    import numpy as np

    column = {name: place for place, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)))
    for place, row in enumerate(rows):
        for name, number in numbers_of(row.known).items():
            table[place, column[name]] = number
    return table


def _won(rows: Sequence[Row]) -> "Numbers":
    import numpy as np

    return np.array([float(row.is_won) for row in rows])


def _weights(rows: Sequence[Row]) -> "Numbers":
    import numpy as np

    return np.array([row.weight for row in rows])


def _fit(inputs: "Numbers", won: "Numbers", weights: "Numbers", strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=1000).fit(inputs, won, sample_weight=weights)


def _best_strength(
    inputs: "Numbers", won: "Numbers", weights: "Numbers", leads: Sequence[int]
) -> tuple[float, "Numbers"]:
    """The strength whose folds lose least, and what they said (log-odds) of unseen rows."""
    from sklearn.metrics import log_loss

    folds = list(_folds(won, leads))
    told = {c: _outside(inputs, won, weights, c, folds) for c in STRENGTHS}
    losses = {c: log_loss(won, _chances(told[c]), sample_weight=weights) for c in STRENGTHS}
    best = min(STRENGTHS, key=lambda c: losses[c])
    return best, told[best]


def _folds(won: "Numbers", leads: Sequence[int]) -> Iterator[tuple[Any, Any]]:
    from sklearn.model_selection import StratifiedGroupKFold

    yield from StratifiedGroupKFold(FOLDS).split(won, won, groups=leads)


def _outside(
    inputs: "Numbers", won: "Numbers", weights: "Numbers", strength: float, folds: list[Any]
) -> "Numbers":
    import numpy as np

    told = np.zeros(len(won))
    for inside, outside in folds:
        fitted = _fit(inputs[inside], won[inside], weights[inside], strength)
        told[outside] = fitted.decision_function(inputs[outside])
    return told


def _calibration(told: "Numbers", won: "Numbers", weights: "Numbers") -> tuple[float, float]:
    """Slope and shift. A slope below 0 would say the opposite of what was learned: it is none."""
    fitted = _fit(told.reshape(-1, 1), won, weights, 1e6)
    slope, shift = float(fitted.coef_[0][0]), float(fitted.intercept_[0])
    if slope > 0:
        return slope, shift
    import numpy as np

    rate = float(np.average(won, weights=weights))
    return 0.0, float(np.log(rate / (1 - rate)))


def _chances(log_odds: "Numbers") -> "Numbers":
    import numpy as np

    chances: Numbers = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return chances


def _plain(numbers: "Numbers") -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)


# ---------------------------------------------------------------- judging


def judge(model: LogisticModel, base_rate: float, rows: Sequence[Row]) -> Judgement:
    """Compares with telling every lead the share that was won before.

    Raises ``ValueError`` where all of ``rows`` came out alike.
    """
    import numpy as np
    from sklearn.metrics import roc_auc_score

    told = np.array([model.probability(numbers_of(row.known)) for row in rows])
    won, weights = _won(rows), _weights(rows)
    losses, base_losses = (told - won) ** 2, (base_rate - won) ** 2
    gain, error = _gain(rows, base_losses - losses)
    return Judgement(
        brier=float(np.average(losses, weights=weights)),
        base_brier=float(np.average(base_losses, weights=weights)),
        auc=float(roc_auc_score(won, told, sample_weight=weights)),
        gain=gain,
        gain_error=error,
        calibration=_bins(told, won, weights),
    )


def _gain(rows: Sequence[Row], gains: "Numbers") -> tuple[float, float]:
    """The mean gain of a lead and its standard error; the rows of a lead hang together."""
    import numpy as np

    of_lead: dict[int, float] = {}
    for row, gain in zip(rows, gains, strict=True):
        of_lead[row.lead] = of_lead.get(row.lead, 0.0) + row.weight * float(gain)
    each = np.array(list(of_lead.values()))
    return float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each)))


def _bins(told: "Numbers", won: "Numbers", weights: "Numbers") -> list[dict[str, float]]:
    """Groups of about as many leads each, from the least likely to the likeliest."""
    import numpy as np

    order = np.argsort(told, kind="stable")
    groups = [group for group in np.array_split(order, BINS) if len(group)]
    return [
        {
            "low": float(told[group].min()),
            "high": float(told[group].max()),
            "leads": round(float(weights[group].sum()), 1),
            "predicted": float(np.average(told[group], weights=weights[group])),
            "won": float(np.average(won[group], weights=weights[group])),
        }
        for group in groups
    ]
