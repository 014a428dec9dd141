"""Takes apart words that run together, where the document and the word lists leave no doubt.

A string comes apart if it is no word, its pieces are words, and one of each two pieces is a
function word, as links mostly follow one: "ofanxiety", "problemsorarrhythmia". Two content
words come apart only if both are common and the string stands once in the document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rag.ingest.lexicon import common_words, english_words

FUNCTION_WORDS = frozenset(
    "about affects all also am and another are as ask at between by call called can cause causes "
    "certain contact during find for from get had has have helps here how if in include includes "
    "including involves is its like many may much occurs of on or other our please provide "
    "provides resource see shows such text that the their then these this through to treat use "
    "using via visit was webpage website were when which who will with you your".split()
)
# Real words begin or end with these ("inattentive", "stressor"), so alone they prove nothing.
_NOT_FIRST = frozenset("am had here if its was who you".split())
_SELDOM_FIRST = frozenset({"in", "on"})
_NOT_LAST = frozenset(
    "all am ask cause find get had if like many much or our see treat use".split()
)
_SELDOM_LAST = frozenset({"as", "on"})  # "pampas", "carton"
_SURE_LAST = frozenset("about and for from of resource that to webpage website which with".split())
_NO_NAME_ENDS = frozenset("about can for from has have may that to was which with".split())
_SURE_FIRST = tuple("about between called includes including their using which".split())
_CAPITAL_FIRST = frozenset("an contact new see the these this visit".split())
_NOT_AFTER_A = frozenset("motivation sexual social symptomatic typical volition".split())
_OF_ADJECTIVES = ("al", "ic", "ive", "ous", "tion", "ed", "ing", "ly")
_BEFORE_A = frozenset("about between called cause causes find from have helps using with".split())
_AN_AND_VOWEL = frozenset("ana ane ani ano anu".split())
_PREFIXES = frozenset(
    "after cardio counter cross cyber electro extra gastro hyper infra inter intra macro micro "
    "multi neuro ortho photo pseudo psycho quasi retro socio super supra techno thermo through "
    "trans ultra under".split()
)
_MIN_CONTENT = 4  # letters of a piece that is not a function word
_MIN_BEFORE_FUNCTION = 5  # of the only such piece, where it comes first
_MIN_DOUBTFUL = 6  # and where the whole may be a name
_MIN_OF_MANY = 5  # of each such piece where there are three pieces or more
_MIN_OF_TWO = 5  # of two such pieces without a function word
_MIN_LONG = 10  # of an adjective after "a": "asocial" is a word, "apsychological" is none
_MIN_RARE = 7  # shorter pieces must be common words
_MAX_PIECES = 5
_MAX_LETTERS = 36  # nothing longer was ever English
_MIN_SEEN_ONCE = 7  # of a piece that the document uses only once more
_SEEN = 2  # a string seen this often in the document may be a piece of another
_OFTEN = 3  # a word that the document uses often
_ESTABLISHED = 6  # a string seen this often is a word of its own

_WORD = re.compile(r"[A-Za-z]+")
_POSSESSIVE = re.compile(r"([A-Za-z]+)([’']s)")
_CAMEL = re.compile(r"([A-Z]?[a-z]+)([A-Z][A-Za-z]*)")
_CAPITALS = re.compile(r"([A-Z]{3,})([a-z]+)")


class GluedWords:
    """Takes apart the glued words of one document; content words only in one that is scraped."""

    def __init__(self, texts: Iterable[str], *, scraped: bool) -> None:
        self._scraped = scraped
        self._seen = Counter(word.lower() for text in texts for word in _WORD.findall(text))
        self._splits: dict[tuple[str, int], list[str]] = {}

    def apart(self, word: str) -> str:
        """The word with spaces between its pieces, or as it is."""
        if match := _POSSESSIVE.fullmatch(word):
            return self.apart(match[1]) + match[2]
        if word.isupper():
            return self._two_acronyms(word)
        match = _CAMEL.fullmatch(word) or _CAPITALS.fullmatch(word)
        if match and self._parts_at_capital(match[1], match[2]):
            return f"{self.apart(match[1])} {self.apart(match[2])}"
        if match and match[1][1:].islower() and match[1][0].isupper() and match[2][1:].islower():
            rest = self.apart(match[2].lower())  # "MedlinePlusresource"
            return match[1] + rest[0].upper() + rest[1:]
        lower = word.lower()
        plain = word.isalpha() and word[1:] == lower[1:] and len(word) <= _MAX_LETTERS
        if not plain or self._is_word(lower):
            return word
        pieces = self._pieces(lower, capital=word[0].isupper())
        cut, cursor = [], 0
        for piece in pieces:
            cut.append(word[cursor : cursor + len(piece)])
            cursor += len(piece)
        return " ".join(cut)

    def is_known(self, word: str) -> bool:
        """Whether the string may be a piece: an English word, or one that the document uses."""
        word = word.lower()
        words = english_words() if len(word) >= _MIN_RARE else common_words()
        seen = self._seen[word]
        return word in words or seen >= _SEEN or (seen > 0 and len(word) >= _MIN_SEEN_ONCE)

    def _two_acronyms(self, word: str) -> str:
        """ "CDCWISQARS" where the document writes both alone, or the word."""
        for at in range(3, len(word) - 2):
            if self._seen[word[:at].lower()] and self._seen[word[at:].lower()]:
                return f"{word[:at]} {word[at:]}"
        return word

    def _is_word(self, word: str) -> bool:
        return word in english_words() or self._seen[word] >= _ESTABLISHED

    def _parts_at_capital(self, left: str, right: str) -> bool:
        """Whether "theNational" or "ADHDis" comes apart; "FindTreatment" and "PubMed" do not."""
        if left.isupper():
            first = self.apart(right).split(" ")[0]
            word = first in FUNCTION_WORDS or (len(first) >= _MIN_OF_TWO and self.is_known(first))
            return word and (first in FUNCTION_WORDS or self._seen[left.lower()] > 0)
        glued = self.apart(left).split(" ")
        if len(glued) > 1 and (glued[-1] in FUNCTION_WORDS or right.isupper()):
            return True  # "MedicineorFood", "forsevereADHD"
        if left[0].isupper() and left.lower() not in _CAPITAL_FIRST:
            return False
        if left.lower() in FUNCTION_WORDS | _CAPITAL_FIRST:
            return len(right) >= _MIN_CONTENT or right.isupper() or self.is_known(right)
        whole = len(left) >= _MIN_CONTENT and left in common_words()
        return whole and (right.isupper() or self.is_known(right))

    def _pieces(self, word: str, *, capital: bool) -> Sequence[str]:
        for head in _SURE_FIRST:
            if self._scraped and word.startswith(head) and len(word) >= len(head) + _MIN_OF_TWO:
                rest = word[len(head) :]
                return [
                    head,
                    *([rest] if self._is_word(rest) else self._pieces(rest, capital=False)),
                ]
        if word[:3] in _AN_AND_VOWEL and self._may_be_piece(word[2:]):
            return [word[:2], word[2:]]
        if self._is_lettered(word, capital=capital):
            return [word[0], word[1:]]
        if self._scraped and word[-1] == "a" and word[:-1] in _BEFORE_A:
            return [word[:-1], "a"]
        pieces = self._split(word, _MAX_PIECES)
        if len(pieces) > 1 and self._convinces(pieces, word, capital=capital):
            return pieces
        two = self._two_common_words(word) if self._scraped else [word]
        short = min(map(len, two)) < _MIN_OF_TWO and not self._seen[two[0]]
        named = capital and short  # "Blackwell"
        return [word] if named else two

    def _is_lettered(self, word: str, *, capital: bool) -> bool:
        """Whether it is "a" or a capital letter with a word, as in "Cluster Cpersonality"."""
        rest = word[1:]
        if rest not in common_words() or rest in _NOT_AFTER_A or len(rest) < _MIN_CONTENT:
            return False
        plain = not rest.endswith(_OF_ADJECTIVES) or len(rest) >= _MIN_LONG
        if word[0] == "a" and len(rest) >= _MIN_OF_TWO and plain:
            return True
        lettered = word[0] == "a" or (capital and len(rest) >= _MIN_OF_TWO)
        return lettered and self._seen[rest] >= _OFTEN

    def _split(self, word: str, most: int) -> list[str]:
        """The fewest pieces that may be neighbours; [] if there are none."""
        if most < 1:
            return []
        if (word, most) in self._splits:
            return self._splits[word, most]
        best: list[str] = []
        for at in range(len(word) - 2, 1, -1):
            head, tail = word[:at], word[at:]
            if not self._may_be_piece(head):
                continue
            rest = [tail] if self._may_be_piece(tail) else self._split(tail, most - 1)
            if not rest or not self._may_meet(head, rest[0]):
                continue
            if not best or self._doubt([head, *rest]) < self._doubt(best):
                best = [head, *rest]
        self._splits[word, most] = best
        return best

    def _doubt(self, pieces: Sequence[str]) -> tuple[int, int]:
        """How many pieces there are, and how many of them little speaks for."""
        weak = sum(
            piece not in FUNCTION_WORDS and len(piece) < _MIN_OF_MANY and not self._seen[piece]
            for piece in pieces
        )
        return len(pieces), weak

    def _may_meet(self, one: str, other: str) -> bool:
        """Whether two pieces may be neighbours: a function word and another, or common words."""
        if one in FUNCTION_WORDS or other in FUNCTION_WORDS:
            return True
        return one in common_words() and other in common_words()

    def _may_be_piece(self, text: str) -> bool:
        return text in FUNCTION_WORDS or (len(text) >= _MIN_CONTENT and self.is_known(text))

    def _convinces(self, pieces: Sequence[str], word: str, *, capital: bool) -> bool:
        if self._is_compound(word):
            return False  # "causedisability": not "caused is ability"
        content = [piece for piece in pieces if piece not in FUNCTION_WORDS]
        if len(content) == len(pieces):
            return False
        if len(pieces) > 2 or len(content) != 1:
            least = _MIN_OF_MANY - (len(pieces) - len(content) > 1)
            return all(self._seen[piece] or len(piece) >= least for piece in content)
        first, last = pieces
        often = self._seen[content[0]] >= _OFTEN
        sure = self._seen[content[0]] > 0 or (last == content[0] and len(first) >= _MIN_CONTENT)
        if capital and not sure and last not in _NO_NAME_ENDS and len(content[0]) < _MIN_DOUBTFUL:
            return False  # "Medicare"
        if last == content[0]:
            return first not in _NOT_FIRST and (often or first not in _SELDOM_FIRST)
        if last in _SELDOM_LAST:
            return often or len(content[0]) >= _MIN_RARE
        enough = often or last in _SURE_LAST or len(content[0]) >= _MIN_BEFORE_FUNCTION
        return enough and last not in _NOT_LAST

    def _is_compound(self, word: str) -> bool:
        """Whether two content words make it up; "drug sand" is no such pair."""
        return any(
            self._is_content(word[:at])
            and self._is_content(word[at:])
            and not (word[at] == "s" and word[at + 1 :] in FUNCTION_WORDS)
            for at in range(3, len(word) - 2)
        )

    def _is_content(self, text: str) -> bool:
        whole = len(text) >= _MIN_CONTENT or self._seen[text] > 0  # "orchat": "orc" is rare
        return whole and text not in FUNCTION_WORDS and self.is_known(text)

    def _two_common_words(self, word: str) -> Sequence[str]:
        """Two common words run together once; the word itself where that is not certain."""
        splits = [
            (word[:at], word[at:])
            for at in range(_MIN_OF_TWO, len(word) - _MIN_CONTENT + 1)
            if self._is_common(word[:at]) and self._is_common(word[at:])
        ]
        certain = self._seen[word] == 1 and len(splits) == 1 and splits[0][0] not in _PREFIXES
        return splits[0] if certain else [word]

    def _is_common(self, word: str) -> bool:
        if len(word) < _MIN_OF_TWO:
            return self._seen[word] >= _SEEN
        return word in common_words() or self._seen[word] >= _OFTEN
