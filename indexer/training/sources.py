"""The texts that the shipped models are trained on: the State's codified law, its procedures, and Wikipedia."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import InputError
from indexer.segment import segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LAW, PROCEDURES, WIKIPEDIA = "phapdien", "tthc_dvcqg", "viwiki2017"
FILES = {
    LAW: Path("phapdien/articles.jsonl.xz"),
    PROCEDURES: Path("tthc_dvcqg/procedures.jsonl.xz"),
    WIKIPEDIA: Path("viwiki2017/articles.jsonl.xz"),
}
_ARTICLE_NUMBER = re.compile(r"^Điều\s+\S+\.\s+")
_PROCEDURE_PARTS = (
    "trinh_tu_thuc_hien",
    "thanh_phan_ho_so",
    "thoi_han_giai_quyet",
    "yeu_cau_dieu_kien",
    "ket_qua_thuc_hien",
)
_BLOCK = 500  # texts a worker segments at once


@dataclass(frozen=True, slots=True)
class TitledText:
    """A text under its title. ``topic`` groups the texts of one subject; it is the source where none is given."""

    source: str
    topic: str
    title: str
    body: str


def read_jsonl(path: Path) -> Iterator[dict[str, object]]:
    """
    Yield the objects of a JSON lines file, packed by xz or not.

    Raises:
        InputError: the file is not there.
    """
    if not path.is_file():
        files = ", ".join(map(str, FILES.values()))
        msg = f"{path}: there is no such file. Give the folder that holds {files} as --data."
        raise InputError(msg)
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def read_texts(data: Path, *, sources: Sequence[str] = (LAW, PROCEDURES, WIKIPEDIA)) -> Iterator[TitledText]:
    """Yield every titled text of *sources* in *data*, in file order; texts without a body are left out."""
    for source in sources:
        for item in read_jsonl(data / FILES[source]):
            if source == LAW:
                title = _ARTICLE_NUMBER.sub("", str(item["title"]))
                text = TitledText(source, str(item["de_muc"]), title, str(item["text"]))
            elif source == PROCEDURES:
                parts = (str(item.get(part) or "") for part in _PROCEDURE_PARTS)
                text = TitledText(source, source, str(item["ten_thu_tuc"]), "\n".join(filter(None, parts)))
            else:
                text = TitledText(source, source, str(item["title"]), str(item["text"]))
            if text.title.strip() and text.body.strip():
                yield text


def _segment_block(block: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(" ".join(segment(title)), " ".join(segment(body))) for title, body in block]


def segmented_texts(
    data: Path, cache: Path, *, source: str, body_characters: int, workers: int = 1
) -> Iterator[TitledText]:
    """
    Yield the texts of *source* with title and body segmented, words parted by one space.

    Bodies are cut after *body_characters*. The result is kept in *cache*, under the hash of the source's file.
    """
    digest = hashlib.sha256((data / FILES[source]).read_bytes()).hexdigest()[:12]
    kept = cache / f"{source}-{digest}-{body_characters}.jsonl"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        texts = list(read_texts(data, sources=(source,)))
        pairs = [(text.title, text.body[:body_characters]) for text in texts]
        blocks = [pairs[start : start + _BLOCK] for start in range(0, len(pairs), _BLOCK)]
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - used on the first run only

        from tqdm import tqdm  # noqa: PLC0415

        with ProcessPoolExecutor(workers) as pool, kept.with_suffix(".part").open("w", encoding="utf-8") as out:
            done = 0
            for block in tqdm(pool.map(_segment_block, blocks), total=len(blocks), desc=f"segment {source}"):
                for title, body in block:
                    row = [texts[done].topic, title, body]
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
                    done += 1
        kept.with_suffix(".part").rename(kept)
    with kept.open(encoding="utf-8") as lines:
        for line in lines:
            topic, title, body = json.loads(line)
            yield TitledText(source, topic, title, body)
