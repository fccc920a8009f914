/// Texts through ELMo (model/elmo.h): a token is a word (letters, digits and marks in a row, or
/// another character), a text's vector the mean of its words' states, each the mean of all layers.
///
/// Source: the mean of layers is ELMo's mix with equal weights (Peters et al. 2018, equation 1).
#pragma once

#include <memory>

#include "embed/text_encoder.h"

namespace kindred::embed {

Result<std::unique_ptr<const TextEncoder>> open_elmo(const Layout& layout);

}  // namespace kindred::embed
