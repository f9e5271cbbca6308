"""The forms of knowledge in the admin."""

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import RequestFactory

from knowledge.models import Document, Site
from salesdesk.accounts.models import User


@pytest.mark.parametrize(("model", "field"), [(Document, "url"), (Site, "start_url")])
def test_an_address_without_a_scheme_is_a_secure_one(
    model: type[Model], field: str, admin_user: User, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = admin_user
    form = admin.site.get_model_admin(model).get_form(request)
    assert form.base_fields[field].clean("docs.example.com/a") == "https://docs.example.com/a"
