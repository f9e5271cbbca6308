"""What the API says about people, and what it takes to sign in."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from salesdesk.accounts.models import Membership, User

LONGEST_PASSWORD = 200
LONGEST_TOKEN = 4000


class BusinessNameSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    business = BusinessNameSerializer()

    class Meta:
        model = Membership
        fields = ("business", "role")


class UserSerializer(serializers.ModelSerializer[User]):
    """Somebody who is signed in, and what they are in which business."""

    memberships = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("email", "name", "is_superuser", "last_login", "memberships")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "is_superuser": {"help_text": "May do everything in every business."}
        }

    @extend_schema_field(MembershipSerializer(many=True))
    def get_memberships(self, user: User) -> list[dict[str, Any]]:
        memberships = user.memberships.select_related("business")
        return list(MembershipSerializer(memberships, many=True).data)


class PersonSerializer(serializers.ModelSerializer[User]):
    """Somebody who did something: placed a call, wrote a note."""

    class Meta:
        model = User
        fields = ("email", "name")


class LoginSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()
    password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)
    code = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="For who has a second factor: the authenticator app's code or a recovery code.",
    )


class TokensSerializer(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="Send it as `Authorization: Bearer …`.")
    refresh = serializers.CharField(help_text="Gets new access tokens, for seven days.")
    expires_in = serializers.IntegerField(help_text="Seconds that the access token is good for.")
    user = UserSerializer()


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=LONGEST_TOKEN)


class AccessSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds that the access token is good for.")


class ForgotPasswordSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()


class ResetPasswordSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(
        max_length=LONGEST_TOKEN,
        help_text="The last part of the link in the mail: `…/key/<token>/`.",
    )
    password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)
