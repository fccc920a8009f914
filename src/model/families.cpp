#include <fmt/format.h>

#include <array>

#include "base/listed.h"
#include "files/excerpt.h"
#include "model/albert.h"
#include "model/bert.h"
#include "model/config.h"
#include "model/deberta.h"
#include "model/distilbert.h"
#include "model/electra.h"
#include "model/encoder.h"
#include "model/gemma3.h"
#include "model/gguf_model.h"
#include "model/gpt2.h"
#include "model/gte.h"
#include "model/llama.h"
#include "model/modernbert.h"
#include "model/mpnet.h"
#include "model/nomic_bert.h"
#include "model/roberta.h"
#include "model/t5.h"
#include "model/weights.h"

namespace kindred::model {
namespace {

struct Family {
  std::string_view model_type;  // of config.json
  Result<std::unique_ptr<const Encoder>> (*open)(const Config&, const Weights&);
};

constexpr std::array kFamilies = {
    Family{"albert", open_albert},
    Family{"bert", open_bert},
    Family{"camembert", open_roberta},
    Family{"deberta-v2", open_deberta},
    Family{"distilbert", open_distilbert},
    Family{"electra", open_electra},
    Family{"gemma3_text", open_gemma3},
    Family{"gpt2", open_gpt2},
    Family{"gte", open_gte},
    Family{"llama", open_llama},
    Family{"mistral", open_mistral},
    Family{"modernbert", open_modernbert},
    Family{"mpnet", open_mpnet},
    Family{"new", open_gte},
    Family{"nomic_bert", open_nomic_bert},
    Family{"qwen2", open_qwen2},
    Family{"qwen3", open_qwen3},
    Family{"roberta", open_roberta},
    Family{"t5", open_t5},
    Family{"xlm-roberta", open_roberta},
};

}  // namespace

Result<OpenEncoder> open_encoder(const std::filesystem::path& folder, Purpose purpose) {
  const Config config = KINDRED_TRY(read_model_config(folder));
  const auto model_type = KINDRED_TRY(config.text("model_type"));
  for (const Family& family : kFamilies) {
    if (family.model_type != model_type) continue;
    const Weights weights = KINDRED_TRY(Weights::open(folder, purpose));
    auto encoder = KINDRED_TRY(family.open(config, weights));
    return OpenEncoder{.family = family.model_type,
                       .encoder = std::move(encoder),
                       .parameters = weights.parameters(),
                       .weights = weights.file(),
                       .trained = weights.trained()};
  }
  return fail(
      ErrorCode::unsupported,
      fmt::format("{}: model_type is \"{}\", Kindred has: {}", config.path().string(),
                  files::excerpt(model_type), base::listed(kFamilies, &Family::model_type)));
}

}  // namespace kindred::model
