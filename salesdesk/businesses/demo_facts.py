"""What the demo business, “Bright Roof Solar & Air”, lets its agent say.

SAMPLE CONTENT: the business does not exist, and its prices, terms and hours are made up.
"""

FACTS: tuple[tuple[str, str], ...] = (
    (
        "What does the company do, and which services do you offer?",
        "We install solar panels, heat pumps and air conditioning, and we repair and replace "
        "roofs. One crew plans and does the work from start to finish.",
    ),
    (
        "Do you install solar panels, how does it go and how long does it take?",
        "Yes, we plan and install solar panels for family homes. "
        "It starts with a free visit, where we measure the roof and look at your power bill. "
        "From signing to switching on usually takes six to ten weeks.",
    ),
    (
        "How long is the warranty on the solar panels, how many years?",
        "Our solar panels come with a twenty five year warranty on output and materials. "
        "Our own installation work is covered for ten years.",
    ),
    (
        "Does the warranty cover the inverter?",
        "The inverter has its own warranty of twelve years, which can be extended to twenty "
        "years when you order.",
    ),
    (
        "How much do solar panels cost?",
        "A typical system for a family home costs between fifteen and twenty five thousand "
        "dollars before incentives. The exact price depends on the roof and on how much power "
        "you use, so we only quote after a free visit.",
    ),
    (
        "What financing options do you have, can I pay in instalments or take a loan?",
        "There are three ways to pay. "
        "You can pay at once and get two percent off the price. "
        "You can take a loan over five, ten or fifteen years through our partner bank, "
        "without a down payment. "
        "Or you can lease a heat pump or a solar system for a fixed monthly amount, "
        "with service included. "
        "A colleague works out all three with you, so that you can compare them.",
    ),
    (
        "How much is the monthly payment?",
        "For a heat pump on a ten year loan, most customers pay between ninety and one hundred "
        "and forty dollars a month. The bank sets the exact payment after a credit check.",
    ),
    (
        "How much does a new heat pump cost and does it save energy?",
        "A new heat pump costs between eight and fourteen thousand dollars with installation. "
        "It heats and cools, and it usually needs about half the power of an electric furnace.",
    ),
    (
        "Do you repair heat pumps, furnaces and air conditioners that broke down?",
        "Yes, we repair heat pumps, furnaces and air conditioners of all common brands. "
        "Calls before noon are usually visited on the next working day.",
    ),
    (
        "Do you replace roofs, and what does a new roof or an inspection cost?",
        "Yes, we replace shingle and metal roofs. "
        "A new shingle roof for an average house costs between twelve and twenty thousand "
        "dollars. A roof inspection is free and takes about forty minutes.",
    ),
    (
        "What are your opening hours, when are you open?",
        "We are open Monday to Friday from eight to six, and on Saturday from nine to one.",
    ),
    (
        "Which area do you serve, where are you located?",
        "We work all over the San Francisco Bay Area, and our office is in Oakland.",
    ),
    (
        "Are there tax credits, rebates or other incentives?",
        "There may be federal, state or utility incentives for your project. "
        "They change often, so a colleague checks for your address what applies at the moment.",
    ),
    (
        "Are you licensed and insured?",
        "Yes, we are licensed and insured for electrical, roofing and air conditioning work.",
    ),
)

VOCABULARY: tuple[str, ...] = (
    "solar panels",
    "inverter",
    "warranty",
    "heat pump",
    "air conditioning",
    "financing options",
    "monthly payment",
    "new roof",
    "roof inspection",
    "appointment",
    "budget",
    "manager",
)
