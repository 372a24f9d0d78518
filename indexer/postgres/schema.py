"""
The tables, in SQL.

The schema ``hoi_van_ban`` says which generations there are. Each generation has a schema of its own, ``hoi_van_ban_000001``, so that
one is made, granted and dropped whole, and no statement names it: the connection looks there first. What belongs to documents is
parted by the hash of the document, what is found by place or term by the hash of that.
"""

from __future__ import annotations

from dataclasses import dataclass

META = "hoi_van_ban"
READERS = "hoi_van_ban_reader"  # a role that may read every generation, where the database has it
LOCK = 0x68766231  # of the one writer
PARTITIONS = 4
_IN_ROW = 3900  # numbers of a vector up to which it stands in its row, where all are compared; a page has 8192 bytes

_META = f"""
CREATE SCHEMA IF NOT EXISTS {META};
CREATE TABLE IF NOT EXISTS {META}.generations (
    number integer PRIMARY KEY, manifest bytea NOT NULL, signatures text NOT NULL, hnsw boolean NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS {META}.current (
    is_current boolean PRIMARY KEY DEFAULT true CHECK (is_current), number integer NOT NULL REFERENCES {META}.generations,
    sha256 text NOT NULL);
CREATE TABLE IF NOT EXISTS {META}.originals (
    sha256 text, part integer, data bytea NOT NULL, PRIMARY KEY (sha256, part));
CREATE TABLE IF NOT EXISTS {META}.jobs (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, model text NOT NULL, texts text[] NOT NULL,
    vectors bytea);
CREATE INDEX IF NOT EXISTS jobs_waiting ON {META}.jobs (model, number) WHERE vectors IS NULL;
"""  # a job has its vectors once it is done


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a generation; without ``parted`` it is not partitioned. ``index`` are more columns to look up by."""

    columns: str
    key: str
    parted: str = ""
    index: str = ""
    plain: tuple[str, ...] = ()  # columns that are not worth compressing


# the first six are those of indexer.store, which is read by the same statements
_TABLES = {
    "documents": _Table(
        """position integer, id text NOT NULL UNIQUE, file text NOT NULL, text text NOT NULL, metadata text NOT NULL, reading text,
        source text, licence text, pages text NOT NULL, warnings text NOT NULL, doubts text NOT NULL""",
        key="position",
    ),
    "places": _Table(
        'position integer, document integer NOT NULL, "start" integer NOT NULL, "end" integer NOT NULL, lines text NOT NULL',
        key="document, position",
        parted="document",
    ),
    "clauses": _Table(
        """position integer, document integer NOT NULL, path text NOT NULL, "start" integer NOT NULL, "end" integer NOT NULL,
        heading text, reading text""",
        key="document, position",
        parted="document",
    ),
    "tables": _Table(
        """position integer, document integer NOT NULL, path text NOT NULL, title text NOT NULL, columns text NOT NULL,
        "start" integer NOT NULL, "end" integer NOT NULL, noun text NOT NULL""",
        key="document, position",
        parted="document",
    ),
    "rows": _Table(
        """position integer, in_table integer NOT NULL, number text NOT NULL, cells text NOT NULL, "start" integer NOT NULL,
        "end" integer NOT NULL, path text NOT NULL, in_group text NOT NULL, heads integer NOT NULL""",
        key="in_table, position",
        parted="in_table",
    ),
    "passages": _Table(
        """position integer, document integer NOT NULL, eid text NOT NULL, "start" integer NOT NULL, "end" integer NOT NULL,
        context text NOT NULL, reading text, search text, kind text NOT NULL""",
        key="document, position",
        parted="document",
        index="position",
    ),
    # words and pairs are tokens, uint32 back to back
    "tokens": _Table("position integer, words bytea NOT NULL, pairs bytea NOT NULL", key="position", parted="position"),
    "vectors": _Table(
        "position integer, vector public.halfvec({dimension}) NOT NULL", key="position", parted="position"
    ),
    # a term is the number of a syllable, or the size of the vocabulary + first * size + second; units are int32, weights float32
    "postings": _Table(
        "form smallint, term bigint, frequency integer NOT NULL, units bytea NOT NULL, weights bytea NOT NULL",
        key="form, term",
        parted="term",
        plain=("units", "weights"),
    ),
    # all other files of the generation, and what the tables do not say of those above
    "files": _Table("name text, part integer, verified boolean NOT NULL, data bytea NOT NULL", key="name, part"),
}
TABLES = tuple(_TABLES)


def meta_statements() -> str:
    """Return what makes the schema that all generations share, where it is missing."""
    return f"CREATE EXTENSION IF NOT EXISTS vector SCHEMA public;{_META}{_grant(META)}"


def _grant(schema: str) -> str:
    return f"""
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{READERS}') THEN
        GRANT USAGE ON SCHEMA {schema} TO {READERS};
        GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {READERS};
    END IF;
END $$;
"""


def schema_of(number: int) -> str:
    """Return the schema of a generation."""
    return f"{META}_{number:06d}"


def number_of(name: str) -> int:
    """Return the number of the generation that is called *name*."""
    return int(name.rpartition("-")[2])


def name_of(number: int) -> str:
    """Return what a generation is called."""
    return f"gen-{number:06d}"


def create_statements(schema: str, dimension: int) -> str:
    """Return what makes the empty tables of a generation, whose vectors have *dimension* numbers."""
    made = [f"CREATE SCHEMA {schema};"]
    for name, table in _TABLES.items():
        columns = table.columns.format(dimension=dimension)
        parted = f" PARTITION BY HASH ({table.parted})" if table.parted else ""
        made.append(f"CREATE TABLE {schema}.{name} ({columns}){parted};")
        made += [f"ALTER TABLE {schema}.{name} ALTER {column} SET STORAGE EXTERNAL;" for column in table.plain]
        if name == "vectors" and dimension <= _IN_ROW:
            made.append(f"ALTER TABLE {schema}.{name} ALTER vector SET STORAGE PLAIN;")
        if table.parted:
            made += [
                f"CREATE TABLE {schema}.{name}_{part} PARTITION OF {schema}.{name} "
                f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part});"
                for part in range(PARTITIONS)
            ]
    return "\n".join(made)


def finish_statements(schema: str, *, hnsw: bool) -> str:
    """Return what makes loaded tables ready to be asked: keys, indexes, with *hnsw* a graph of the vectors, statistics, rights."""
    made: list[str] = []
    for name, table in _TABLES.items():
        made.append(f"ALTER TABLE {schema}.{name} ADD PRIMARY KEY ({table.key});")
        if table.index:
            made.append(f"CREATE INDEX ON {schema}.{name} ({table.index});")
        made.append(f"ANALYZE {schema}.{name};")
    if hnsw:
        made.append(f"CREATE INDEX ON {schema}.vectors USING hnsw (vector public.halfvec_ip_ops);")
    return "\n".join(made) + _grant(schema)


def generation_bytes(name: str) -> str:
    """Return what asks how many bytes the tables and indexes of a generation take, by its name."""
    schema = schema_of(number_of(name))
    return (
        "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "  # noqa: S608 - ours
        f"WHERE n.nspname = '{schema}' AND c.relkind = 'r'"
    )
