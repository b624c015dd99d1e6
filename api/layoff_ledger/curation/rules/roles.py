"""Roles: a claim cites words that name the people, not a site, a unit or a closure."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import all_claims, rule, violation_of_claim
from layoff_ledger.curation.rules.numbers import PEOPLE

# In addition to label, code and synonyms of `roles.toml`: other forms, and other languages.
_ALSO = {
    "engineering": r"engineer|develop(?:er|ment)|software|coder|programmer|tech(?:nical|nology)?\b"
    r"|R&D|research[- ]and[- ]development|entwickl|ingenieur|ingénieur|desarroll|IT\b|platform|tecnolog|ingegner|informatic|infrastructure teams",
    "hardware_engineering": r"engineer|hardware|technician|R&D|development|ingenieur|chip|entwickl|technolog",
    "data_and_ai": r"\bdata\b|\bAI\b|machine learning|analyst|annotat|\bML\b|label|tutors|raters?\b|daten",
    "research": r"research|scien|R&D|laborator|\blab|clinical|discovery|recherche|forsch|ricerca"
    r"|\bdevelopment\b|onderzoek",
    "product_management": r"product|program(?:me)? manag|project|\bPM",
    "design": r"design|\bUX\b|\bUI\b|creative|\bart(?:ists?)?\b|user (?:experience|research)",
    "quality_assurance": r"\bQA\b|quality|test",
    "it_operations": r"\bIT\b|information technology|security|cyber|infrastruct|network|system"
    r"|data cent|technology|cloud|tech\b|informati|DevOps",
    "customer_support": r"customer|support|call[- ]?cent|contact cent|help ?desk|\bCX\b|service"
    r"|klanten|kunden|callcenter|client|care\b|atend|clientes|hotline",
    "sales": r"sales|go[- ]to[- ]market|\bGTM\b|account (?:exec|manag)|commercial|vertrieb|vente|ventas"
    r"|field organi[sz]ation|business development|seller|verk[oa]+p|verkauf|vendite|revenue|comercial|\bagents?\b",
    "marketing": r"market|advertis|brand|promotion|growth",
    "recruiting": r"recruit|talent|hiring|sourcer|staffing",
    "human_resources": r"human resources|\bHR\b|people\b|personnel|PXT|talent|learning|diversity|DEI\b|training"
    r"|personal",
    "finance_and_accounting": r"financ|account|audit|\btax|treasury|lend|loan|underwrit|mortgage|actuar|credit"
    r"|claims|insurance|payroll|budget|finanz",
    "legal_and_compliance": r"legal|lawyer|attorney|counsel|complian|privacy|risk|policy|governance|jurid"
    r"|human rights|ethic|money laundering|\bAML\b|government relations|recht|juríd",
    "communications": r"communicat|public relations|\bPR\b|press\b|public affairs|corporate affairs|media relations",
    "operations": r"operation|\bops\b|procure|purchas|planning|supply|process|vendor|back[- ]office|betrieb|operaç|operac",
    "administration": r"admin|back[- ]?office|support|clerical|corporate|secretar|overhead|office|G&A|central"
    r"|verwaltung|indirect|management functions|white[- ]collar|hoofdkantoor|staff functions|assistants|amministra|assessment",
    "logistics_and_warehouse": r"warehous|logist|distribut|fulfil|supply chain|deliver|sort|baggage|packag|pack(?:ers|ing)"
    r"|ground handling|ground|freight|parcel|hub|shipping|ramp|magazijn|lager",
    "driving_and_delivery": r"driver|deliver|courier|rider|carrier|postal|truck|driving|fleet|mail|haul|train"
    r"|conductor|zustell|bus\b|koerier",
    "air_and_sea_crew": r"pilot|crew|attendant|cockpit|cabin|seafar|sailor|stewar|flying staff|flight|captain"
    r"|piloot|piloten|cabine|kabine|onboard|vessel|cabinep",
    "manufacturing": r"manufactur|production|factor|plant|assembl|produc|welder|operator|machin|Produktion|usine"
    r"|shop floor|blue[- ]collar|fab\b|technicians|productie|workshop|fabri|brewe|direct|foundry|mill|line workers",
    "construction_and_maintenance": r"construct|mainten|repair|mechanic|install|build|technician|mine|drill|rig\b|rigs"
    r"|field service|field|engineering|electric|network|crews|wartung|onderhoud|geolog|facilit|property|renovat|horník|górni",
    "retail_stores": r"store|shop|retail|branch|cashier|teller|Filial|magasin|tienda|winkel|supermarket|butik|outlet|service station",
    "hospitality": r"hotel|restaurant|catering|cook|waiter|travel|hospital|barista|kitchen|dining|park|theme|cafe|café"
    r"|tourism|casino|guest|ticket",
    "content_moderation": r"moderat|trust|safety|integrity|content review|policy",
    "journalism_and_content": r"journal|news|edit|report|writ|content|producer|photo|media|redak|broadcast|programm"
    r"|magazine|video|film|animat|televis|\bTV\b|podcast|studio|audio|correspond|art(?:ist)?\b|creat|dziennik|presse|on-air|talent|casting",
    "translation": r"translat|interpret|locali|linguist|language",
    "game_development": r"game|studio|develop|artist|gaming|player|level design|narrative",
    "healthcare": r"doctor|nurs|physician|clinic|care\b|medical|pharmac|health|patient|therap|hospital",
    "teaching": r"teach|tutor|lectur|profess|facult|instruct|educat|academ|trainer|coach|universit",
    "investment_banking": r"invest|trad|deal|banker|equit|capital markets|asset|advis|securit|fixed income|markets",
    "consulting": r"consult|advis|professional services|client|services",
    "public_service": r"civil|federal|government|public|official|inspector|casework|probation|agency|employees|ministr"
    r"|regulators?|fonctionn|agents|staff|servidores",
    "entry_level": r"junior|trainee|graduate|intern\b|interns|apprent|fresher|early|entry|young|new hires|\bgrads|probation"
    r"|training|placement|auszubild|stage|recent",
    "individual_contributor": r"individual contribut|non[- ]manag|\bICs?\b|staff|rank and file",
    "middle_management": r"manag|layer|supervis|team lead|hierarch|middle|kader|leiding|cadres|führung|vezet",
    "senior_management": r"director|vice president|\bVPs?\b|senior|head|leader|manag|direct|executive|MDs?\b|grade|partner"
    r"|manager|top",
    "executive": r"executive|chief|C-suite|\bC[EFOT]O\b|board|president|leadership|Vorstand|partner|director|management",
    "contractor": r"contract|agency|temp|freelanc|vendor|outsourc|gig|agencies|leih|intérim|interim|external|third[- ]party"
    r"|self[- ]employ|uitzend|consultants|part-time|casual|zero|subcontract|suppliers|ingehuurde|inhuur|alternate|konsult",
    "corporate_staff": r"corporate|headquart|head office|office|salaried|white[- ]collar|non-|administrat|overhead|indirect"
    r"|support|central|hoofdkantoor|zentral|siège|knowledge|management|global functions|desk|kantoor|Verwaltung|\bHQ\b|clerical|professional|cadres|staff functions|tjänstem|funktionär|toimihenkil",
    "hourly_staff": r"hourly|blue[- ]collar|front[- ]?line|shop[- ]floor|wage|workers|union|crew|ouvrier|operator|direct",
    "low_performers": r"perform|rating|expectation|assess|rated|evaluat|\bPIP|underperform|training|test|standard|attend|not meeting|below",
    "non_core_projects": r"core|bet|moonshot|experiment|project|priorit|product|initiativ|program|venture|concept|team",
    "whole_company": r"\b(?:all|every|entire|whole|across|each|company[- ]?wide|complete|both|globally|global|everyone"
    r"|nearly all|almost all|majority|most|various|multiple|range|throughout|broad|organi[sz]ation|any|no one|staff"
    r"|workforce|100|worldwide|firmwide|departments|alle|gesamt|tous|toutes?|todos|todas|totalité|sämtlich)\b|executives, managers and employees",
}  # fmt: skip


# A site is not a role: these words only count if people are named next to them.
_SITES = re.compile(
    r"\b(?:plants?|factor(?:y|ies)|stores?|shops?|branch(?:es)?|studios?|hotels?|restaurants?"
    r"|warehouses?|hospitals?|schools?|mines?|mills?|outlets?|cent(?:re|er)s?|filialen?|tiendas"
    r"|magasins|usines?|werke?)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    rf"\b(?:{PEOPLE}|\w+ers|crews?|teams?|technicians|mechanics|associates|artists|assistants|agents"
    r"|hands|talent|personal|\d{2,}|nurses|doctors|functions?|operations?|departments?)\b",
    re.IGNORECASE,
)


@functools.cache
def _plain(phrase: str) -> str:
    """Turn a label or synonym into a pattern that also matches its inflected forms."""
    words = re.split(r"[\s_/-]+", phrase.lower())
    stems = [
        rf"\b{re.escape(word)}\b"
        if len(word) <= 3  # noqa: PLR2004 an abbreviation
        else rf"\b{re.escape(word.rstrip('s')[: max(4, len(word) - 3)])}\w*"
        for word in words
        if word not in {"and", "of", "the"}
    ]
    return r"\W+(?:and\W+)?".join(stems)


def _without_sites(words: str) -> str:
    """Remove the words for sites, unless people are named or counted next to them."""
    return words if _PERSON.search(words) else _SITES.sub("", words)


def _pattern(role: records.Role) -> re.Pattern[str]:
    phrases = [role.label, role.id, *role.synonyms]
    parts = [_plain(phrase) for phrase in phrases]
    also = _ALSO.get(role.id)
    return re.compile("|".join([*parts, *([also] if also else [])]), re.IGNORECASE)


@rule
def role_is_named_in_its_source(curated: Curated) -> Iterator[Violation]:
    """The fragment or `wording` of a role claim has a word for these people.

    That is the label, the code or a synonym of the role, or another form of one. A plant, a shop or
    a studio is not a role: the words also have to name people. If neither a fragment nor a wording
    is quoted, this cannot be checked.
    """
    patterns = {role.id: _pattern(role) for role in curated.roles.values()}
    for located in all_claims(curated):
        claim = located.claim
        if not isinstance(claim, records.RoleClaim) or claim.role not in patterns:
            continue
        quoted = [one.fragment for one in claim.citations if one.fragment is not None]
        if claim.wording is not None:
            quoted.append(claim.wording)
        if quoted and not any(patterns[claim.role].search(_without_sites(one)) for one in quoted):
            listed = " / ".join(f"“{words}”" for words in quoted)
            yield violation_of_claim(
                curated,
                located,
                role_is_named_in_its_source,
                f"no word for {claim.role} in {listed}",
                "cite the words that name these people, or remove the claim",
            )
