"""Who is asking. It changes wording and detail, never what is safe to say."""

from __future__ import annotations

from enum import StrEnum

from rag.errors import QuestionError


class Audience(StrEnum):
    """The five audiences, one or two for each area of care.

    Seeking care: public. Community: carer, peer supporter. Institutions: clinician. Society:
    policy.
    """

    PUBLIC = "public"
    CARER = "carer"
    PEER_SUPPORTER = "peer-supporter"
    CLINICIAN = "clinician"
    POLICY = "policy"

    @property
    def professional(self) -> bool:
        """Whether the words are for people who decide for others."""
        return self in (Audience.CLINICIAN, Audience.POLICY)


def audience_named(name: str) -> Audience:
    """The audience called `name`.

    Raises:
        QuestionError: there is none of that name; the message lists them.
    """
    try:
        return Audience(name)
    except ValueError:
        known = ", ".join(Audience)
        raise QuestionError(f"audience {name!r} is not known: use one of {known}") from None
