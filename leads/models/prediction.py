"""What was learned of how leads of a business become customers."""

from django.db import models
from django.utils import timezone

from leads.enums import TrainingResult
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id


class ConversionModel(models.Model):
    """One training on the closed leads of a business, and what came of it.

    ``model`` is :meth:`leads.prediction.scoring.LogisticModel.to_json`, empty unless ``result`` is
    ``KEPT``. ``brier`` (0 is perfect), ``base_brier`` (of the share won before, told of every
    lead) and ``auc`` (0.5 is chance) are those of the later part, which was not learned from.
    ``calibration`` is a list of ``{"low", "high", "leads", "predicted", "won"}``, ``strengths``
    how much each group of features tells apart.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(
        Business, on_delete=models.CASCADE, related_name="conversion_models"
    )
    result = models.CharField(max_length=10, choices=TrainingResult)
    reason = models.CharField(max_length=300)
    closed = models.PositiveIntegerField(help_text="Leads that were won or lost.")
    won = models.PositiveIntegerField()
    learned_from = models.PositiveIntegerField(default=0, help_text="Leads of the earlier part.")
    judged_on = models.PositiveIntegerField(default=0, help_text="Leads of the later part.")
    split_at = models.DateTimeField(null=True, blank=True)
    base_rate = models.FloatField(null=True, blank=True)
    brier = models.FloatField(null=True, blank=True)
    base_brier = models.FloatField(null=True, blank=True)
    auc = models.FloatField(null=True, blank=True)
    calibration = models.JSONField(default=list, blank=True)
    strengths = models.JSONField(default=dict, blank=True)
    model = models.JSONField(default=dict, blank=True)
    trained_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-trained_at", "-pk")
        indexes = (models.Index(fields=("business", "-trained_at"), name="conversion_newest"),)

    def __str__(self) -> str:
        return f"{self.get_result_display()} at {self.trained_at:%Y-%m-%d %H:%M}"

    @property
    def is_kept(self) -> bool:
        return self.result == TrainingResult.KEPT
