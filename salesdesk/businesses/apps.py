from django.apps import AppConfig


class BusinessesConfig(AppConfig):
    name = "salesdesk.businesses"
    verbose_name = "Businesses"
