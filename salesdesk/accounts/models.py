"""People and what they are in which business."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from salesdesk.accounts.enums import Ability, Availability, CallBy, Role, roles_with
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by e-mail address."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(
        "may use the admin", default=False, help_text="Can sign in to the configuration pages."
    )
    is_active = models.BooleanField("active", default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("email",)
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_unique"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def granting(self, ability: Ability) -> "MembershipQuerySet":
        """Memberships whose role has ``ability`` in a business that is in use."""
        return self.filter(role__in=roles_with(ability))


class Membership(models.Model):
    """What a user is in one business. A user has at most one role in each."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    business = models.ForeignKey(
        "businesses.Business", on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("business", "user")
        constraints = (
            models.UniqueConstraint(fields=("user", "business"), name="membership_unique"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class Rep(models.Model):
    """How a member who works leads is reached, in one business. ``phone`` is E.164."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="rep")
    phone = models.CharField(max_length=20, blank=True, help_text="The phone that we ring.")
    availability = models.CharField(max_length=10, choices=Availability, default=Availability.AWAY)
    call_by = models.CharField(max_length=6, choices=CallBy, default=CallBy.BRIDGE)
    sounds = models.BooleanField("sound and vibration on a new lead", default=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.membership.user)

    def clean(self) -> None:
        """For the admin: the number as it is dialled."""
        try:
            self.phone = to_e164(self.phone) if self.phone.strip() else ""
        except InvalidInput as error:
            raise ValidationError({"phone": error.message}) from error
