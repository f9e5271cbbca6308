"""Accounts, contacts, consents, opportunities and merges of leads."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads import contacts
from leads.api.base import IDEMPOTENCY_KEY, checked
from leads.consent import record_consent
from leads.filters import AccountFilter, OpportunityFilter
from leads.merging import services as merging
from leads.models import Account, Contact, Merge, Opportunity, OpportunityQuerySet
from leads.people_serializers import (
    AcceptSerializer,
    AccountChangeSerializer,
    AccountSerializer,
    ConsentSerializer,
    ContactChangeSerializer,
    ContactSerializer,
    MergeRequestSerializer,
    MergeSerializer,
    NewAccountSerializer,
    NewConsentSerializer,
    NewContactSerializer,
    NewOpportunitySerializer,
    OpportunitySerializer,
)
from leads.permissions import get_account_for, get_contact_for, get_lead_for, get_leads_of
from leads.pipeline import services as pipeline
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import require
from salesdesk.lib.errors import NotFound
from salesdesk.lib.idempotency import once

MANAGE = Ability.MANAGE_LEADS

# ---------------------------------------------------------------- accounts


class AccountListView(ListAPIView[Account]):
    """The companies that leads of your businesses belong to, by name."""

    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    queryset = Account.objects.none()

    def get_queryset(self) -> QuerySet[Account]:
        known = Account.objects.where(self.request.user, Ability.VIEW_LEADS)
        return known.select_related("business").order_by("name", "pk")

    @extend_schema(operation_id="accounts_list", summary="List accounts")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="accounts_create",
        summary="Add an account",
        parameters=[IDEMPOTENCY_KEY],
        request=NewAccountSerializer,
        responses={201: AccountSerializer},
    )
    def post(self, request: Request) -> Response:
        """409 when there is one with the same name and domain."""
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        values = checked(NewAccountSerializer, request.data)
        business = get_leads_of(request.user, values.pop("business"), MANAGE)
        account = contacts.create_account(business, **values)
        return Response(AccountSerializer(account).data, status=status.HTTP_201_CREATED)


class AccountView(APIView):
    @extend_schema(operation_id="accounts_get", summary="One account", responses=AccountSerializer)
    def get(self, request: Request, account_id: str) -> Response:
        """A company that leads belong to; 404 for another business's."""
        return Response(AccountSerializer(get_account_for(request.user, account_id)).data)

    @extend_schema(
        operation_id="accounts_update",
        summary="Change an account",
        request=AccountChangeSerializer,
        responses=AccountSerializer,
    )
    def patch(self, request: Request, account_id: str) -> Response:
        """What is left out stays. 409 when there is another one with this name and domain."""
        account = get_account_for(request.user, account_id, MANAGE)
        values = checked(AccountChangeSerializer, request.data)
        contacts.update_account(account, by=who(request), **values)
        return Response(AccountSerializer(get_account_for(request.user, account_id)).data)

    @extend_schema(
        operation_id="accounts_delete", summary="Take an account away", responses={204: None}
    )
    def delete(self, request: Request, account_id: str) -> Response:
        """The people around it go too. 409 while leads belong to it."""
        contacts.delete_account(get_account_for(request.user, account_id, MANAGE))
        return Response(status=status.HTTP_204_NO_CONTENT)


