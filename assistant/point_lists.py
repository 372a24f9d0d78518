"""
Points that answer together: where a question asks for several things and what the search finds stands side by side, all of it is the answer.

"Công chức … có những nhiệm vụ gì?" finds the points a, d, đ and e of one "Nhiệm vụ": no point says that it is a duty, the headings over
them do. So the list is weighed as one: by its lead-in with the headings over it, and without the points that compete with one another.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import regex as re

from assistant.matching import Weighted
from indexer.terms import terms
from indexer.types import StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.clause_lists import ClauseList, ClauseLists
    from assistant.corpus import Corpus
    from assistant.extracts import Extract, Extracts
    from assistant.question import Query
    from indexer.types import Clause

_LOOKED_AT, _SIDE_BY_SIDE = 6, 3  # extracts among which so many must stand in one list, the first of them in it
_SAYS = 0.5  # share of the question that the lead-in must hold with the headings over it and the figures that items must have
_MORE = (
    0.25  # how much more of the question than the lead-in a point may hold by itself, before it alone is what is asked
)
_EACH = 0.8  # share that each of the first points must say with them, where they say less
_ALL = 0.9  # share from which the lead-in is what answers
_LEAST = 2  # items of a list
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*\s?%")


class PointLists:
    """Finds the list whose points the search finds side by side, for *query*."""

    def __init__(self, corpus: Corpus, query: Query, lists: ClauseLists) -> None:
        self.corpus, self.query, self.lists = corpus, query, lists

    @property
    def _asked(self) -> bool:
        """Tell whether the question asks for several things, or how many there are of them, and for no figure."""
        several = self.query.says("items") or (self.query.says("count") and bool(self.lists.nouns))
        return several and self.lists.asks_no_figure

    def chosen(self, extracts: Extracts, least: float) -> tuple[ClauseList, int, float] | None:
        """Return the list that answers, of how many items it is and how likely it answers; None where that is under *least*, 0 to 1."""
        if not self._asked:
            return None
        named = self.query.documents or self.query.issued_by
        for documents in dict.fromkeys((named, self.query.documents)):
            found = extracts.best(documents)
            together = self.beside(found, own=documents != named)
            if together is None:
                continue
            listed, total = together
            likely = extracts.likelihood(self.rest(found, listed), restricted=bool(documents))
            if likely >= least or self.says_all(listed):
                return listed, total, likely
        return None

    def beside(self, found: Sequence[Extract], *, own: bool = False) -> tuple[ClauseList, int] | None:
        """
        Return the list in which the first of *found* stands with others of the first, and of how many items; None where there is none.

        Of the items those have been left out that lack a percentage that the question names.

        With *own* only one under a heading that names the bodies of the question.
        """
        first = found[0].clause if found else None
        listed = self._listing(first) if first is not None else None
        if (
            listed is None
            or not (self.query.says("items") or self.lists.fits(listed))
            or (own and not self._of_bodies(listed.lead))
        ):
            return None
        figures = _FIGURE.findall(self.query.text)
        items = tuple(one for one in listed.items if all(self._has(one, figure) for figure in figures))
        near = [one for one in found[:_LOOKED_AT] if self.within(one, listed)]
        if len(items) < _LEAST or len(near) < min(_SIDE_BY_SIDE, len(items)):
            return None
        if self._one_says(found[0], listed) or not self._is_about(found, listed, items if figures else ()):
            return None
        return replace(listed, items=items), len(listed.items)

    def _listing(self, item: Clause) -> ClauseList | None:
        """Return the list of which *item* is one: below what stands over it, or behind a paragraph that leads in."""
        units = self.corpus.units_of
        over = units.over(item)
        if over is None:
            return None
        paragraphs = [one for one in units.below(over) if one.path[-1].kind is StepKind.PARAGRAPH and one is not item]
        lists = (self.lists.under(lead) for lead in (over, *paragraphs))
        return next((one for one in lists if one is not None and any(item is other for other in one.items)), None)

    def _of_bodies(self, lead: Clause) -> bool:
        """Tell whether the heading of *lead* names all bodies of the question."""
        keys = {agency.key for agency in self.corpus.keys.split(lead.heading or "")}
        return bool(self.query.agencies) and all(agency.key in keys for agency in self.query.agencies)

    def _one_says(self, extract: Extract, listed: ClauseList) -> bool:
        """Tell whether what the question calls the things stands in the one point alone: it names them itself."""
        said = set(terms(listed.lead.reading or listed.lead.text)) | self.corpus.units_of.of(listed.lead).above
        others = [set(terms(one.reading or one.text)) for one in listed.items if one is not extract.clause]
        for noun in self.lists.nouns:
            name = " ".join(noun.split()[:2])
            if name in extract.sentence.terms and name not in said and not any(name in held for held in others):
                return True
        return False

    @staticmethod
    def within(extract: Extract, listed: ClauseList) -> bool:
        """Tell whether *extract* is an item of *listed* or its lead-in."""
        return any(extract.clause is one for one in (listed.lead, *listed.items))

    def rest(self, found: Sequence[Extract], listed: ClauseList) -> list[Extract]:
        """Return *found*, of the list only the first: its points stand for one answer, and none of them makes another doubtful."""
        return [found[0], *(one for one in found[1:] if not self.within(one, listed))]

    def _is_about(self, found: Sequence[Extract], listed: ClauseList, alike: Sequence[Clause]) -> bool:
        """
        Tell whether the lead-in says most of the question with the headings over it, or all of the first points say it with them.

        With it go the words that are in all of *alike*, items that have a figure of the question.
        """
        weighted, lead = Weighted.of(self.query.topic, self.corpus), listed.lead
        name, above = self.corpus.name_terms(lead.document), self.corpus.units_of.of(lead).above
        common = [set(terms(one.reading or one.text)) for one in alike]
        shared = set.intersection(*common) if common else set()
        over = (set(terms(lead.reading or lead.text)), above, name, shared)
        held, alone = weighted.share(*over), weighted.share(found[0].sentence.terms)
        if held >= _SAYS and alone <= held + _MORE:
            return True
        first = found[:_SIDE_BY_SIDE]
        return all(self.within(one, listed) and weighted.share(*over, one.sentence.terms) >= _EACH for one in first)

    def says_all(self, listed: ClauseList) -> bool:
        """Tell whether the lead-in says nearly all of the question with the headings over it: its points need not."""
        lead = listed.lead
        above = self.corpus.units_of.of(lead).above
        weighted = Weighted.of(self.query.topic, self.corpus)
        return weighted.share(terms(lead.reading or lead.text), above) >= _ALL

    @staticmethod
    def _has(item: Clause, figure: str) -> bool:
        """Tell whether *item* has *figure* as a whole: "00%" is not in "100%"."""
        return re.search(rf"(?<![\d.,]){re.escape(figure)}", item.reading or item.text) is not None
