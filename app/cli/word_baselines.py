"""Orders by the words of listings alone, fitted on judged ones: what structure has to beat.

TF-IDF of words and of characters with ridge regression on the grade, and with logistic regression
on good against not good (SCORING.md 12.6). Needs scikit-learn.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge

from app.score.chance import Array
from app.score.record import Record

GOOD = 2.0


def orders(train: Sequence[Record], records: Sequence[Record]) -> dict[str, Array]:
    """The scores of the records by models of the words of the training records."""
    graded = [record for record in train if record.grade is not None]
    grades = np.array([record.grade for record in graded])
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True
    )
    seen, new = [_text(record) for record in graded], [_text(record) for record in records]
    fitted = hstack([words.fit_transform(seen), characters.fit_transform(seen)]).tocsr()
    found = hstack([words.transform(new), characters.transform(new)]).tocsr()
    ridge = Ridge(alpha=1.0).fit(fitted, grades)
    logistic = LogisticRegression(C=10.0, max_iter=1000).fit(fitted, grades >= GOOD)
    return {
        "TF-IDF + ridge": np.asarray(ridge.predict(found), dtype=float),
        "TF-IDF + logistic": np.asarray(logistic.decision_function(found), dtype=float),
    }


def _text(record: Record) -> str:
    texts = (record.title, record.title, record.organizer, record.location, record.description)
    return " ".join(text for text in texts if text)
