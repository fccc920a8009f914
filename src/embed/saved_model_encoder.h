/// Texts through a SavedModel of TensorFlow (tensorflow/text_model.h), which takes them apart
/// itself: here a text is one token, whatever it is.
#pragma once

#include <memory>

#include "embed/text_encoder.h"

namespace kindred::embed {

Result<std::unique_ptr<const TextEncoder>> open_saved_model(const Layout& layout);

}  // namespace kindred::embed
