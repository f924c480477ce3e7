"""Hits are marked on escaped text: nothing that somebody wrote into a title becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from marketplace.discovery.cards import marked, title_of
from search.results import Hit

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>&\"'<mark>"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    return tags


@given(st.lists(st.tuples(st.text(max_size=30) | st.just(HOSTILE), st.booleans()), max_size=8))
def test_only_marks_come_out_and_the_text_is_whole(segments: list[tuple[str, bool]]) -> None:
    html = str(marked(segments))
    tags = read(html)
    assert all(tag == ("mark", []) for tag in tags.seen)
    assert len(tags.seen) == sum(is_hit for _, is_hit in segments)
    for character in "<>":
        assert html.count(character) == 2 * len(tags.seen)


def test_a_title_that_the_index_holds_none_of_is_the_rows_own_and_escaped() -> None:
    hit = Hit("capability", 1, (), "", (), 0.0)
    assert str(title_of(hit, "<b>尼龙</b>")) == "&lt;b&gt;尼龙&lt;/b&gt;"
