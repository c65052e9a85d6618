"""How likely one meets people who hire at an event, and why.

`understand` reads an event once and for anybody; `score_many` ranks understood events for one
person; `explain` gives the score of one with reasons that add up. Everything is pure.
"""

from app.score.candidates import Candidates, Chances, score_many
from app.score.explain import explain, explain_many
from app.score.understand import MODEL_VERSION, understand
from app.score.understanding import Understanding

__all__ = [
    "MODEL_VERSION",
    "Candidates",
    "Chances",
    "Understanding",
    "explain",
    "explain_many",
    "score_many",
    "understand",
]
