"""The closed lists of words the accounts room uses."""

from django.db import models


class OwnershipKind(models.TextChoices):
    NAMED = "named", "Owner"
    CO_OWNER = "co_owner", "Co-owner"
    POOLED = "pooled", "Pool"
    COVER = "cover", "Cover"


class ContactRole(models.TextChoices):
    SPONSOR = "sponsor", "Sponsor"
    CHAMPION = "champion", "Champion"
    DOER = "doer", "Doer"
    ACCOUNTABLE = "accountable", "Accountable"
    TECHNICAL = "technical", "Technical"
    INFLUENCER = "influencer", "Influencer"


# An account with one of these uncovered is exposed; see DOMAIN: "the first four must be covered".
MUST_BE_COVERED = (ContactRole.SPONSOR, ContactRole.CHAMPION, ContactRole.DOER, ContactRole.ACCOUNTABLE)

ROLE_MEANING = {
    ContactRole.SPONSOR: "has the authority",
    ContactRole.CHAMPION: "wants it to work",
    ContactRole.DOER: "does the work day to day",
    ContactRole.ACCOUNTABLE: "gets the blame if it fails",
    ContactRole.TECHNICAL: "IT and security",
    ContactRole.INFLUENCER: "is listened to",
}


class TouchKind(models.TextChoices):
    CALL = "call", "Call"
    MEETING = "meeting", "Meeting"
    EMAIL = "email", "Email"
    VISIT = "visit", "Visit"
    NOTE = "note", "Message"


class Direction(models.TextChoices):
    OURS = "ours", "We reached out"
    THEIRS = "theirs", "They reached out"
    BOTH = "both", "We spoke"


class Sentiment(models.TextChoices):
    POSITIVE = "positive", "Positive"
    NEUTRAL = "neutral", "Neutral"
    NEGATIVE = "negative", "Negative"


class Visibility(models.TextChoices):
    INTERNAL = "internal", "Internal"
    CUSTOMER = "customer", "Customer can see it"


class RollUp(models.TextChoices):
    """How a parent sums up its children, chosen per attribute."""

    NONE = "none", "Not rolled up"
    SUM = "sum", "Sum"
    MEAN = "mean", "Mean"
    LOWEST = "lowest", "Lowest"
    HIGHEST = "highest", "Highest"
    LATEST = "latest", "Latest"


class AttributeKind(models.TextChoices):
    NUMBER = "number", "Number"
    MONEY = "money", "Money"
    DATE = "date", "Date"
    FLAG = "flag", "Yes or no"
    CHOICE = "choice", "Choice"
    TEXT = "text", "Text"
