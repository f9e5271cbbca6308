from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "salesdesk.accounts"
    verbose_name = "People"
