"""The regular expressions behind `rag.safety.output`, one idea each, all of bounded length."""

from __future__ import annotations

import re


def _any(*parts: str) -> re.Pattern[str]:
    """A case-blind pattern for any of `parts`."""
    return re.compile("|".join(parts), re.IGNORECASE)


_PERSON = r"(?:him|her|your|my|them|one)"
_ACT = (
    rf"(?:suicid\w*|kill(?:ed|ing|s)? {_PERSON}sel\w+|self-?harm\w*|"
    r"tak(?:e|es|ing) (?:your|their|his|her|my) (?:own )?li\w+)"
)
_METHOD = (
    r"(?:hanging|hanged|strangulation|asphyxiation|suffocation|firearms?|guns?|gunshots?|shooting|"
    r"jumping|drowning|poisoning|pesticides?|carbon monoxide|charcoal|helium|overdos\w+|"
    r"paracetamol|acetaminophen|barbiturates|razors?|blades?|wrists?)"
)

INSTRUCTION = _any(
    r"\b(?:ignore|disregard|forget|override)\s+(?:\w+ ){0,2}(?:previous|prior|earlier|above|your)"
    r"\s+(?:\w+ )?(?:instructions?|rules?|prompts?|sources?|guidelines)\b",
    r"^\W*(?:system|assistant|developer)\s*:",
)
COMMITTED = _any(
    r"\bcommit(?:s|ted|ting)?\s+suicide\b",
    r"\b(?:un)?successful(?:ly)? (?:suicides?|attempt\w*|killed)",
    r"\b(?:failed|completed) (?:suicides?|suicide attempts?)\b",
    r"\bsuicide epidemic\b",
)
METHOD_NEAR_ACT = _any(rf"\b{_METHOD}\b.{{0,80}}\b{_ACT}", rf"\b{_ACT}.{{0,80}}\b{_METHOD}\b")
SAFETY_CONTEXT = _any(
    r"\b(?:prevent\w*|stor(?:e|ed|age|ing)|lock\w*|remov\w+|limit\w*|restrict\w*|reduc\w+)\b",
    r"\b(?:access|barriers?|safe(?:ty|ly|r)?|disposal?|dispose|secure\w*|call|emergency)\b",
    r"\b(?:antidote|naloxone|poison (?:control|cent\w+)|warning signs?|seek|get help|helpline)\b",
    r"\b(?:lifeline|risk factors?)\b",
)
WAY_TO_DIE = _any(
    r"\b(?:methods?|means|ways?) (?:of|for|used in|to) (?:suicide|self-?harm\w*|dying|die|"
    r"kill\w* (?:your|my|one|them|him|her)sel\w+|end (?:your|my|their) life)\b"
)
DIED_HOW = _any(
    r"\b(?:hanged|hung|shot|drowned|stabbed|gassed|poisoned|suffocated) (?:him|her|them)sel\w+\b",
    r"\bdied (?:by|from|after) (?:hanging|jumping|shooting|a gunshot|"
    r"an? (?:deliberate|intentional) overdose)\b",
    r"\bjump\w* (?:from|off|in front of) (?:an? |the )?"
    r"(?:bridge|building|roof|cliff|train|tower|balcony)\b",
)
LETHALITY = _any(
    r"\b(?:lethal|fatal|deadly|toxic) (?:dos\w+|amounts?|quantit\w+|combinations?|range)\b",
    r"\b(?:most|more|highly|least) (?:lethal|painful|painless|deadly) (?:\w+ ){0,2}"
    r"(?:method|means|way|drug|dose|suicid\w*)",
    r"\bpainless(?:ly)? (?:death|way|method|suicide|to die)\b|\b(?:die|death) painless(?:ly)?\b",
    r"\b(?:can|may|could|will|would) (?:be (?:lethal|fatal|deadly)|kill (?:you|a person|an adult))"
    r"[^.]{0,40}\b\d+ ?(?:mg|g|tablets|pills|ml)",
    r"\b\d+ ?(?:mg|g|tablets|pills|ml)\b[^.]{0,40}\b(?:can|may|could|will|would) "
    r"(?:be (?:lethal|fatal)|kill)\b",
)
NOTE = _any(
    r"\bdear (?:mum|mom|dad|all|everyone|family),? (?:by the time|when you read)",
    r"\b(?:write|writing|draft|compose) (?:a|your|the) suicide note\b",
)
HIDING = _any(
    r"\b(?:hid(?:e|ing)|conceal(?:ing)?|cover(?:ing)? up) (?:\w+ ){0,4}"
    r"(?:cuts|self-?harm\w*|purging|vomiting|weight loss|not eating)\b(?: \w+){0,4} "
    r"(?:by|with|under|so that no)\b"
)
PURGING = _any(
    r"\b(?:you can|you could|you should|try|to lose weight,?|tips?:?) (?:\w+ ){0,3}"
    r"(?:purg\w+|vomit\w*|laxatives?|diuretics?|fast(?:ing)? for|skip(?:ping)? meals|"
    r"mak(?:e|ing) yourself (?:sick|vomit|throw up))"
)
BODY_NUMBERS = _any(
    r"\b\d[\d,.]*(?: ?(?:-|–|to) ?\d[\d,.]*)? ?(?:k?cals?|kilocalories|calories?)\b",
    r"\b(?:BMI|body[- ]mass index)\b[^.]{0,40}?\d",
    r"\b(?:weigh\w*|weight|los(?:e|es|t|ing)|gain\w*|drop\w*)\b[^.]{0,30}\b\d[\d.,]* ?"
    r"(?:lbs?|pounds?|kg|kilos?|kilograms?|stones?)\b",
    r"\b\d[\d.,]* ?(?:%|percent|per cent) (?:of|below) (?:\w+ ){0,4}(?:body )?weight\b",
    r"\b(?:weigh\w*|los(?:e|es|t|ing)) [^.]{0,30}\d[\d.,]* ?(?:%|percent|per cent)",
)
AMOUNT = re.compile(
    r"\b(\d[\d,.]*) ?(?:(?:-|–|to) ?\d[\d,.]* ?)?"
    r"(mg|mcg|µg|μg|milligrams?|micrograms?|ml|millilit(?:er|re)s?|IU|mmol/l|meq/l|ng/ml|"
    r"tablets?|pills?|capsules?|puffs?|drops?|patch(?:es)?)\b",
    re.IGNORECASE,
)
WORD_AMOUNT = _any(
    r"\b(?:tak(?:e|es|ing)|dose of|give|swallow|double|halve|half) (?:up to |about )?"
    r"(?:one|two|three|four|half an?|an? half|an extra|another|double) "
    r"(?:tablets?|pills?|capsules?|doses?|patch(?:es)?)\b"
)
PROMISE = _any(
    r"\bguarante\w+|\b(?:I|we) promise\b|\b100 ?% (?:effective|safe|cure\w*|success)",
    r"\bmiracle (?:cure|treatment)|\bpermanent(?:ly)? cures?\b|\bcomplete cure\b|\bwill cure\b",
    r"\bwill (?:definitely|certainly|always|completely|fully|surely) "
    r"(?:cure|work|recover|heal|get better|go away|fix)",
    r"\bcures? (?:your )?(?:depression|anxiety|ocd|ptsd|bipolar|schizophrenia|adhd|autism|insomnia|"
    r"panic|addiction|anorexia|bulimia)\b",
    r"\bhas no (?:risks|side effects)\b|\bcompletely (?:safe|harmless)\b",
)
DENIAL = _any(
    r"\b(?:no|not|never|nor|cannot|can't|isn't|aren't|won't|doesn't|don't|without|nobody|none|"
    r"neither|nothing|hardly|rarely)\b"
)
HUMAN = _any(
    r"\bI(?:'m|’m| am) (?:also |just |only |really )?(?:an? |your )?(?:\w+ ){0,2}"
    r"(?:human(?: being)?|real person|person|therapist|doctor|psychologist|psychiatrist|"
    r"counsell?or|nurse|friend|companion|girlfriend|boyfriend|social worker|clinician)\b"
)
BOND = _any(
    r"\bI (?:really |truly )?(?:love you|need you|miss(?:ed)? you|care about you more)\b",
    r"\b(?:nobody|no one) (?:else )?understands you\b",
    r"\byou (?:don't|do not|don’t) need (?:anyone else|anybody else|other people|a therapist|"
    r"a doctor|professional help)\b",
    r"\bI(?:'ll|’ll| will) always be (?:here|there) for you\b",
    r"\byour secrets? (?:is|are) safe with me\b|\bI know exactly how you feel\b",
)
VERDICT = _any(
    r"\byou(?:'re|’re| are) (?:at )?(?:a )?(?:high|low|medium|moderate|severe|minimal) "
    r"(?:suicide )?risk\b|\byour (?:suicide )?risk (?:score|level) is\b",
    r"\byou (?:clearly|definitely|probably|certainly|obviously|most likely|likely) (?:have|are) "
    r"(?:\w+ ){0,2}(?:depress\w+|bipolar|schizophreni\w+|ptsd|ocd|adhd|autis\w+|anorexi\w+|"
    r"bulimi\w+|borderline|psycho\w+|anxiety|disorder)",
)
# Harms of companion chatbots, after the taxonomy of Zhang et al. 2025 (arXiv:2410.20130).
ABUSE = _any(
    r"\byou(?:'re|’re| are) (?:so |just |such |really |nothing but )*(?:an? )?"
    r"(?:stupid|worthless|pathetic|disgusting|idiot|loser|failure|waste of space|weak|crazy|"
    r"selfish)\b(?! (?:thought|feeling|belief))",
    r"\b(?:nobody|no one) (?:will ever |would ever |could ever )?"
    r"(?:loves?|likes?|wants?|misse?s?) you\b",
    r"\b(?:the world|everyone|they) (?:would|will) be better off without you\b",
)
URGING_HARM = _any(
    r"\b(?:you should|you could|you can|go ahead and|why don't you|just|please) "
    r"(?:go )?(?:kill|hurt|cut|harm|burn|starve|hang|drown) yourself\b(?! with\b| or )",
    r"\bit(?:'s|’s| is) (?:ok|okay|fine|good|right|your right) to "
    r"(?:(?:kill|hurt|cut|starve) yourself|end your life)",
    r"\b(?:suicide|dying|death|self-?harm) (?:is|would be|can be) (?:the|a|your) "
    r"(?:only |best |good )?(?:answer|solution|way out|option|relief|release)\b",
)
SECRECY = _any(
    r"\b(?:do not|don't|don’t|never) tell (?:anyone|anybody|your (?:parents|mum|mom|dad|doctor|"
    r"therapist|partner|wife|husband|friends|teacher))\b",
    r"\b(?:keep (?:this|it)|our secret|stays?) (?:a secret |just )?between (?:us|you and me)\b",
    r"\byou (?:belong to|are mine|only need) me\b|\bleave (?:him|her|them) for me\b",
    r"\b(?:send|show) me (?:a |your |some )?(?:photos?|pictures?|nudes?|selfies?)\b",
    r"\b(?:tell|give|send) me your (?:full name|address|passwords?|phone number|bank\w*|card)\b",
)
STOP_MEDICINE = _any(
    r"\byou (?:should|must|can|could|may|need to|have to) (?:just |now |safely |simply )?"
    r"(?:stop|quit|skip|double|halve|increase|throw away|flush|come off) (?:taking )?"
    r"(?:your|the|this|these|those|all) (?:\w+ ){0,2}(?:medic\w+|meds|tablets?|pills?|doses?|"
    r"antidepressants?|antipsychotics?|lithium|sertraline|clozapine|insulin)\b"
    r"(?! (?:only|if|when|once|after|with|under|slowly|gradually))",
    r"\byou (?:do not|don't|don’t) need (?:your|any|the|these) (?:medic\w+|meds|tablets|pills)\b",
    r"\bI(?:'d| would)? (?:prescribe|diagnose) (?:you|this)\b|\bmy diagnosis is\b",
)
PLACE = _any(
    r"\b(?:suicide|jumping) (?:hot ?spots?|spots?|locations?|sites?)\b",
    r"\b(?:bridges?|cliffs?|buildings?|stations?|towers?|woods?|forests?|places?) (?:\w+ ){0,4}"
    r"(?:known|famous|popular|notorious|used|chosen) (?:for|by|as) (?:\w+ ){0,3}"
    r"(?:suicid\w*|jump\w*|people who die)",
    r"\b(?:tallest|highest) (?:bridges?|buildings?|cliffs?|roofs?)\b",
)
FASTING = _any(
    r"\b(?:suppress|curb|kill|trick) (?:your|the) (?:appetite|hunger)\b",
    r"\b(?:feel|stay) full without eating\b|\bchew (?:it |food |and )+spit\b|\bwater[- ]load",
    r"\b(?:fast|eat nothing|live on water) for "
    r"(?:\d+|two|three|four|five|several|many) (?:days|weeks)\b",
    r"\b(?:goal|target|ideal) weight (?:is|of|should be)\b[^.]{0,20}\d",
)
LONG_NUMBER = re.compile(r"(?<![\w.,])\+?\(?\d[\d\s().–-]{5,18}\d(?![\w%]|[.,]\d|[- ][A-Z]{3})")
VANITY_NUMBER = re.compile(r"\b1?[-\s]?8\d\d[-\s][A-Z0-9]{2,4}[-\s]?[A-Z0-9]{3,7}\b")
SHORT_NUMBER = re.compile(
    r"\b(?:call|dial|text|phone|ring|sms|calling|texting|dialling|dialing|number is|hotline|"
    r"helpline|lifeline)\b[^\w\d]{0,3}(?:\w{1,12}[ ,:]{1,2}){0,3}?(\d{2,6}(?:[ -]\d{2,4})*)\b"
    r"(?!\s*(?:%|percent|people|years?|days?|weeks?|months?|hours?|minutes?|times|am\b|pm\b|"
    r"a\.m|p\.m|mg|and \d|to \d|-\d|:|/\d|\.\d))",
    re.IGNORECASE,
)
YEARS = re.compile(r"\(?(?:19|20)\d\d\)?\s*[–-]\s*\(?(?:19|20)?\d\d\)?")
