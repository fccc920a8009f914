/// Text that is UTF-8 whatever it was: ill-formed bytes become U+FFFD.
///
/// One U+FFFD for each maximal subpart of an ill-formed sequence (Unicode, section 3.9, tables 3-7
/// and 3-11), as the tokenizer counts them too. Cost: a fast check where the text is well-formed.
#pragma once

#include <string>
#include <string_view>

namespace kindred::ingestion {

std::string well_formed(std::string_view bytes);

}  // namespace kindred::ingestion
