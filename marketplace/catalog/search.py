"""Full-text search with Indonesian word stems, by SQLite's FTS5 or PostgreSQL's text search.

Words are brought to their stem when a product is stored and when somebody searches. Each word is also kept as it is
written, so that the first letters of a word find it.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from Sastrawi.StopWordRemover.StopWordRemoverFactory import StopWordRemoverFactory
from sqlalchemy import ColumnElement, Select, column, false, func, select, table, text

from ..extensions import db
from .models import Product

MAX_LETTERS = 40
"""Of a word; PostgreSQL refuses very long ones."""
MAX_WORDS = 8
MAX_QUERY = 200
MAX_TEXT = 8000
WORD = re.compile(r"[^\W_]+")

FTS = table("product_search", column("rowid"), column("search_text"))


def stemmed(content: str) -> str:
    """Return the words of a text for the index: stem and written form, each once, stop words left out."""
    found: dict[str, None] = {}
    for word in _words(content):
        found[_stem(word)] = None
        found[word] = None
    return _cut(" ".join(found))


def match(statement: Select[Any], typed: str) -> Select[Any]:
    """Add to a SELECT over products that they hold all words typed; the last may be a beginning.

    Takes any text and never fails: what has no word to look for finds nothing, an empty text everything.
    """
    if not typed.strip():
        return statement
    words = _words(typed[:MAX_QUERY])[-MAX_WORDS:]
    return statement.where(_condition(words) if words else false())


def _condition(words: list[str]) -> ColumnElement[bool]:
    if db.engine.dialect.name == "sqlite":
        # Every word stands in quotes: a phrase to FTS5, never an operator.
        terms = [f'"{_stem(word)}"' for word in words[:-1]]
        terms.append(f'("{_stem(words[-1])}" OR "{words[-1]}"*)')
        found = select(FTS.c.rowid).where(text("product_search MATCH :typed").bindparams(typed=" AND ".join(terms)))
        return Product.id.in_(found)
    terms = [f"'{_stem(word)}'" for word in words[:-1]]
    terms.append(f"('{_stem(words[-1])}' | '{words[-1]}':*)")
    vector = func.to_tsvector(text("'simple'"), Product.search_text)
    return vector.bool_op("@@")(func.to_tsquery(text("'simple'"), " & ".join(terms)))


def _words(content: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", content).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word[:MAX_LETTERS] for word in WORD.findall(letters) if word not in _stop_words()]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    # Sastrawi takes Latin letters only; what it would empty (numbers, other scripts) stays as it is.
    found: str = _stemmer().stem_word(word)
    return found or word


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    # Its own cache never forgets a word, and words come from visitors: ours above is bounded.
    return StemmerFactory().create_stemmer().delegatedStemmer


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset(StopWordRemoverFactory().get_stop_words())


def _cut(content: str) -> str:
    return content if len(content) <= MAX_TEXT else content[:MAX_TEXT].rsplit(" ", 1)[0]
