#include "embed/text_encoder.h"

#include <utility>

#include "embed/elmo_encoder.h"
#include "embed/saved_model_encoder.h"
#include "embed/static_encoder.h"
#include "embed/transformer_encoder.h"
#include "embed/word_encoder.h"

namespace kindred::embed {

Result<std::unique_ptr<const TextEncoder>> open_text_encoder(const Layout& layout) {
  switch (layout.beginning) {
    case Beginning::transformer:
      return open_transformer_encoder(layout);
    case Beginning::static_embedding:
      return open_static_embedding(layout);
    case Beginning::model2vec:
      return open_model2vec(layout);
    case Beginning::elmo:
      return open_elmo(layout);
    case Beginning::saved_model:
      return open_saved_model(layout);
    case Beginning::word_vectors:
      return open_word_encoder(layout);
  }
  std::unreachable();
}

}  // namespace kindred::embed
