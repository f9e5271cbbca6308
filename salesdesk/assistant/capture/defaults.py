"""The fields with which a business begins, by its trade."""

from django.db import transaction

from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.models import CaptureField
from salesdesk.businesses.enums import Trade
from salesdesk.businesses.models import Business

NAME = FieldSpec(
    "name", "Name", question="May I have your name?", is_required=True, lead_field="name"
)
EMAIL = FieldSpec(
    "email",
    "E-mail address",
    FieldType.EMAIL,
    "What is your e-mail address?",
    reads_back=True,
    lead_field="email",
)
PHONE = FieldSpec(
    "phone",
    "Callback number",
    FieldType.PHONE,
    "Which number can we call you back on?",
    reads_back=True,
    lead_field="phone",
)
ADDRESS = FieldSpec(
    "address",
    "Address",
    FieldType.ADDRESS,
    "What is the address of the house?",
    lead_field="address",
)
HOME = (
    NAME,
    FieldSpec(
        "interest",
        "Interested in",
        FieldType.CHOICE,
        "What are you thinking about at the moment: solar, heating and cooling, or your roof?",
        choices=(
            "solar (solar panels, battery, photovoltaic)",
            "heating and cooling (heat pump, furnace, air conditioning, air conditioner, AC, HVAC)",
            "roof (roofing, shingles)",
        ),
        is_required=True,
    ),
    FieldSpec(
        "age",
        "Age of the house or roof (years)",
        FieldType.NUMBER,
        "Roughly how old is the house?",
        smallest=0,
        largest=200,
    ),
    FieldSpec(
        "budget",
        "Budget",
        FieldType.MONEY,
        "Do you have a budget in mind?",
        smallest=1,
        largest=10_000_000,
        is_required=True,
    ),
    FieldSpec(
        "owner",
        "Owns the home",
        FieldType.YES_NO,
        "Do you own the home, and who decides with you?",
        is_required=True,
    ),
    FieldSpec(
        "start",
        "Wants to start",
        FieldType.DATE,
        "When would you like to start?",
        is_required=True,
    ),
    EMAIL,
    PHONE,
    ADDRESS,
)
OTHER = (
    NAME,
    FieldSpec("topic", "What it is about", question="What can we help you with?", is_required=True),
    EMAIL,
    PHONE,
)
OF_HOME_TRADES = (Trade.SOLAR, Trade.HVAC, Trade.ROOFING)


def default_fields(trade: str) -> tuple[FieldSpec, ...]:
    """What a business of this trade usually wants to know, in the order of asking."""
    return HOME if trade in OF_HOME_TRADES else OTHER


@transaction.atomic
def add_default_fields(business: Business) -> bool:
    """Give a business that has no fields those of its trade; says whether it did."""
    Business.objects.select_for_update().get(pk=business.pk)
    if business.capture_fields.exists():
        return False
    CaptureField.objects.bulk_create(
        _row(business, spec, position)
        for position, spec in enumerate(default_fields(business.trade))
    )
    return True


def load_demo_fields(business: Business) -> None:
    """The demo business asks for what its trade does; what somebody changed there stays."""
    add_default_fields(business)


def _row(business: Business, spec: FieldSpec, position: int) -> CaptureField:
    return CaptureField(
        business=business,
        key=spec.key,
        label=spec.label,
        type=spec.type,
        question=spec.question,
        choices=list(spec.choices),
        smallest=spec.smallest,
        largest=spec.largest,
        is_required=spec.is_required,
        reads_back=spec.reads_back,
        lead_field=spec.lead_field,
        position=position,
    )
