"""Whether a sentence is English: the checks and the model read nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_LATIN_SHARE = 0.7  # of the letters; below it the sentence is in another script
_FEWEST_SIGNS = 2  # function words of another language before it counts as that language

# Function words that English does not share, by language.
_ENGLISH = frozenset(
    """the of and to in is are was were be been it that this these those for with as on by from or
    an at not have has had can may will would should could which who what when how you your they
    their them he she his her we our people do does than more most some if but also about""".split()
)
_OTHERS = {
    "Spanish": "el la los las de del que y en una por con para como pero más se su está son es "
    "también muy puede esto lo al sin sobre",
    "French": "le la les des du et en une est sont pour avec dans que qui pas ne sur plus ce cette "
    "vous nous il elle aux par peut être ou",
    "German": "der die das und ist sind ein eine einen nicht mit von zu den dem auf für als auch "
    "sich bei wird kann oder nach es werden wenn",
    "Italian": "il lo gli di che e è una per con non del della dei sono nel alla più anche questo "
    "può come si dal",
    "Portuguese": "o os as de do da que e em um uma para com não por mais como dos das se pode são "
    "também ao é",
    "Dutch": "de het een en van is zijn niet met voor op te dat die ook aan bij kan naar of worden "
    "als er",
    "Polish": "i w z na nie się jest do że to są jak może po od przez dla lub oraz być",
    "Swedish": "och att det som en på är av för med den till inte om har kan eller ett de",
    "Turkish": "ve bir bu için ile de da çok olarak gibi daha olan en ya",
    "Indonesian": "yang dan di untuk dengan dari pada ini itu adalah tidak dapat atau juga akan",
}
_SIGNS = {name: frozenset(words.split()) - _ENGLISH for name, words in _OTHERS.items()}


def is_english(words: Sequence[str], text: str) -> bool:
    """True unless the script or the function words say otherwise; short texts get the benefit.

    >>> is_english("la sertralina puede ayudar con la ansiedad".split(), "La sertralina ...")
    False
    """
    letters = [c for c in text if c.isalpha()]
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if letters and latin / len(letters) < _LATIN_SHARE:
        return False
    english = sum(word in _ENGLISH for word in words)
    foreign = max(sum(word in signs for word in words) for signs in _SIGNS.values())
    return foreign < _FEWEST_SIGNS or foreign <= english
