"""What is said to a reader other than the public before an answer: the place of their own care.

One for each area of care. None of it loosens a rule of `rag.safety.output`, except that a dose
which the cited source states may be shown to clinicians.
"""

from __future__ import annotations

from rag.audience import Audience

_WORDS = {
    Audience.CARER: (
        "For you as someone who cares for another person: you can support, but you do not have to "
        "treat, and you deserve help too, from a doctor, a carers' group or people you trust."
    ),
    Audience.PEER_SUPPORTER: (
        "For you as a peer supporter: listening and sharing hope is your part; hand over to "
        "professionals when there is danger, or when it is about medicines or a diagnosis."
    ),
    Audience.CLINICIAN: (
        "For professionals: this is what the sources say in general; check local guidance and the "
        "current product information, and see the person."
    ),
    Audience.POLICY: (
        "For planning and policy: this is what the sources say about people in general; local data "
        "and people with lived experience belong in any decision."
    ),
}


def words_for(reader: Audience) -> str:
    """The sentence for `reader`; empty for the public."""
    return _WORDS.get(reader, "")
