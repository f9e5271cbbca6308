"""An example of a playbook, for a business that sells solar panels, heating and roofs.

The answers name no figure: those stand in the documents, where agents look them up.
"""

from salesdesk.assistant.loop.state import ObjectionSpec, PlaybookSpec, StageSpec
from salesdesk.assistant.models import Playbook
from salesdesk.assistant.playbooks.services import create_playbook
from salesdesk.businesses.models import Business

STAGES = (
    StageSpec(
        "Greeting",
        "The customer knows who speaks and says what it is about.",
        ("How can I help you today?",),
        ("I am the virtual assistant, and a colleague is there whenever you prefer a person.",),
    ),
    StageSpec(
        "Need",
        "It is clear what the customer wants to change, and why now.",
        (
            "What made you think about this now?",
            "Is it about your power bill, about comfort, or about the roof?",
            "What would have to be different afterwards?",
        ),
        ("I see. Let me ask a few short questions, so that we do not waste your time.",),
    ),
    StageSpec(
        "Qualification",
        "House, owner, time frame and budget are known, as far as the customer wants to tell.",
        (
            "Is it a house of your own?",
            "How old is the roof, roughly?",
            "When would you like it to be done?",
            "Who else decides about it with you?",
            "Have you set a budget for it?",
        ),
        (
            "We work on detached houses, duplexes and townhouses.",
            "You can say so if you would rather not tell me.",
        ),
    ),
    StageSpec(
        "Offer of value",
        "The customer knows what speaks for the free visit, and what does not.",
        ("Which matters most to you: the cost, the time it takes, or who does the work?",),
        (
            "The visit is free, and there is no contract to sign on that day.",
            "You get a written quote by e-mail with all the ways to pay.",
            "One crew plans and does the work from start to finish.",
        ),
    ),
    StageSpec(
        "Objections",
        "What holds the customer back has been heard and answered honestly.",
        ("Is there anything that holds you back?", "Which one question is still open for you?"),
        ("That is a fair point. Nobody has to decide today.",),
    ),
    StageSpec(
        "Appointment",
        "A day and time are booked and read back, or the customer knows what comes next.",
        (
            "Which day suits you for the visit, and is morning or afternoon better?",
            "Can everybody who decides about it be at home then?",
            "Is the number you are calling from the best one to reach you?",
        ),
        (
            "You get a confirmation by text message, and a reminder the evening before.",
            "If something comes up, you can move or cancel the visit free of charge "
            "until the evening before.",
        ),
    ),
)
OBJECTIONS = (
    ObjectionSpec(
        "Too expensive",
        (
            "expensive",
            "too much money",
            "cannot afford",
            "can't afford",
            "costs too much",
            "over my budget",
            "too pricey",
        ),
        "It is a lot of money. May I ask what you compare it with: the total, a monthly amount or "
        "another offer? There are three ways to pay, and what each comes to stands in our price "
        "list and in the written quote. If your budget is likely too small, we say so.",
    ),
    ObjectionSpec(
        "Has to think about it",
        ("think about it", "think it over", "sleep on it", "not ready to decide", "need more time"),
        "It is a big decision, so take your time; nobody has to sign during the visit. Which one "
        "question is still open? I can answer it now, or we can talk again another day, as you "
        "like.",
    ),
    ObjectionSpec(
        "Has to ask husband or wife",
        (
            "talk to my husband",
            "talk to my wife",
            "ask my husband",
            "ask my wife",
            "my partner decides",
            "discuss it with my husband",
            "discuss it with my wife",
        ),
        "That is right, since all owners have to sign. We can come in the early evening or on "
        "Saturday, when you are both at home, or show it to the other one in a video call.",
    ),
    ObjectionSpec(
        "Has a cheaper offer",
        (
            "cheaper offer",
            "cheaper quote",
            "better offer",
            "offer is cheaper",
            "quote is lower",
            "another quote",
            "offered me less",
            "cheaper company",
            "competitor",
        ),
        "Then let us lay both quotes side by side, line by line. Cheap offers often leave out the "
        "years on installation work, the main panel, the permit fees or the critter mesh. We do "
        "not match prices, and if the other offer is better for you, we say so.",
    ),
    ObjectionSpec(
        "Read bad reviews",
        ("bad reviews", "terrible reviews", "bad things about you", "complaints about you"),
        "Thank you for saying it. Which review was it? Many of the complaints were about late "
        "callbacks, and a service desk was set up because of them. I can also have a reference "
        "customer near you get in touch.",
    ),
    ObjectionSpec(
        "May move house",
        ("we may move", "might move", "moving soon", "sell the house", "selling the house"),
        "How soon would that be? Panels that are paid off stay with the house, and the warranty on "
        "our work passes to the buyer. If you leave before long, we rather advise against solar.",
    ),
    ObjectionSpec(
        "Waits for lower prices",
        ("wait for prices", "prices fall", "prices drop", "get cheaper", "cheaper next year"),
        "Panel prices have fallen little lately, since labor is the largest part of the price. "
        "Waiting makes sense when the roof has to be replaced first anyway.",
    ),
    ObjectionSpec(
        "Wants it by e-mail only",
        ("send me something", "send me an email", "send an e-mail", "just email me", "brochure"),
        "Gladly: there is a brochure and a sample quote. What is your e-mail address? I will spell "
        "it back to you.",
    ),
    ObjectionSpec(
        "How did you get my number",
        ("get my number", "got my number", "where did you get my"),
        "I will tell you what is on our record. We do not buy lists of numbers. If you do not want "
        "to be called any more, I will have your number blocked at once.",
    ),
    ObjectionSpec(
        "Does not work in winter",
        (
            "not work in winter",
            "don't work in winter",
            "doesn't work in winter",
            "too cloudy",
            "too foggy",
            "not enough sun",
        ),
        "Panels work with light, not with heat, so they make less under clouds and in winter. What "
        "counts is the whole year, and the figures in the quote include the local fog.",
    ),
    ObjectionSpec(
        "Roof too old",
        ("roof is too old", "roof is old", "old roof", "roof is worn"),
        "That may be, and it is easily checked by the free inspection. If the roof has too few "
        "years left, it should be replaced first or together with the panels.",
    ),
    ObjectionSpec(
        "Too much shade",
        ("too much shade", "trees around", "shaded roof", "roof is shaded"),
        "Trees do not rule it out. At the visit the shade is measured over the year, and when the "
        "loss is too large, we advise against solar.",
    ),
    ObjectionSpec(
        "Heat pumps are noisy",
        (
            "heat pumps are loud",
            "heat pump is noisy",
            "too noisy",
            "too loud",
            "neighbors complain",
        ),
        "Older ones were. You can hear one run in our showroom, and if a neighbor complains in the "
        "first year, we measure it and add a sound screen at our cost.",
    ),
    ObjectionSpec(
        "Afraid for the roof",
        ("ruin my roof", "damage my roof", "holes in my roof", "roof will leak"),
        "Each mount is screwed into a rafter, sealed and covered by flashing, and we answer for "
        "leaks around our mounts. For how long stands in our warranty.",
    ),
    ObjectionSpec(
        "Not interested",
        ("not interested", "no interest", "don't need it"),
        "I understand, and thank you for telling me. Shall I have your number taken off the list?",
    ),
)
EXAMPLE = PlaybookSpec("Solar, heating and roofs", STAGES, OBJECTIONS)


def load_demo_playbook(business: Business) -> Playbook:
    """The example, once: a business that has any playbook keeps it as it is."""
    existing = Playbook.objects.filter(business=business).order_by("-is_active", "pk").first()
    return existing or create_playbook(business, EXAMPLE.name, like=EXAMPLE)