class AccountContactListView(APIView):
    @extend_schema(
        operation_id="accounts_contacts",
        summary="People around an account",
        responses=ContactSerializer(many=True),
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Fifty at most, by name."""
        account = get_account_for(request.user, account_id)
        return Response(ContactSerializer(account.contacts.all(), many=True).data)

    @extend_schema(
        operation_id="accounts_contacts_add",
        summary="Add somebody around an account",
        request=NewContactSerializer,
        responses={201: ContactSerializer},
    )
    def post(self, request: Request, account_id: str) -> Response:
        """They stand on the account's page, and with each of its leads."""
        account = get_account_for(request.user, account_id, MANAGE)
        values = checked(NewContactSerializer, request.data)
        contact = contacts.add_contact(account, by=who(request), **values)
        return Response(ContactSerializer(contact).data, status=status.HTTP_201_CREATED)


class AnyContactView(APIView):
    """Somebody around a lead or an account, by their own id."""

    @extend_schema(operation_id="contacts_get", summary="One contact", responses=ContactSerializer)
    def get(self, request: Request, contact_id: str) -> Response:
        return Response(ContactSerializer(get_contact_for(request.user, contact_id)).data)

    @extend_schema(
        operation_id="contacts_update",
        summary="Change a contact",
        request=ContactChangeSerializer,
        responses=ContactSerializer,
    )
    def patch(self, request: Request, contact_id: str) -> Response:
        """What is left out stays. With `is_lead` it is the lead in person."""
        contact = get_contact_for(request.user, contact_id, MANAGE)
        values = checked(ContactChangeSerializer, request.data)
        changed = contacts.update_contact(contact, by=who(request), **values)
        return Response(ContactSerializer(changed).data)

    @extend_schema(
        operation_id="contacts_delete", summary="Take a contact away", responses={204: None}
    )
    def delete(self, request: Request, contact_id: str) -> Response:
        """The history of the lead keeps that they were there."""
        contact = get_contact_for(request.user, contact_id, MANAGE)
        contacts.remove_contact(contact, by=who(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


# ---------------------------------------------------------------- of one lead


class ContactListView(APIView):
    @extend_schema(
        operation_id="leads_contacts",
        summary="People around a lead",
        responses=ContactSerializer(many=True),
    )
    def get(self, request: Request, lead_id: str) -> Response:
        """Fifty at most, by name."""
        lead = get_lead_for(request.user, lead_id)
        return Response(ContactSerializer(lead.contacts.all(), many=True).data)

    @extend_schema(
        operation_id="leads_contacts_add",
        summary="Add somebody around a lead",
        request=NewContactSerializer,
        responses={201: ContactSerializer},
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """With `is_lead` it is the lead in person, by another number or address."""
        lead = get_lead_for(request.user, lead_id, MANAGE)
        values = checked(NewContactSerializer, request.data)
        contact = contacts.add_contact(lead, by=who(request), **values)
        return Response(ContactSerializer(contact).data, status=status.HTTP_201_CREATED)


class ContactView(APIView):
    @extend_schema(
        operation_id="leads_contacts_remove",
        summary="Take somebody away",
        responses={204: None},
    )
    def delete(self, request: Request, lead_id: str, contact_id: str) -> Response:
        """The history keeps that they were there."""
        lead = get_lead_for(request.user, lead_id, MANAGE)
        contact = Contact.objects.filter(lead=lead, public_id=contact_id).first()
        if contact is None:
            raise NotFound("There is nobody like that at this lead.")
        contacts.remove_contact(contact, by=who(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConsentListView(APIView):
    @extend_schema(
        operation_id="leads_consents",
        summary="What a lead agreed to",
        responses=ConsentSerializer(many=True),
    )
    def get(self, request: Request, lead_id: str) -> Response:
        """All that was ever put down, the newest first; the newest of a kind counts."""
        lead = get_lead_for(request.user, lead_id)
        rows = lead.consents.select_related("by")[:200]
        return Response(ConsentSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="leads_consents_add",
        summary="Put down consent, or that it was withdrawn",
        request=NewConsentSerializer,
        responses={201: ConsentSerializer},
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """Kept for ever, with the words and where they can be looked up."""
        lead = get_lead_for(request.user, lead_id, MANAGE)
        values = checked(NewConsentSerializer, request.data)
        consent = record_consent(lead, by=who(request), **values)
        return Response(ConsentSerializer(consent).data, status=status.HTTP_201_CREATED)


class MergeView(APIView):
    @extend_schema(
        operation_id="leads_merge",
        summary="Merge another lead into this one",
        parameters=[IDEMPOTENCY_KEY],
        request=MergeRequestSerializer,
        responses={201: MergeSerializer},
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """All that belongs to the other one comes over; for thirty days it can be undone."""
        return once(request, lambda: self._merge(request, lead_id))

    def _merge(self, request: Request, lead_id: str) -> Response:
        lead = get_lead_for(request.user, lead_id, MANAGE)
        values = checked(MergeRequestSerializer, request.data)
        other = get_lead_for(request.user, values["other"], MANAGE)
        chosen = dict.fromkeys(values["take"], merging.ABSORBED)
        merged = merging.merge(lead, other, choices=chosen, by=who(request))
        return Response(MergeSerializer(merged).data, status=status.HTTP_201_CREATED)


class UndoMergeView(APIView):
    @extend_schema(
        operation_id="merges_undo",
        summary="Make two leads of them again",
        request=None,
        responses=MergeSerializer,
    )
    def post(self, request: Request, merge_id: str) -> Response:
        """409 after thirty days, or when it was undone already."""
        known = Merge.objects.select_related("business", "kept", "by")
        merged = known.filter(public_id=merge_id).first()
        if merged is None:
            raise NotFound("There is no such merge, or not for you.")
        require(request.user, merged.business_id, view=Ability.VIEW_LEADS, ability=MANAGE)
        merging.undo(merged, by=who(request))
        return Response(MergeSerializer(known.get(pk=merged.pk)).data)


# ---------------------------------------------------------------- opportunities


class OpportunityListView(ListAPIView[Opportunity]):
    """What may be sold to the leads of your businesses, the newest first."""

    serializer_class = OpportunitySerializer
    filterset_class = OpportunityFilter
    queryset = Opportunity.objects.none()

    def get_queryset(self) -> OpportunityQuerySet:
        known = Opportunity.objects.where(self.request.user, Ability.VIEW_LEADS)
        return known.select_related("lead", "by").order_by("-created_at", "-pk")

    @extend_schema(operation_id="opportunities_list", summary="List opportunities")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="opportunities_propose",
        summary="Propose an opportunity",
        parameters=[IDEMPOTENCY_KEY],
        request=NewOpportunitySerializer,
        responses={201: OpportunitySerializer},
    )
    def post(self, request: Request) -> Response:
        """The same topic of the same conversation is proposed once."""
        return once(request, lambda: self._propose(request))

    def _propose(self, request: Request) -> Response:
        values = checked(NewOpportunitySerializer, request.data)
        lead = get_lead_for(request.user, values.pop("lead"), MANAGE)
        made = pipeline.propose(lead, by=who(request), **values)
        return Response(OpportunitySerializer(made).data, status=status.HTTP_201_CREATED)


class SettleView(APIView):
    """Accepting and dismissing."""

    def settled(self, request: Request, opportunity_id: str, accepts: bool) -> Response:
        known = Opportunity.objects.where(request.user, Ability.VIEW_LEADS)
        found = known.filter(public_id=opportunity_id).first()
        if found is None:
            raise NotFound("There is no such opportunity, or not for you.")
        require(request.user, found.business_id, view=Ability.VIEW_LEADS, ability=MANAGE)
        settle: Any = pipeline.accept if accepts else pipeline.dismiss
        values = checked(AcceptSerializer, request.data) if accepts else {}
        return Response(OpportunitySerializer(settle(found, by=who(request), **values)).data)


class AcceptView(SettleView):
    @extend_schema(
        operation_id="opportunities_accept",
        summary="Accept an opportunity",
        request=AcceptSerializer,
        responses=OpportunitySerializer,
    )
    def post(self, request: Request, opportunity_id: str) -> Response:
        """Its amount then counts for the lead's value. 409 when it was settled already."""
        return self.settled(request, opportunity_id, accepts=True)


class DismissView(SettleView):
    @extend_schema(
        operation_id="opportunities_dismiss",
        summary="Dismiss an opportunity",
        request=None,
        responses=OpportunitySerializer,
    )
    def post(self, request: Request, opportunity_id: str) -> Response:
        """409 when it was settled already."""
        return self.settled(request, opportunity_id, accepts=False)
