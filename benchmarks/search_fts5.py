"""SQLite FTS5 as the peer in the search benchmark: our tokens, our question in its language, its answer in one statement
that seeks the words once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import combinations

from benchmarks.search_corpus import FACETS, FILTERED, TODAY
from search.analysis import Analyser, Group
from search.documents import Document
from search.query import Alternative, Query, least

SINGLE = [name for name in ("kind", *FACETS) if name != "certificate"]
PUNCTUATION = "".join(
    chr(code) for code in range(33, 127) if not chr(code).isalnum() and chr(code) not in "\"'"
)


class Fts5:
    def __init__(self, path: str, analyser: Analyser) -> None:
        self._analyser = analyser
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.executescript(
            f"""
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA mmap_size = 2000000000;
            CREATE VIRTUAL TABLE words USING fts5(
              title, tokens, bigrams, grams, content = '', tokenize = "ascii tokenchars '{PUNCTUATION}'");
            CREATE TABLE listing (id INTEGER PRIMARY KEY, public INT, valid_from INT, valid_until INT,
              {", ".join(f"{name} TEXT" for name in SINGLE)});
            CREATE TABLE listing_certificate (id INT, certificate TEXT, PRIMARY KEY (id, certificate)) WITHOUT ROWID;
            """
        )

    def write(self, documents: Iterable[Document]) -> None:
        run = self._base.execute
        run("BEGIN")
        for each in documents:
            title = self._analyser.streams(each.title)
            rest = self._analyser.streams(f"{each.subtitle}\n{each.body}")
            tokens, bigrams = title.words + rest.words, [*title.bigrams, "¶", *rest.bigrams]
            run(
                "INSERT INTO words (rowid, title, tokens, bigrams, grams) VALUES (?, ?, ?, ?, ?)",
                (each.id, *map(" ".join, (title.words, tokens, bigrams, title.grams + rest.grams))),
            )
            values = [each.kind, *(each.facets[name][0] for name in SINGLE[1:])]
            row = [each.id, "public" in each.visibility, each.valid_from, each.valid_until, *values]
            run(f"INSERT INTO listing VALUES ({', '.join('?' * len(row))})", row)
            for certificate in each.facets["certificate"]:
                run("INSERT INTO listing_certificate VALUES (?, ?)", (each.id, certificate))
        run("COMMIT")
        run("INSERT INTO words (words) VALUES ('optimize')")
        run("ANALYZE")

    def search(self, query: Query) -> tuple[list[int], int, dict[str, dict[str, int]]]:
        """The first twenty, the total, and the counts: the same question as the engines answer."""
        match = self._match(query)
        if not match:
            return [], 0, {}
        day = TODAY.toordinal()
        readable = f"l.public AND l.valid_from <= {day} AND l.valid_until >= {day}"
        chosen = {name: self._chosen(name, query.filters[name]) for name in FILTERED}
        joined = "FROM words f CROSS JOIN listing l ON l.id = f.rowid WHERE words MATCH ?"
        marks = ", ".join(f"({condition}) AS in_{name}" for name, condition in chosen.items())
        counts = " UNION ALL ".join(self._counting(name) for name in ("kind", *FACETS))
        passing = " AND ".join(f"in_{name}" for name in FILTERED)
        rows = self._base.execute(
            f"WITH h AS MATERIALIZED (SELECT l.*, bm25(words, 2.0, 1.0, 0.3, 0.3) AS score, {marks} {joined} AND {readable})"
            f" SELECT * FROM (SELECT '', id, score FROM h WHERE {passing} ORDER BY score LIMIT 20) UNION ALL {counts}",
            (match,),
        ).fetchall()
        page: list[int] = []
        found: dict[str, dict[str, int]] = {}
        for name, value, count in rows:
            if name:
                found.setdefault(name, {})[value] = count
            else:
                page.append(value)
        return page, sum(found.get("kind", {}).values()), found

    def _counting(self, name: str) -> str:
        others = " AND ".join(f"in_{other}" for other in FILTERED if other != name)
        if name == "certificate":
            return (
                "SELECT 'certificate', c.certificate, count(*) FROM h JOIN listing_certificate c ON c.id = h.id"
                f" WHERE {others} GROUP BY 2"
            )
        return f"SELECT '{name}', {name}, count(*) FROM h WHERE {others} GROUP BY 2"

    def _chosen(self, name: str, values: tuple[str, ...]) -> str:
        listed = ", ".join(f"'{value}'" for value in values)
        if name == "certificate":
            return f"EXISTS (SELECT 1 FROM listing_certificate c WHERE c.id = l.id AND c.certificate IN ({listed}))"
        return f"l.{name} IN ({listed})"

    def _match(self, query: Query) -> str:
        return " OR ".join(filter(None, map(self._words, query.wanted.alternatives)))

    def _words(self, asked: Alternative) -> str:
        groups = [self._group(group) for group in self._analyser.groups(asked.text)]
        if not groups:  # function words alone: they can at least occur literally
            return self._literal(asked.text)
        return " OR ".join(f"({' AND '.join(some)})" for some in combinations(groups, least(len(groups))))

    def _group(self, group: Group) -> str:
        """What must occur, as the engines look for it; ranked by that alone, which is less than they do."""
        if stretches := self._analyser.stretches(group):
            return " AND ".join(self._literal(stretch) for stretch in stretches)
        ways = [f"tokens : {_quoted(group.whole)}", self._literal(group.spelling)]
        if group.parts:
            ways.append("(" + " AND ".join(f"tokens : {_quoted(part)}" for part in group.parts) + ")")
        return f"({' OR '.join(ways)})"

    def _literal(self, text: str) -> str:
        stream, tokens = self._analyser.literal(text)
        return f"{stream} : {_quoted(' '.join(tokens))}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
