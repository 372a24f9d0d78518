"""Which documents a question about documents is about: those it names, and the one that it describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex as re

from assistant.describing import Describing
from assistant.lexicon import light_words
from assistant.matching import Weighted
from assistant.naming import agency_pattern, named_together, of_place
from indexer.letterhead import kind_names
from indexer.relations import plain_number
from indexer.terms import terms
from indexer.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.corpus import Corpus
    from assistant.question import Query
    from indexer.agencies import Agency
    from indexer.types import Document

OWN_WORDS = frozenset(
    """
    mang de hieu luc thi hanh bat dau duoc ap dung khi nao giu tuong pho ra ve viec nay do may thoi diem
    ky hieu so ngay thang nam ban hanh lap soan thao tren trich yeu ten loai van nguoi gui noi nhan co la cua day du goi de cu the quyet
    nghi phan in san dong mau chu mang xin pho chu tich giam doc chanh thu truong thay mat tm kt ai ong ba ho luu
    """.split()  # noqa: SIM905 - a word list
)
_ISSUED = re.compile(
    r"\b(?:ke hoach|van ban|quyet dinh|cong van|chi thi|thong bao|bao cao)\s+(?:(?:thuc hien|trien khai|so|nghi quyet|[\w/-]*\d[\w/-]*|chuyen doi so)\s+){0,4}"
    r"(?:cua|do)\s+((?:so|cong an|ban|ubnd|uy ban|huyen|xa|phuong|thanh pho|bo|cuc|chi cuc|hoi|tinh|van phong|thanh tra|doan)"
    r"(?!\s+nao)(?:\s+(?!thuc hien|do |ban hanh|ky|duoc|co |so |ngay|ai |la |gui|trien khai|ve )\w+){1,6})"
)
_TOLD = frozenset(  # fields for which a document may be meant that is only described, by what it says, too
    ("signer", "signer_office", "recipients", "number", "issued_on", "proposal", "gazette", "on_behalf", "based_on")
)
_LEANING = re.compile(
    r"\bma\b(.{3,60}?)\b(?:dua vao|dua tren|lam theo|can cu|bam theo|cu the hoa|thuc hien|trien khai)\b"
)
_DRAWN_UP = re.compile(r"\b(?:lap|soan|xay dung|ban hanh|ra doi)\b.{0,20}\bcan cu\b")
_SAID_OF = frozenset(("proposal", "gazette", "based_on"))
_SIGNED = frozenset(("signer", "signer_office", "on_behalf"))  # which are asked of nothing but documents
_FITS = 0.8  # share of a question that names and words about documents must hold to be about the document itself
_NAMED = 0.6  # share of a question that the name of a document must hold to be meant by it
_CLEAR = 0.15  # and by how much it must lead the next


class AskedDocuments:
    """Finds the documents of *corpus* that *query* is about. ``each`` tells whether it describes several, each in its own words."""

    def __init__(self, corpus: Corpus, query: Query) -> None:
        self.corpus, self.query = corpus, query
        self.describing = Describing(corpus)
        self.each = False

    def documents(self) -> list[Document] | None:
        """Return the documents that are asked about; None where the question names none and is about something else."""
        found, query = self.named(), self.query
        if (found is None and query.documents) or (found is not None and len(found) == 1):
            return found
        found = self._told(found or []) or found
        whole = found is not None and len(found) == len(self.corpus.documents)
        return None if whole and self.describing.unknown(query.text) else found

    def named(self) -> list[Document] | None:
        """Return the documents that are named, all where any may be meant; None where the question is about something else."""
        query = self.query
        several = len(self.issuers(query.issued_by)) > len(self.issuers(query.documents)) > 0
        ids = query.issued_by if several and self.together else query.documents or query.issued_by
        if (
            "based_on" in query.fields and not query.documents and len(query.agencies) > 1
        ):  # whose plan serves another's
            ids = tuple(d.id for d in self.corpus.issuers.get(query.agencies[0].key, ())) or ids
        if "based_on" in query.fields and (leaning := self._leaning()):
            return leaning
        named = [self.corpus.index.document(name) for name in dict.fromkeys(ids or self._described())]
        if not named and self.foreign():
            return []
        if named and not self._fits(named):
            named = [self.corpus.index.document(name) for name in self._described()]
            return named if named and self._fits(named) else None
        if named:
            return named
        if "phu luc" in query.folded and (annexed := list(self.corpus.with_tables)):
            return annexed
        if (query.numbers and not query.says("which_documents")) or "attached" in query.fields:
            return None
        about = re.search(r"\b(?:ke hoach|van ban|tai lieu|quyet dinh|phu luc|plan|document)\b", query.folded)
        return list(self.corpus.documents) if about else None

    def _leaning(self) -> list[Document]:
        """Return the documents of the body that leans on another's paper: "kế hoạch của tỉnh mà Sở A dựa vào"."""
        match = _LEANING.search(self.query.folded)
        named = [a for a in self.query.agencies if match and agency_pattern(a.key).search(match.group(1))]
        return [document for agency in named for document in self.corpus.issuers.get(agency.key, ())]

    def _told(self, documents: Sequence[Document]) -> list[Document]:
        """Return the document that the question describes, of *documents* where they are not all; several where it describes each; else []."""
        query = self.query
        fields = set(query.fields) & _TOLD
        if not fields or query.numbers or query.rows or self.by_numbers():
            return []
        if (
            not documents
            and not fields & _SIGNED
            and not self.describing.says_document(query.text, opening=not fields & _SAID_OF)
        ):
            return []  # "vành đai số mấy", "báo về đâu": it may be asked of anything
        if each := self.describing.each(query.text):
            self.each = True
            return each
        if query.says("which_documents") or query.says("compare") or self.all_named():
            return []
        whole = len(documents) == len(self.corpus.documents)
        one = self.describing.one(query.text, () if whole else documents)
        return [] if one is None else [one]

    def _described(self) -> tuple[str, ...]:
        """Return the one document whose name holds much more of the question than any other's, for a question about a document."""
        strong = {
            "signer",
            "signer_office",
            "effective",
            "recipients",
            "number",
            "issued_on",
            "issuer",
            "proposal",
            "on_behalf",
        }
        if not set(self.query.fields) & strong or self.query.numbers or self.query.rows:
            return ()
        if len(self.corpus.documents) < 2:
            return ()
        words = [word for word in self.query.topic if fold(word) not in OWN_WORDS]
        asked = Weighted.of(words, self.corpus)
        shares = self.corpus.named_most(asked)
        first, name = next(shares, (0.0, ""))
        second, _ = next(shares, (0.0, ""))
        return (name,) if first >= _NAMED and first - second >= _CLEAR else ()

    def issuers(self, ids: Sequence[str]) -> set[str | None]:
        """Return who issued the documents with these *ids*."""
        return {self.corpus.issuer_name(self.corpus.index.document(name)) for name in ids}

    def heavy(self) -> list[str]:
        """Return the words of the question that are about a content, not about a document."""
        return [word for word in self.query.topic if fold(word) not in light_words() | OWN_WORDS]

    def foreign(self) -> str | None:
        """Return the body whose document the question names and that issued none of ours: "kế hoạch của Sở Y tế"."""
        match = _ISSUED.search(self.query.folded)
        name = self.query.text[match.start(1) : match.end(1)].strip() if match else ""
        if any(fold(name).endswith(f" {place}") for place in self.corpus.places):
            return None
        if self._is_of_ours(fold(name)):
            return None
        if self.query.numbers and any(agency_pattern(agency.key).match(fold(name)) for agency in self._issuing()):
            return None  # a paper of a body of ours, that others only name
        place = re.match(r"(?:tỉnh|huyện|xã|phường|thành phố|tinh|huyen|xa|phuong|thanh pho)\s+(?!\p{Lu})", name)
        return name if name and not place else None

    def _is_of_ours(self, name: str) -> bool:
        """Tell whether *name*, folded, is that of a body of ours in other words: the words before its place are all in that name."""
        for place, ids in self.corpus.places.items():
            before, found, _ = f" {name} ".partition(f" {place} ")
            held = {
                word
                for one in ids
                for word in fold(str(self.corpus.issuer_name(self.corpus.index.document(one)))).split()
            }
            if found and before.split() and set(before.split()) <= held | {"tinh", "so"}:
                return True
        return False

    def _issuing(self) -> list[Agency]:
        """Return the bodies that the question names and that issued documents of ours."""
        issuers, text = self.corpus.issuers, self.query.text
        return [agency for agency in self.query.agencies if of_place(issuers.get(agency.key, ()), text, self.corpus)]

    def _fits(self, documents: Sequence[Document]) -> bool:
        """Tell whether what is left of the question says nothing that is not in the titles: else it asks for something inside."""
        if self.query.fields == ("recipients",) or (
            self.query.documents
            and set(self.query.fields)
            <= {"signer", "signer_office", "effective", "recipients", "proposal", "on_behalf"}
        ):
            return True
        if self.query.documents and self.query.fields == ("based_on",) and _DRAWN_UP.search(self.query.folded):
            return True
        titles = [
            f"{d.metadata.title.value if d.metadata.title else ''} {self.corpus.issuer_name(d)} {self.corpus.place_of(d)} "
            f"{kind_names().get(d.metadata.kind.value, '') if d.metadata.kind else ''} {d.metadata.issued_on.value[:4] if d.metadata.issued_on else ''}"
            for d in documents
        ]
        held = set(terms(" ".join(titles))) | light_words() | OWN_WORDS | self.corpus.own_places
        written = self.corpus.keys.write_out(self.query.text).split()  # without what it writes out: "NN&PTNT"
        strange = [word for word in self.query.topic if fold(word) not in held and fold(word) in written]
        asked = Weighted.of(self.query.topic, self.corpus)
        return len(strange) <= 1 or asked.share(held) >= _FITS

    @property
    def together(self) -> bool:
        """Whether the question names several bodies in one breath: "của Sở A và Sở B"."""
        return named_together(self.query.folded, self.query.agencies)

    def by_numbers(self) -> bool:
        """Tell whether the question names several documents, each by its number."""
        own = {self.corpus.own_numbers.get(plain_number(number)) for number in self.query.numbers} - {None}
        return len(own) > 1

    def all_named(self) -> bool:
        """Tell whether the question names documents of several bodies."""
        issuers = {
            document.metadata.issuer.value
            for document in map(self.corpus.index.document, self.query.documents)
            if document.metadata.issuer
        }
        return len(issuers) > 1
