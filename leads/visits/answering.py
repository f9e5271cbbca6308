"""What reps answer when they are asked whether an appointment took place."""

import logging

from leads.enums import AppointmentStatus
from leads.models import Appointment
from leads.visits import appointments, telling
from salesdesk.accounts.models import User
from salesdesk.lib.errors import InvalidTransition

log = logging.getLogger(__name__)

MEANS = {telling.DONE: AppointmentStatus.DONE, telling.MISSED: AppointmentStatus.MISSED}


def take_answer(
    business_id: int, subject_type: str, subject_id: str, action: str, user_id: int
) -> None:
    """Settle the appointment as was answered; what is settled otherwise by now stays so."""
    if subject_type != telling.SUBJECT or action not in MEANS:
        return
    found = Appointment.objects.filter(business_id=business_id, public_id=subject_id).first()
    user = User.objects.filter(pk=user_id).first()
    if found is None:
        return
    try:
        appointments.close(found, MEANS[action], by=user)
    except InvalidTransition:
        log.info("an answer about an appointment came late", extra={"appointment": subject_id})
