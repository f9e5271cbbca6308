"""What the API says and takes about accounts, contacts, consents, opportunities and merges."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from leads.contacts import ACCOUNT_FIELDS, CONTACT_FIELDS
from leads.enums import ConsentKind, OpportunityFinder
from leads.merging.services import CHOSEN
from leads.models import Account, Consent, Contact, Merge, Opportunity
from leads.serializers import BUSINESS_HELP, LONGEST_LINE, LONGEST_NOTE, LeadNameSerializer
from salesdesk.accounts.serializers import BusinessNameSerializer, PersonSerializer


class AccountSerializer(serializers.ModelSerializer[Account]):
    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer()

    class Meta:
        model = Account
        fields = ("id", "business", *ACCOUNT_FIELDS, "created_at", "updated_at")


@extend_schema_serializer(component_name="AccountCreation")
class NewAccountSerializer(serializers.Serializer[Any]):
    business = serializers.CharField(
        max_length=20, required=False, default="", help_text=BUSINESS_HELP
    )
    name = serializers.CharField(max_length=120)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    domain = serializers.CharField(max_length=120, required=False, allow_blank=True)
    address = serializers.CharField(max_length=LONGEST_LINE, required=False, allow_blank=True)


@extend_schema_serializer(component_name="AccountChange")
class AccountChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    domain = serializers.CharField(max_length=120, required=False, allow_blank=True)
    address = serializers.CharField(max_length=LONGEST_LINE, required=False, allow_blank=True)


class ContactSerializer(serializers.ModelSerializer[Contact]):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = Contact
        fields = ("id", *CONTACT_FIELDS, "created_at")


@extend_schema_serializer(component_name="ContactCreation")
class NewContactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    role = serializers.CharField(max_length=80, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    is_lead = serializers.BooleanField(required=False, default=False)


@extend_schema_serializer(component_name="ContactChange")
class ContactChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=160, required=False, allow_blank=True)
    role = serializers.CharField(max_length=80, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    is_lead = serializers.BooleanField(required=False)


class ConsentSerializer(serializers.ModelSerializer[Consent]):
    by = PersonSerializer(allow_null=True)

    class Meta:
        model = Consent
        fields = ("kind", "is_given", "wording", "proof", "by", "at")


@extend_schema_serializer(component_name="ConsentCreation")
class NewConsentSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ConsentKind.choices)
    is_given = serializers.BooleanField()
    wording = serializers.CharField(max_length=LONGEST_NOTE)
    proof = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    at = serializers.DateTimeField(required=False, default=None)


class OpportunitySerializer(serializers.ModelSerializer[Opportunity]):
    id = serializers.CharField(source="public_id")
    lead = LeadNameSerializer()
    by = PersonSerializer(allow_null=True, help_text="Who accepted or dismissed it.")

    class Meta:
        model = Opportunity
        fields = (
            "id",
            "lead",
            "topic",
            "amount",
            "quote",
            "conversation",
            "found_by",
            "confidence",
            "status",
            "by",
            "settled_at",
            "created_at",
        )


class _Amount(serializers.Serializer[Any]):
    amount = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=1, required=False, default=None, allow_null=True
    )


@extend_schema_serializer(component_name="OpportunityProposal")
class NewOpportunitySerializer(_Amount):
    lead = serializers.CharField(max_length=20, help_text="Id of the lead.")
    topic = serializers.CharField(max_length=80)
    quote = serializers.CharField(
        max_length=LONGEST_NOTE, required=False, default="", allow_blank=True
    )
    conversation = serializers.CharField(
        max_length=40, required=False, default="", allow_blank=True
    )
    found_by = serializers.HiddenField(default=OpportunityFinder.STAFF)


@extend_schema_serializer(component_name="OpportunityAcceptance")
class AcceptSerializer(_Amount):
    pass


class MergeSerializer(serializers.ModelSerializer[Merge]):
    id = serializers.CharField(source="public_id")
    lead = LeadNameSerializer(source="kept", allow_null=True)
    by = PersonSerializer(allow_null=True)

    class Meta:
        model = Merge
        fields = ("id", "lead", "absorbed_id", "absorbed_name", "by", "created_at", "undone_at")


@extend_schema_serializer(component_name="MergeOrder")
class MergeRequestSerializer(serializers.Serializer[Any]):
    other = serializers.CharField(max_length=20, help_text="Id of the lead that becomes part.")
    take = serializers.MultipleChoiceField(
        choices=[(name, name) for name in CHOSEN],
        required=False,
        default=set,
        help_text="Fields that are taken from the other one; what is empty always is.",
    )
