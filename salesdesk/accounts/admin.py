"""People in the admin."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm

from salesdesk.accounts.models import Membership, Rep, User
from salesdesk.accounts.services import vouch_for_address

admin.site.unregister(Group)


class UserCreationForm(BaseUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"email": forms.EmailField}


class MembershipInline(TabularInline):  # type: ignore[misc]
    model = Membership
    extra = 0
    autocomplete_fields = ("business",)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    inlines = (MembershipInline,)
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__role", "memberships__business")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
    filter_horizontal = ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """An admin vouches for the address, so that the user can sign in with it at once."""
        obj.email = obj.email.lower()
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            vouch_for_address(obj)


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("user", "business", "role", "created_at")
    list_filter = ("role", "business")
    search_fields = ("user__email", "user__name", "business__name")
    autocomplete_fields = ("user", "business")
    list_select_related = ("user", "business")


@admin.register(Rep)
class RepAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("__str__", "business", "phone", "availability", "call_by")
    list_filter = ("availability", "call_by", "membership__business")
    search_fields = ("membership__user__email", "membership__user__name", "phone")
    autocomplete_fields = ("membership",)
    list_select_related = ("membership__user", "membership__business")

    @admin.display(ordering="membership__business")
    def business(self, rep: Rep) -> str:
        return str(rep.membership.business)
