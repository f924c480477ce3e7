"""Candidates by msearch: each question's tokens as should-clauses, the same statistics over all shards."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from elasticsearch import Elasticsearch

from search.documents import split_key
from search.engines.base import EngineUnavailable
from search.engines.candidates import Question
from search.engines.elasticsearch.clauses import Clause, facet, valid
from search.engines.elasticsearch.client import translated
from search.engines.elasticsearch.mapping import offered_field

#: Questions in one request: some seconds of a cluster's work, and a few megabytes of clauses.
AT_ONCE: Final = 32


def ask(
    client: Elasticsearch, index: str, questions: Sequence[Question], as_of: int, most: int
) -> Iterator[list[int]]:
    """The answers in the order of the questions."""
    for first in range(0, len(questions), AT_ONCE):
        some = questions[first : first + AT_ONCE]
        searches: list[dict[str, Any]] = []
        for question in some:
            searches += [{"allow_partial_search_results": False}, _search(question, as_of, most)]
        with translated():
            answered = client.msearch(index=index, searches=searches, search_type="dfs_query_then_fetch")
            answers = answered["responses"]
            if len(answers) != len(some):
                raise ValueError(f"{len(some)} questions were asked and {len(answers)} answered")
            yield from [_ids(answer) for answer in answers]


def _search(question: Question, as_of: int, most: int) -> dict[str, Any]:
    clauses: list[Clause] = [
        {"term": {offered_field(each.field): {"value": each.token, "boost": each.weight}}}
        for each in question.wanted
    ]
    chosen = [facet("kind", [question.kind]), *(facet(*each) for each in question.among.items())]
    return {
        "query": {
            "bool": {
                "should": clauses, "minimum_should_match": 1, "filter": [*chosen, *valid(as_of)],
            }
        },
        "sort": [{"_score": "desc"}, {"neutral": "asc"}],
        "size": most,
        "_source": False,
        "track_total_hits": False,
    }  # fmt: skip


def _ids(answer: dict[str, Any]) -> list[int]:
    """A question that failed alone fails the whole: half the candidates would pass for all."""
    if "error" in answer or answer["timed_out"] or answer["_shards"]["failed"]:
        raise EngineUnavailable(f"a question for candidates failed: {str(answer.get('error', ''))[:300]}")
    return [split_key(str(hit["_id"]))[1] for hit in answer["hits"]["hits"]]
