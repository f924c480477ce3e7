"""What a match has to say, as codes with parameters; a language is put on them elsewhere.

Word evidence (reasons)
  words_met              words: str                                  the need's words found in the offer's title or summary
  words_met_in_body      words: str                                  found further down, in description or specs
  parts_met              words: str                                  no whole word, but these pieces of words
  common_words_only      words: str                                  nothing telling: everyday words only (weak pairs)
  faint_text             (none)                                      not even that: related spellings only (weak pairs)
  same_meaning           need_words: str, capability_words: str      other words, one meaning (synonyms)
Specs
  spec_met               parameter, wanted, offered                  reason
  spec_unproven          parameter, wanted                           unproven: nothing is stated
  spec_partly            parameter, wanted, offered                  unproven: the ranges overlap only in part
  spec_unit_unclear      parameter, wanted, offered                  unproven: units missing or not comparable
  spec_unmet             parameter, wanted, offered                  gap (a wish), or a number in prose that contradicts
  must_spec_contradicted parameter, wanted, offered                  excluded
  denied_in_prose        parameter, offered                          gap: asked for, and the offer's own sentence denies it
  unwanted_in_prose      parameter                                   gap: the need's sentence refuses it, the offer names it
  standard_met           standard                                    reason
  standard_unproven      standard                                    unproven
  standard_other_year    standard, offered                           unproven: another edition is quoted
Certificates
  certificate_valid      certificate, until                          reason (until = ISO date)
  certificate_undated    certificate                                 unproven: held, no validity stated
  certificate_claimed    certificate                                 unproven: only mentioned in the text
  certificate_unproven   certificate                                 unproven: nothing stated
  certificate_expires_soon certificate, until, days                  unproven: valid on the day, lapses within 90 days
  certificate_lapsed     certificate, until                          excluded
  certificate_not_yet_valid certificate, since                       excluded
  certificate_absent     certificate                                 excluded: declared absent
Supply
  capacity_met           capacity, quantity                          reason
  capacity_part          percent, capacity, quantity                 gap
  capacity_undivided     percent, capacity, quantity                 excluded: the buyer does not accept splitting
  capacity_unproven      quantity                                    unproven
  capacity_unit_unclear  capacity, quantity                          unproven: units do not convert
  moq_above              moq, quantity                               gap
  lead_time_met          offered, wanted                             reason (days)
  lead_time_late         offered, wanted, days                       gap
  lead_time_unproven     wanted                                      unproven
  division_not_served    division                                    gap
  payment_met            wanted                                      reason (days)
  payment_later          wanted, accepted, days                      gap: paid later than the supplier can wait
  payment_undated        accepted                                    gap: paid only when somebody else has paid
Terms of the type (`term` a field's key; `wanted`, `offered` numbers with units or 「field:key,key」; `closed` 1 = the
wanted side is for invited eyes)
  term_met               term, wanted, offered                       reason
  term_words             term, words                                 reason: both name it
  term_unproven          term, wanted                                unproven
  term_unmet             term, wanted, offered                       gap
  term_contradicted      term, wanted, offered                       excluded: neither side can give way
  other_counterpart      (none)                                      excluded: asks for a first user, finds a product, or the reverse
Place in the chain
  same_link              link                                        reason
  same_chain             chain                                       reason
  same_industry          industry                                    reason (code as far as it agrees)
Relations
  current_supplier       (none)                                      reason: a mark, never a refusal
Further exclusions
  excluded_counterpart   (none)                                      the need's owner excluded this firm
  counterpart_excluded   (none)                                      the capability's owner excluded the buyer
  same_firm, same_control (none)
  type_closed            type                                        the offer is not open to this need type
Causes without a pair (unmatched_causes)
  no_capability, text_too_weak, and every exclusion code above
"""

from __future__ import annotations

from dataclasses import dataclass, field

WORDS_MET = "words_met"
WORDS_MET_IN_BODY = "words_met_in_body"
PARTS_MET = "parts_met"
COMMON_WORDS_ONLY = "common_words_only"
FAINT_TEXT = "faint_text"
SAME_MEANING = "same_meaning"
SPEC_MET = "spec_met"
SPEC_UNPROVEN = "spec_unproven"
SPEC_PARTLY = "spec_partly"
SPEC_UNIT_UNCLEAR = "spec_unit_unclear"
SPEC_UNMET = "spec_unmet"
MUST_SPEC_CONTRADICTED = "must_spec_contradicted"
DENIED_IN_PROSE = "denied_in_prose"
UNWANTED_IN_PROSE = "unwanted_in_prose"
STANDARD_MET = "standard_met"
STANDARD_UNPROVEN = "standard_unproven"
STANDARD_OTHER_YEAR = "standard_other_year"
CERTIFICATE_VALID = "certificate_valid"
CERTIFICATE_UNDATED = "certificate_undated"
CERTIFICATE_CLAIMED = "certificate_claimed"
CERTIFICATE_UNPROVEN = "certificate_unproven"
CERTIFICATE_EXPIRES_SOON = "certificate_expires_soon"
CERTIFICATE_LAPSED = "certificate_lapsed"
CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
CERTIFICATE_ABSENT = "certificate_absent"
CAPACITY_MET = "capacity_met"
CAPACITY_PART = "capacity_part"
CAPACITY_UNDIVIDED = "capacity_undivided"
CAPACITY_UNPROVEN = "capacity_unproven"
CAPACITY_UNIT_UNCLEAR = "capacity_unit_unclear"
MOQ_ABOVE = "moq_above"
LEAD_TIME_MET = "lead_time_met"
LEAD_TIME_LATE = "lead_time_late"
LEAD_TIME_UNPROVEN = "lead_time_unproven"
DIVISION_NOT_SERVED = "division_not_served"
PAYMENT_MET = "payment_met"
PAYMENT_LATER = "payment_later"
PAYMENT_UNDATED = "payment_undated"
TERM_MET = "term_met"
TERM_WORDS = "term_words"
TERM_UNPROVEN = "term_unproven"
TERM_UNMET = "term_unmet"
TERM_CONTRADICTED = "term_contradicted"
OTHER_COUNTERPART = "other_counterpart"
SAME_LINK = "same_link"
SAME_CHAIN = "same_chain"
SAME_INDUSTRY = "same_industry"
CURRENT_SUPPLIER = "current_supplier"
EXCLUDED_COUNTERPART = "excluded_counterpart"
COUNTERPART_EXCLUDED = "counterpart_excluded"
SAME_FIRM = "same_firm"
SAME_CONTROL = "same_control"
TYPE_CLOSED = "type_closed"
NO_CAPABILITY = "no_capability"
TEXT_TOO_WEAK = "text_too_weak"

EXCLUSIONS = (
    MUST_SPEC_CONTRADICTED, CERTIFICATE_LAPSED, CERTIFICATE_NOT_YET_VALID, CERTIFICATE_ABSENT, CAPACITY_UNDIVIDED,
    TERM_CONTRADICTED, OTHER_COUNTERPART, EXCLUDED_COUNTERPART, COUNTERPART_EXCLUDED, SAME_FIRM, SAME_CONTROL, TYPE_CLOSED,
)  # fmt: skip
CAUSES = (NO_CAPABILITY, TEXT_TOO_WEAK, *EXCLUSIONS)

Params = dict[str, str | int | float]


@dataclass(frozen=True)
class Finding:
    """A code of this module with its parameters."""

    code: str
    params: Params = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.params.items(), key=lambda item: item[0]))))


CODES = frozenset(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)
