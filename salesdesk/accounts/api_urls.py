"""``/api/v1/auth/…``"""

from salesdesk.accounts import api
from salesdesk.lib.api import endpoint

urlpatterns = [
    *endpoint("login", api.LoginView.as_view(), "api_login"),
    *endpoint("refresh", api.RefreshView.as_view(), "api_refresh"),
    *endpoint("forgot-password", api.ForgotPasswordView.as_view(), "api_forgot_password"),
    *endpoint("reset-password", api.ResetPasswordView.as_view(), "api_reset_password"),
    *endpoint("me", api.MeView.as_view(), "api_me"),
]
