"""Words whose exchange changes what a clinical sentence claims, by kind of error."""

from __future__ import annotations


def _both_ways(*pairs: str) -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        left, right = pair.split("/")
        table[left] = (*table.get(left, ()), right)
        table[right] = (*table.get(right, ()), left)
    return table


# Stronger or opposite, never weaker: "all" to "some" would still be supported.
QUANTIFIER: dict[str, tuple[str, ...]] = {
    "some": ("all", "most", "no"),
    "many": ("all", "few", "no"),
    "most people": ("all people", "few people"),
    "most patients": ("all patients", "few patients"),
    "most cases": ("all cases", "few cases"),
    "most children": ("all children", "few children"),
    "most of the": ("all of the", "none of the"),
    "most often": ("least often",),
    "most common": ("least common",),
    "few": ("many", "most"),
    "several": ("no", "hundreds of"),
    "often": ("always", "rarely", "never"),
    "sometimes": ("always", "never"),
    "usually": ("always", "rarely", "never"),
    "generally": ("always", "rarely"),
    "commonly": ("always", "rarely"),
    "typically": ("always", "rarely"),
    "frequently": ("rarely", "never"),
    "rarely": ("often", "usually"),
    "occasionally": ("always", "constantly"),
    "partly": ("entirely", "only"),
    "mainly": ("only", "never"),
    "at least": ("at most", "no more than"),
    "less than": ("more than",),
    "more than": ("less than", "fewer than"),
    "up to": ("at least",),
    "every": ("hardly any",),
    "each": ("no",),
    "all": ("none of the", "few"),
    "half": ("all", "a tenth"),
    "one of the": ("the only one of the",),
}
MODALITY: dict[str, tuple[str, ...]] = {
    "may": ("will", "must", "will always", "cannot"),
    "might": ("will", "must", "cannot"),
    "could": ("will", "must", "cannot"),
    "can": ("will always", "must", "cannot"),
    "should": ("must never", "need not"),
    "likely": ("certain", "unlikely"),
    "possible": ("certain", "impossible"),
    "possibly": ("certainly",),
    "probably": ("certainly",),
    "suggests": ("proves",),
    "suggest": ("prove",),
    "is thought to": ("is proven to",),
    "are thought to": ("are proven to",),
    "appears to": ("is proven to",),
    "tends to": ("always has to",),
    "not always": ("never", "always"),
    "unclear": ("well understood",),
    "unknown": ("well known",),
    "recommended": ("required", "discouraged"),
    "recommend": ("require", "forbid"),
}
POPULATION: dict[str, tuple[str, ...]] = {
    "children": ("adults", "older adults", "men"),
    "child": ("adult", "older adult"),
    "adults": ("children", "infants", "teenagers"),
    "adult": ("child", "teenage"),
    "adolescents": ("older adults", "infants"),
    "teenagers": ("older adults", "infants"),
    "teens": ("older adults", "toddlers"),
    "infants": ("adults", "teenagers"),
    "babies": ("adults", "teenagers"),
    "women": ("men", "children"),
    "men": ("women", "children"),
    "woman": ("man",),
    "man": ("woman",),
    "girls": ("boys",),
    "boys": ("girls",),
    "females": ("males",),
    "males": ("females",),
    "older adults": ("young adults", "children"),
    "older people": ("young people", "children"),
    "young people": ("older people",),
    "elderly": ("young",),
    "parents": ("children", "teachers"),
    "pregnant women": ("men", "older women"),
    "family members": ("strangers", "colleagues"),
    "veterans": ("students",),
    "doctors": ("patients",),
    "patients": ("doctors",),
}
DIRECTION = _both_ways(
    "increase/decrease", "increases/decreases", "increased/decreased", "increasing/decreasing",
    "raise/lower", "raises/lowers", "higher/lower", "high/low", "more/less", "greater/smaller",
    "improve/worsen", "improves/worsens", "improved/worsened", "better/worse", "before/after",
    "cause/prevent", "causes/prevents", "caused by/unrelated to", "start/stop", "begin/stop",
    "starting/stopping", "reduce/increase", "reduces/increases", "reduced/increased",
    "relieve/worsen", "relieves/worsens", "early/late", "earlier/later", "first/last",
    "effective/ineffective", "safe/unsafe", "common/rare", "mild/severe", "short/long",
    "shorter/longer", "gain/loss", "faster/slower", "quickly/slowly", "suddenly/gradually",
    "strengthen/weaken", "above/below", "necessary/unnecessary", "treatable/untreatable",
    "normal/abnormal", "benign/malignant", "chronic/acute", "younger/older",
    "genetic/infectious", "physical/mental", "psychotherapy/surgery", "outpatient/inpatient",
    "positive/negative", "easy/hard", "easier/harder", "avoid/seek out", "include/exclude",
    "same/opposite", "maximum/minimum", "best/worst", "success/failure", "healthy/unhealthy",
)  # fmt: skip
UNIT: dict[str, tuple[str, ...]] = {
    "seconds": ("minutes", "hours"),
    "minutes": ("hours", "seconds", "days"),
    "hours": ("minutes", "days", "weeks"),
    "days": ("weeks", "months", "hours"),
    "weeks": ("days", "months", "years"),
    "months": ("weeks", "years", "days"),
    "years": ("months", "weeks", "decades"),
    "day": ("week", "month", "hour"),
    "week": ("day", "month", "year"),
    "month": ("week", "year", "day"),
    "year": ("month", "decade"),
    "daily": ("weekly", "monthly"),
    "weekly": ("daily", "yearly"),
    "mg": ("g", "mcg"),
    "milligrams": ("grams", "micrograms"),
    "grams": ("milligrams", "kilograms"),
    "percent": ("in 1,000",),
    "%": (" in 1,000",),
    "million": ("thousand", "billion"),
    "thousand": ("million",),
    "pounds": ("ounces", "kilograms"),
    "inches": ("feet",),
}
CLASSES: tuple[str, ...] = (
    "antidepressants", "antipsychotics", "stimulants", "benzodiazepines", "beta blockers",
    "mood stabilizers", "antibiotics", "antiviral drugs", "corticosteroids", "opioids",
    "anticonvulsants", "antihistamines", "diuretics", "statins", "SSRIs", "MAOIs", "vitamins",
)  # fmt: skip
CONDITIONS: tuple[str, ...] = (
    "depression", "schizophrenia", "autism", "ADHD", "anxiety", "dementia", "epilepsy", "diabetes",
    "asthma", "migraine", "psychosis", "bipolar disorder", "panic disorder", "eating disorders",
    "insomnia", "stroke", "cancer", "heart disease", "high blood pressure", "obesity", "arthritis",
    "alcohol use disorder", "Parkinson's disease", "Alzheimer's disease", "sleep apnea", "anemia",
    "substance use disorder", "borderline personality disorder", "PTSD", "OCD", "phobias",
)  # fmt: skip
THERAPIES: tuple[str, ...] = (
    "cognitive behavioral therapy", "psychotherapy", "talk therapy", "exposure therapy", "surgery",
    "light therapy", "family therapy", "group therapy", "radiation therapy", "chemotherapy",
    "physical therapy", "exercise", "meditation", "electroconvulsive therapy", "acupuncture",
)  # fmt: skip
# Same meaning, another word: the change a faithful writer makes.
SYNONYM: dict[str, tuple[str, ...]] = {
    left: (right,)
    for left, right in (
        pair.split("/")
        for pair in (
            "physician/doctor", "doctor/physician", "doctors/physicians", "medication/medicine",
            "medications/medicines", "medicines/medications", "such as/like", "such as/including",
            "approximately/about", "individuals/people", "begin/start", "begins/starts",
            "start/begin", "starts/begins", "assist/help", "help/assist", "require/need",
            "requires/needs", "needs/requires", "in order to/to", "because/since",
            "additionally/also", "difficulty/trouble", "trouble/difficulty", "commonly/often",
            "frequently/often", "often/frequently", "children/kids", "due to/because of",
            "because of/due to", "prior to/before", "before/prior to", "occur/happen",
            "occurs/happens", "happens/occurs", "happen/occur", "health care provider/doctor",
            "is called/is known as", "are called/are known as", "is able to/can",
            "are able to/can", "usually/typically", "several/a number of", "many/a lot of",
            "treated with/managed with", "may/might", "might/may", "illness/disease",
            "obtain/get", "reduce/lower", "reduces/lowers", "entire/whole",
            "for example/for instance", "severe/serious", "shows/demonstrates",
            "found in/present in", "important/essential", "feel/experience", "show/demonstrate",
            "problems/difficulties", "teens/teenagers", "adolescents/teenagers",
            "therapy/treatment", "condition/illness", "aid/help", "affects/has an effect on",
            "worldwide/around the world", "everyone/everybody", "enough/sufficient",
        )
    )
}  # fmt: skip
# Less than was said, so still supported.
WEAKER: dict[str, tuple[str, ...]] = {
    "all": ("many", "some"),
    "always": ("often", "usually"),
    "most people": ("many people", "some people"),
    "will": ("can", "may"),
    "must": ("should",),
    "never": ("rarely",),
}
