/// Any bytes as saved_model.pb, beside the variables and files of models that are whole: an error
/// of one line, or a model that gives texts vectors or another such error.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "files/tensor_bundle.h"
#include "tensorflow/text_model.h"

namespace {

const std::filesystem::path kModels = std::filesystem::path(KINDRED_FIXTURES) / "saved_model";

void check(const kindred::Error& error) {
  if (error.message.empty() || error.message.contains('\n')) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string vocabulary =
      *kindred::base::read_file(kModels / "nnlm" / "assets" / "tokens.txt");
  for (const char* name : {"nnlm", "use_v1"}) {
    auto variables = kindred::files::TensorBundle::open(kModels / name / "variables" / "variables");
    const auto model = kindred::tensorflow::TextModel::parse(
        std::as_bytes(std::span(data, size)),
        {{"tokens.txt", std::as_bytes(std::span(vocabulary))}}, std::move(*variables), "fuzz.pb");
    if (!model) {
      check(model.error());
      continue;
    }
    constexpr std::array<std::string_view, 3> kTexts = {"The river bank", "", "money, in a bank"};
    kindred::tensor::Workspace workspace;
    const auto vectors = model->run(workspace, kTexts);
    if (!vectors) check(vectors.error());
  }
  return 0;
}
