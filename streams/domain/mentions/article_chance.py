"""Features for the chance that an article reports an incident as news: its likeliest mentions, its type and its words."""

import numpy as np
import numpy.typing as npt

from streams.domain.mentions.mention_chances import ArticleFacts

Floats = npt.NDArray[np.float32]
TOP = 3  # passages that are the top of an article


def article_features(article: ArticleFacts, mentions: Floats, told: Floats, ruled: bool) -> Floats:
    """The features; `mentions`: chances of its groups' roles; `told`: of its passages' roles; `ruled`: whether rules find news."""
    mains = np.sort(mentions[:, 1])[::-1][:2] if len(mentions) else np.zeros(0, dtype=np.float32)
    best = np.zeros(2, dtype=np.float32)
    best[: len(mains)] = mains
    top = told[:TOP].mean(axis=0) if len(told) else np.zeros(6, dtype=np.float32)
    whole = told.mean(axis=0) if len(told) else np.zeros(6, dtype=np.float32)
    most = told.max(axis=0) if len(told) else np.zeros(6, dtype=np.float32)
    roles = mentions.max(axis=0) if len(mentions) else np.zeros(6, dtype=np.float32)
    return np.concatenate([
        best, np.log(best + 0.01), top, whole, most, roles,
        np.array([min(len(mentions), 8) / 4, article.calm, article.calm > 0.6, ruled], dtype=np.float32),
        np.log(article.families + 0.01) / 2, article.title, article.lead * 2,
    ])  # fmt: skip
