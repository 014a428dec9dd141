"""What may not leave the engine: checked on every sentence of an answer and on quoted passages.

A sentence that breaks a rule is dropped whole; a passage with such content can still be named by
its title. The rules are narrow on purpose: general facts about suicide, self-harm, eating
disorders and medicines are what people need, so only method, lethality, place, amount and
unsafe wording are stopped. Sources: WHO media guide (2023), Samaritans' media guidelines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from rag.errors import CorpusError
from rag.safety.resources import load_resources

CLINICIAN = "clinician"

_SUICIDE = r"(?:suicid\w*|kill(?:ed|ing)? (?:him|her|your|my|them|one)sel\w+|self-?harm\w*|take (?:your|their|his|her) (?:own )?li\w+)"
_METHOD = (
    r"(?:hanging|hanged|strangulation|asphyxiation|suffocation|firearms?|guns?|gunshots?|shooting|"
    r"jumping|drowning|poisoning|pesticides?|carbon monoxide|charcoal|helium|overdos\w+|"
    r"paracetamol|acetaminophen|barbiturates|razors?|blades?|wrists?)"
)
_SAFER = re.compile(
    r"\b(?:prevent\w*|stor(?:e|ed|age|ing)|lock\w*|remov\w+|limit\w*|restrict\w*|access|barriers?|"
    r"safe(?:ty|ly|r)?|disposal?|dispose|secure\w*|call|emergency|poison (?:control|cent\w+)|"
    r"antidote|naloxone|warning signs?|seek|get help|helpline|lifeline)\b",
    re.I,
)
_METHOD_AND_ACT = re.compile(
    rf"\b{_METHOD}\b.{{0,80}}\b{_SUICIDE}|\b{_SUICIDE}.{{0,80}}\b{_METHOD}\b", re.I
)
_METHOD_RANK = re.compile(
    r"\b(?:methods? (?:of|for|used in|to)|means of|ways? of|ways? to)\s+(?:suicide|self-?harm\w*|"
    r"kill\w* (?:your|my|one|them|him|her)sel\w+|dying|die|end (?:your|my|their) life)\b",
    re.I,
)
_HANGED = re.compile(
    r"\b(?:hanged|hung|shot|drowned|stabbed|gassed|poisoned|suffocated) (?:him|her|them)sel\w+\b|"
    r"\bdied (?:by|from|after) (?:hanging|jumping|shooting|a gunshot|an? (?:deliberate|intentional) "
    r"overdose)\b|\bjump\w* (?:from|off|in front of) (?:an? |the )?(?:bridge|building|roof|cliff|"
    r"train|tower|balcony)\b",
    re.I,
)
_LETHAL = re.compile(
    r"\b(?:lethal|fatal|deadly|toxic)\s+(?:dos\w+|amounts?|quantit\w+|combinations?|levels?|range)|"
    r"\b(?:most|more|highly|least)\s+(?:lethal|painful|painless|deadly)\b|\bpainless(?:ly)?\b|"
    r"\b(?:can|may|could|will|would) (?:be (?:lethal|fatal|deadly)|kill (?:you|a person|an adult))"
    r"[^.]{0,40}\b\d|\b\d[^.]{0,40}\b(?:can|may|could|will|would) (?:be (?:lethal|fatal)|kill)\b",
    re.I,
)
_NOTE = re.compile(
    r"\b(?:dear (?:mum|mom|all|everyone|family),? (?:by the time|when you read)|"
    r"(?:write|writing|draft) (?:a|your|the) suicide note)\b",
    re.I,
)
_HIDING = re.compile(
    r"\b(?:hid(?:e|ing)|conceal(?:ing)?|cover(?:ing)? up)\b.{0,40}\b(?:cuts|self-?harm\w*|scars from|"
    r"purging|vomiting|weight loss|not eating)\b.{0,40}\b(?:by|with|under|so (?:that )?no)\b",
    re.I,
)
_PURGE = re.compile(
    r"\b(?:you can|you could|you should|try|try to|to lose weight,?|tips?:?)\s+(?:\w+ ){0,3}"
    r"(?:purg\w+|vomit\w*|laxatives?|diuretics?|fast(?:ing)? for|skip(?:ping)? meals|"
    r"mak(?:e|ing) yourself (?:sick|vomit|throw up))",
    re.I,
)
_CALORIES = re.compile(
    r"\b\d[\d,.]*\s*(?:-|–|to)?\s*[\d,.]*\s*(?:k?cal\b|k?cals\b|kilocalories\b|calories\b|calorie\b)|"
    r"\b(?:BMI|body[- ]mass index)\b[^.]{0,40}?\d|"
    r"\b(?:weigh\w*|weight|los(?:e|t|ing)|gain\w*|drop\w*)\b[^.]{0,30}\b\d[\d.,]*\s*"
    r"(?:lbs?\b|pounds?\b|kg\b|kilos?\b|kilograms?\b|stones?\b|(?:%|percent|per cent) of (?:\w+ ){0,3}"
    r"(?:body )?weight)|"
    r"\b\d[\d.,]*\s*(?:lbs?\b|pounds\b|kg\b|kilos?\b|kilograms?\b|(?:%|percent|per cent)) "
    r"(?:of (?:\w+ ){0,3}body weight|below (?:\w+ ){0,3}weight|underweight)",
    re.I,
)
_AMOUNT = re.compile(
    r"\b(\d[\d,.]*)\s*(?:(?:-|–|to)\s*\d[\d,.]*\s*)?"
    r"(mg|mcg|µg|μg|milligrams?|micrograms?|ml|millilit(?:er|re)s?|IU|mmol/l|meq/l|ng/ml|"
    r"tablets?|pills?|capsules?|puffs?|drops?|patch(?:es)?)\b",
    re.I,
)
_WORD_AMOUNT = re.compile(
    r"\b(?:take|taking|takes|dose of|give|swallow|double|halve|half)\s+(?:up to |about )?"
    r"(?:one|two|three|four|half an?|an? half|an extra|another|double)\s+"
    r"(?:tablets?|pills?|capsules?|doses?|patch(?:es)?)\b",
    re.I,
)
_COMMITTED = re.compile(
    r"\bcommit(?:s|ted|ting)?\s+suicide\b|\b(?:un)?successful (?:suicide|attempt)|\bfailed (?:suicide|"
    r"attempt)|\bsuicide (?:epidemic|victims?)\b|\bcompleted suicides?\b",
    re.I,
)
_PROMISE = re.compile(
    r"\b(?:guarante\w+|i promise|we promise|100 ?% (?:effective|safe|cure\w*|success)|"
    r"miracle (?:cure|treatment)|will (?:definitely|certainly|always|completely|fully|surely) "
    r"(?:cure|work|recover|heal|get better|go away|fix)|will cure|permanent(?:ly)? cures?|"
    r"complete cure|cures? (?:your )?(?:depression|anxiety|ocd|ptsd|bipolar|schizophrenia|adhd|"
    r"autism|insomnia|panic|addiction|anorexia|bulimia)|has no (?:risks|side effects)|"
    r"completely (?:safe|harmless))\b",
    re.I,
)
_NO = re.compile(
    r"\b(?:no|not|never|nor|cannot|can't|isn't|aren't|won't|doesn't|don't|without|nobody|"
    r"none|neither|nothing|hardly|rarely)\b",
    re.I,
)
_HUMAN = re.compile(
    r"\bI(?:'m|’m| am) (?:also |just |only |really )?(?:an? |your )?(?:\w+ ){0,2}"
    r"(?:human(?: being)?|real person|person|therapist|doctor|psychologist|psychiatrist|counsell?or|"
    r"nurse|friend|best friend|companion|girlfriend|boyfriend|social worker|clinician)\b",
    re.I,
)
_BOND = re.compile(
    r"\bI (?:really |truly )?(?:love you|need you|miss you|missed you|care about you more)\b|"
    r"\b(?:nobody|no one) (?:else )?understands you\b|\byou (?:don't|do not|don’t) need (?:anyone "
    r"else|other people|a therapist|a doctor|professional help|them|anybody else)\b|"
    r"\bI(?:'ll|’ll| will) always be (?:here|there) for you\b|\byour secrets? (?:is|are) safe with me\b|"
    r"\bI know exactly how you feel\b|\b(?:only I|I am the only one who) (?:can|understand)",
    re.I,
)
_VERDICT = re.compile(
    r"\byou(?:'re|’re| are) (?:at )?(?:a )?(?:high|low|medium|moderate|severe|minimal) (?:suicide )?risk\b|"
    r"\byour (?:suicide )?risk (?:score|level) is\b|"
    r"\byou (?:clearly|definitely|probably|certainly|obviously|most likely|likely) (?:have|are) "
    r"(?:\w+ ){0,2}(?:depress\w+|bipolar|schizophreni\w+|ptsd|ocd|adhd|autis\w+|anorexi\w+|bulimi\w+|"
    r"borderline|psycho\w+|anxiety|disorder)",
    re.I,
)
_LONG_NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d[\d\s().–-]{5,18}\d(?![\w%]|[.,]\d)")
_VANITY = re.compile(r"\b1?[-\s]?8\d\d[-\s][A-Z0-9]{2,4}[-\s]?[A-Z0-9]{3,7}\b")
_SHORT_NUMBER = re.compile(
    r"\b(?:call|dial|text|phone|ring|sms|calling|texting|dialling|dialing|number is|hotline|helpline|"
    r"lifeline|at)\b[^\w\d]{0,3}(?:\w{1,12}[ ,:]{1,2}){0,3}?(\d{2,6})\b(?!\s*(?:%|percent|people|"
    r"years?|days?|weeks?|months?|hours?|minutes?|times|am\b|pm\b|a\.m|p\.m|mg|and \d|to \d|-\d|:))",
    re.I,
)
_YEARS = re.compile(r"\(?(?:19|20)\d\d\)?\s*[–-]\s*\(?(?:19|20)?\d\d\)?")
_RULES = (
    ("unsafe wording about suicide", _COMMITTED),
    ("lethality", _LETHAL),
    ("method", _METHOD_RANK),
    ("method", _HANGED),
    ("a note", _NOTE),
    ("hiding harm", _HIDING),
    ("purging or fasting advice", _PURGE),
    ("calorie, weight or BMI figure", _CALORIES),
    ("claim of closeness", _BOND),
    ("verdict on the person", _VERDICT),
)


def blocked(
    text: str, *, passages: Iterable[str] = (), audience: str = "public"
) -> tuple[str, ...]:
    """Why `text` may not be released; empty when it may.

    `passages` are the passages that the sentence cites: a number of a helpline, and for
    clinicians a dose, is let through when one of them states it.

    >>> blocked("He committed suicide.")
    ('safety: unsafe wording about suicide',)
    >>> blocked("Talking therapy helps many people with depression.")
    ()
    """
    cited = tuple(passages)
    reasons = [name for name, rule in _RULES if rule.search(text)]
    if _METHOD_AND_ACT.search(text) and not _SAFER.search(text):
        reasons.append("method")
    if _unless_denied(_PROMISE, text):
        reasons.append("promise")
    if _unless_denied(_HUMAN, text):
        reasons.append("claim to be a person")
    if any(_amounts(text)) and not (audience == CLINICIAN and _stated(text, cited)):
        reasons.append("dose")
    if unknown := _unknown_numbers(text, cited):
        reasons.append(f"phone number not in the table or the passage: {unknown[0]}")
    return tuple(f"safety: {reason}" for reason in dict.fromkeys(reasons))


def _unless_denied(rule: re.Pattern[str], text: str) -> bool:
    """Whether the rule matches without a "no" or "not" in the same sentence before or in it."""
    return any(not _NO.search(text[max(0, m.start() - 60) : m.end()]) for m in rule.finditer(text))


def _amounts(text: str) -> Iterator[str]:
    for match in _AMOUNT.finditer(text):
        yield f"{match[1].rstrip('.,')} {match[2].lower()}"
    for match in _WORD_AMOUNT.finditer(text):
        yield match[0].lower()


def _stated(text: str, passages: Sequence[str]) -> bool:
    known = {amount for passage in passages for amount in _amounts(passage)}
    return all(amount in known for amount in _amounts(text))


def _unknown_numbers(text: str, passages: Sequence[str]) -> list[str]:
    given = list(_phone_numbers(text))
    if not given:
        return []
    known = set(_table_numbers())
    for passage in passages:
        known.update(_digits(number) for number in _phone_numbers(passage))
    return [number for number in given if _digits(number) not in known]


def _phone_numbers(text: str) -> Iterator[str]:
    for match in _LONG_NUMBER.finditer(text):
        found = match[0].strip()
        if len(re.sub(r"\D", "", found)) >= 7 and not _YEARS.fullmatch(found):
            yield found
    for match in _VANITY.finditer(text):
        if re.search(r"[A-Z]", match[0]):
            yield match[0]
    for match in _SHORT_NUMBER.finditer(text):
        yield match[1]


def _digits(number: str) -> str:
    return re.sub(r"[^\dA-Z]", "", number)


@lru_cache(maxsize=1)
def _table_numbers() -> frozenset[str]:
    """Numbers of the shipped table; none when it is damaged, so that every number is blocked."""
    try:
        return load_resources().numbers()
    except CorpusError:
        return frozenset()
