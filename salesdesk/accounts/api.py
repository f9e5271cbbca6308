"""Sign-in for programs, under ``/api/v1/auth/``."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.throttling import AnonRateThrottle, BaseThrottle, ScopedRateThrottle
from rest_framework.views import APIView

from salesdesk.accounts import sign_in, tokens
from salesdesk.accounts.permissions import who as who
from salesdesk.accounts.serializers import (
    AccessSerializer,
    ForgotPasswordSerializer,
    LoginSerializer,
    RefreshSerializer,
    ResetPasswordSerializer,
    TokensSerializer,
    UserSerializer,
)


class PublicView(APIView):
    """Open to who is not signed in; ten requests a minute from one address."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes: tuple[type[BaseThrottle], ...] = (ScopedRateThrottle,)
    throttle_scope = "login"
    input_class: ClassVar[type[Serializer[Any]]]

    def values(self, request: Request) -> dict[str, Any]:
        serializer = self.input_class(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class LoginView(PublicView):
    input_class = LoginSerializer

    @extend_schema(
        operation_id="auth_login",
        summary="Sign in",
        request=LoginSerializer,
        responses=TokensSerializer,
        examples=[
            OpenApiExample(
                "A manager",
                value={"email": "mary@example.com", "password": "a long pass phrase"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Password, and second factor if there is one, for a pair of tokens.

        Refusals: `wrong_credentials`, `second_factor_required` and `wrong_code` (401),
        `email_not_verified` (403), `throttled` (429).
        """
        user = sign_in.sign_in(request._request, **self.values(request))
        access, refresh = tokens.issue_tokens(user)
        answer = {
            "access": access,
            "refresh": refresh,
            "expires_in": tokens.access_seconds(),
            "user": user,
        }
        return Response(TokensSerializer(answer).data)


class RefreshView(PublicView):
    """At the rate of all else: nobody guesses a signature, and an office shares its address."""

    throttle_classes = (AnonRateThrottle,)
    input_class = RefreshSerializer

    @extend_schema(
        operation_id="auth_refresh",
        summary="Get a new access token",
        request=RefreshSerializer,
        responses=AccessSerializer,
    )
    def post(self, request: Request) -> Response:
        """A refresh token ends after seven days or with a change of password (401)."""
        access = tokens.refresh_access(self.values(request)["refresh"])
        answer = {"access": access, "expires_in": tokens.access_seconds()}
        return Response(AccessSerializer(answer).data)


class ForgotPasswordView(PublicView):
    input_class = ForgotPasswordSerializer

    @extend_schema(
        operation_id="auth_forgot_password",
        summary="Ask for a new password",
        request=ForgotPasswordSerializer,
        responses={202: None},
    )
    def post(self, request: Request) -> Response:
        """Sends a mail with a link. The answer is the same whether the address is known or not."""
        sign_in.send_password_reset(request._request, **self.values(request))
        return Response(status=status.HTTP_202_ACCEPTED)


class ResetPasswordView(PublicView):
    input_class = ResetPasswordSerializer

    @extend_schema(
        operation_id="auth_reset_password",
        summary="Set a new password",
        request=ResetPasswordSerializer,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        """With the token of the mail. All tokens and sessions of the user end."""
        try:
            sign_in.reset_password(request._request, **self.values(request))
        except sign_in.WeakPassword as error:
            raise ValidationError({"password": error.messages}) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    @extend_schema(operation_id="auth_me", summary="Who is signed in", responses=UserSerializer)
    def get(self, request: Request) -> Response:
        """The user and their role in each business."""
        return Response(UserSerializer(who(request)).data)
