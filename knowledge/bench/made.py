"""Questions made of patterns about what the starter set does not have, to train the reader on.

Only for training: the product knows none of these words. Things of other trades, brands that are
not carried, details that no data sheet has, and the company's inner life.
"""

import random
from collections.abc import Iterator

SEED = 7

THINGS = """
    hardwood floors | carpet | granite countertops | bathtubs | shower heads | garbage disposals
    | dishwashers | ovens | microwaves | washing machines | dryer vents | water filters | sump
    pumps | septic tanks | sprinklers | hot tubs | saunas | pergolas | fences | gates |
    driveways | patios | retaining walls | garage doors | front doors | windows | shutters |
    blinds | awnings | insulation | drywall | wallpaper | ceiling fans | attic fans | exhaust
    fans | fireplaces | wood stoves | pellet stoves | boilers | radiators | baseboard heaters |
    floor heating | space heaters | chimney sweeping | mold removal | termite treatment | pest
    control | tree trimming | lawn care | landscaping | snow plowing | pressure washing | window
    cleaning | brick work | concrete | foundation repair | basement waterproofing | home
    inspections | energy audits | security cameras | alarm systems | doorbells | smart locks |
    intercoms | home theaters | network cables | satellite dishes | antennas | light fixtures |
    recessed lights | landscape lighting | outlets | generators | wind turbines | solar water
    heating | solar lights | pool heaters | flat roofs | slate roofs | rubber roofs | green
    roofs | thatched roofs | roof coating | moss removal | ice melt cables | snow guards |
    elevators | stair lifts | ramps | kitchen cabinets | closets | furniture | mattresses |
    televisions | laptops | phones | cars | tires | motorcycles | boats | bicycles | scooters |
    golf carts | forklifts | cranes | dumpsters | storage units | moving boxes | pianos |
    guitars | pizza | coffee | flowers | jewelry | eyeglasses | hearing aids | vaccinations |
    dental cleaning | haircuts | massages | yoga classes | legal advice | wills | passports |
    insurance policies | mortgages | credit cards | travel bookings | hotel rooms | concert
    tickets
"""

BRANDS = """
    Bosch | Carrier | Daikin | Rheem | Goodman | York | Panasonic | Hyundai | Qcells | REC |
    Jinko | Trina | SolarEdge | Fronius | Generac | LG | Samsung | Honeywell | Velux | Malarkey
    | Tamko | Decra | Wallbox | JuiceBox | Kohler | Wolfgard | Brunhild | Ostara | Kelvinar |
    Helioforge | Pinnacle | Zephyrus
"""

DETAILS = """
    the open circuit voltage | the torque for the clamps | the heat transfer coefficient | the
    serial number format | the firmware version | the ground fault rating | the power factor |
    the static pressure | the sound frequency | the fuse rating | the shipping weight | the
    number of screws | the wire gauge | the compressor speed | the fan diameter | the insulation
    R value | the wind tunnel result | the fire test report number | the country of the steel |
    the patent number | the shelf life | the UL listing number | the bluetooth range | the
    standby power draw | the recycled content
"""

PRODUCTS = """
    the panel | the inverter | the battery | the heat pump | the air conditioner | the mini
    split | the charger | the thermostat | the shingles | the metal roof | the gutters
"""

PERSONS = """
    accountant | lawyer | chief financial officer | marketing person | warehouse manager | truck
    driver | shareholder | board of directors | union representative | recruiter | web designer
    | landlord
"""

ABOUT_THINGS = (
    "do you install {x}",
    "do you do {x}",
    "how much are {x}",
    "what do {x} cost with you",
    "can you repair my {x}",
    "do you sell {x}",
    "what's the warranty on {x}",
    "how long do {x} last",
    "what colors do your {x} come in",
    "how long does it take to put in {x}",
    "do you service {x}",
    "can I finance {x}",
    "I need help with {x}",
    "do I need a permit for {x}",
    "is there a rebate for {x}",
    "who makes your {x}",
    "are {x} included in the price",
    "how often do {x} need cleaning",
    "can I lease {x}",
    "do you have {x} in stock",
)
ABOUT_BRANDS = (
    "do you carry {b}",
    "can you repair my {b} under their warranty",
    "is {b} better than what you sell",
    "why don't you use {b}",
    "do you install {b} equipment",
    "what's the price of a {b}",
    "my {b} is broken, does the maker pay",
    "are you a certified {b} dealer",
)
ABOUT_PERSONS = (
    "how many {a} do you have",
    "who is your {a}",
    "what does your {a} earn",
    "can I talk to your {a}'s family",
    "where does your {a} live",
    "did your {a} change last year",
)
ABOUT_DETAILS = ("what's {d} of {x}",)


def made_up() -> list[str]:
    """The same questions every time, half of them as a recogniser writes."""
    draw = random.Random(SEED)  # noqa: S311
    return [_written(question, draw) for question in dict.fromkeys(_asked(draw))]


def _asked(draw: random.Random) -> Iterator[str]:
    for thing in _each(THINGS):
        yield from (pattern.format(x=thing) for pattern in draw.sample(ABOUT_THINGS, 4))
    for brand in _each(BRANDS):
        yield from (pattern.format(b=brand) for pattern in draw.sample(ABOUT_BRANDS, 3))
    for detail in _each(DETAILS):
        products = draw.sample(_each(PRODUCTS), 2)
        yield from (ABOUT_DETAILS[0].format(d=detail, x=product) for product in products)
    for person in _each(PERSONS):
        yield from (pattern.format(a=person) for pattern in draw.sample(ABOUT_PERSONS, 2))


def _each(names: str) -> list[str]:
    return [" ".join(name.split()) for name in names.split("|")]


def _written(question: str, draw: random.Random) -> str:
    return question if draw.random() < 0.5 else f"{question[0].upper()}{question[1:]}?"
