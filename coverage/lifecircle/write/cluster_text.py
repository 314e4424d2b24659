"""What a shortage cluster says: the sentence that proves it, and what would put it right."""

import pandas as pd

from lifecircle.labels import Language, filled, label

__all__ = ["cluster_sentences", "with_sentences"]


def cluster_sentences(clusters: pd.DataFrame, language: Language) -> pd.Series:
    """
    Say of each cluster what it needs, has and lacks.

    Parameters
    ----------
    clusters
        As the `Assessment` has them.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    sentences
        On the index of `clusters`.
    """
    sentence, doubt = (label("clusters", key, language) for key in ("sentence", "unproven"))
    texts = [
        filled(
            sentence,
            residences=f"{row['residences']:,}",
            **{
                name: f"{row[f'{name}_m2']:,.2f}"
                for name in ("requirement", "capacity", "shortage")
            },
        )
        + ("" if row["proven"] else doubt)
        for _, row in clusters.iterrows()
    ]
    return pd.Series(texts, index=clusters.index, dtype=object)


def with_sentences(clusters: pd.DataFrame, language: Language) -> pd.DataFrame:
    """
    Put what each cluster says into the table, for people.

    Parameters
    ----------
    clusters
        As the `Assessment` has them.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    table
        With ``sentence`` and ``remedy_sentence`` as last columns.
    """
    remedies = [
        label("clusters", "one_site" if row["single_site"] else "no_one_site", language).format(
            least=f"{row['least_m2']:,.2f}"
        )
        for _, row in clusters.iterrows()
    ]
    remedy = pd.Series(remedies, index=clusters.index, dtype=object)
    return clusters.assign(sentence=cluster_sentences(clusters, language), remedy_sentence=remedy)
