"""Words after which the usual rules do not apply, recognised by pattern."""

from salesdesk.assistant.offline.understanding import says

limits_calls = says(
    r"\b(don't|do not|never|please not) (ever )?(call|ring|phone) (me |us )?(before|after|during"
    r"|between"
    r"|until|till|at (work|night|home|this hour)|on (weekends|\w+days?)|so (early|late)|while)\b",
    r"\bonly call (me |us )?(before|after|between|on|in)\b",
)
wants_call_later = says(
    r"(?<!not )(?<!don't )(?<!never )\b(call|ring|phone) (me|us|my \w+) (back )?(again )?(later"
    r"|tomorrow|tonight"
    r"|next|this|on|at|after|before|around|in (the|a|an|two|three|\d+)|when|some other)\b",
    r"\b(can|could) (you|someone|somebody) (call|ring|phone) (me |us )?(back )?(later|tomorrow"
    r"|tonight|next"
    r"|on|at|after|in the)\b",
)
names_danger = says(
    r"\b(smell|smells|smelling|leaking|leak) (of )?gas\b|\bgas (smell|leak)\b|\bcarbon monoxide\b"
    r"|\b(on fire|smoke coming|sparks? coming|electric shock|burning smell)\b"
)
speaks_other_language = says(
    r"\b(hola|buenos|buenas|gracias|hablas?|espa[nñ]ol|quiero|necesito|tengo|por favor|usted)\b",
    r"\b(bonjour|je (suis|voudrais|ne)|parlez|fran[cç]ais|s'il vous)\b",
    r"\b(guten (tag|morgen|abend)|ich (m[oö]chte|habe|bin)|sprechen sie|deutsch)\b",
    r"\b(ol[aá]|obrigad[oa]|ciao|buongiorno|vorrei|n[iǐ] h[aǎ]o)\b"
    r"|[\u0400-\u04ff\u4e00-\u9fff\u0600-\u06ff]{2}",
    r"\b(do|can|does|could) (you|anyone|anybody|someone|somebody)( there)? speak (?!to|with|up"
    r"|louder)"
    r"[A-Za-z]+",
)
asks_for_english = says(r"\bspeak english\b")
tries_to_instruct = says(
    r"\b(ignore|disregard|forget|override|bypass)\b.{0,30}\b(instructions?|rules|prompts?"
    r"|guidelines"
    r"|(you were|you've been|you are) told|programming|restrictions?)\b",
    r"\b(system|hidden|secret|initial|your) (prompt|instructions)\b|\bapi[ -]?keys?\b"
    r"|\bpasswords?\b",
    r"\b(developer|debug|admin|god|dan|jailbreak) mode\b|\byou are now\b|\bpretend (to be|you)\b"
    r"|\bact as (if|a|an)\b|\brole-?play\b|\bnew (instructions|rules)\b",
    r"<\s*/?\s*(system|assistant|tool)|\[\s*(system|inst)\b|^\W*(system|assistant)\s*:",
    r"\bcall (the )?(tool|function)\b|\b(suppress|book_appointment|update_lead|escalate)\s*\(",
)
asks_about_others = says(
    r"\b(other|another|your other|somebody else's|someone else's|all( of)? your) (customers?"
    r"|clients?"
    r"|callers?|leads?|person|people)('s|s')?\b.{0,40}\b(number|address|name|appointment|e-?mail"
    r"|details"
    r"|data|phone|list|records?)s?\b",
    r"\b(phone )?(number|address|appointment|e-?mail|details|names?)s? (of|for) (your |the "
    r"|an)?(other"
    r"|another|all|every|last)? ?(customers?|clients?|callers?|mr|mrs|ms|my (neighbou?r|ex|wife"
    r"|husband|boss))\b",
    r"\bmy (neighbou?r|ex|boss|ex-wife|ex-husband)('s)\b.{0,20}\b(number|address|appointment"
    r"|order)",
    r"\b(list|read|tell|give)( me)?( all)?( of)? ?(the|your) (customers|clients|leads|callers)\b",
)
