"""Companies, and the people around a lead."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from leads.company_keys import CompanyKey
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id
from salesdesk.lib.phone import for_people


class AccountQuerySet(models.QuerySet["Account"]):
    def where(self, user: Visitor, ability: Ability) -> "AccountQuerySet":
        """Accounts of the businesses in which ``user`` has ``ability``."""
        return self.filter(within(user, ability))


class Account(models.Model):
    """A company that several leads may belong to. ``domain`` is that of its e-mail addresses."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="accounts")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20, blank=True)
    domain = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes = (
            models.Index("business", Lower("name"), name="account_name"),
            models.Index("business", CompanyKey("name"), name="account_company_key"),
            models.Index(
                fields=("business", "domain"), condition=~Q(domain=""), name="account_domain"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """Somebody else to be reached at a lead or an account, and in which role.

    With ``is_lead`` it is the lead in person, by another number or address.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="contacts")
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="contacts", null=True, blank=True
    )
    lead = models.ForeignKey(
        "leads.Lead", on_delete=models.CASCADE, related_name="contacts", null=True, blank=True
    )
    name = models.CharField(max_length=160, blank=True)
    role = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    is_lead = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "pk")
        indexes = (
            models.Index(
                fields=("business", "phone"), condition=~Q(phone=""), name="contact_phone"
            ),
            models.Index(
                fields=("business", "email"), condition=~Q(email=""), name="contact_email"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(lead__isnull=False) | Q(account__isnull=False),
                name="contact_of_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.name or for_people(self.phone) or self.email
