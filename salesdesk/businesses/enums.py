from django.db import models


class Trade(models.TextChoices):
    SOLAR = "solar", "Solar"
    HVAC = "hvac", "Heating and cooling"
    ROOFING = "roofing", "Roofing"
    CUSTOMER_SUPPORT = "customer_support", "Customer support"
    SALES = "sales", "Sales"
    APPOINTMENTS = "appointments", "Appointments"
    CUSTOM = "custom", "Other"


class EngineChoice(models.TextChoices):
    DEFAULT = "", "What this installation is set up for"
    REALTIME = "realtime", "Speech to speech (OpenAI Realtime)"
    CASCADE = "cascade", "Speech to text, agent, text to speech"


class Voice(models.TextChoices):
    """Voices that OpenAI's Realtime API offers; the local engine has one voice of its own."""

    ALLOY = "alloy", "Alloy"
    ASH = "ash", "Ash"
    BALLAD = "ballad", "Ballad"
    CEDAR = "cedar", "Cedar"
    CORAL = "coral", "Coral"
    ECHO = "echo", "Echo"
    MARIN = "marin", "Marin"
    SAGE = "sage", "Sage"
    SHIMMER = "shimmer", "Shimmer"
    VERSE = "verse", "Verse"
