#include "text/decoders/readers.h"

namespace kindred::text {
namespace {

class Fuse final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string all;
    for (const std::string& token : tokens) all += token;
    tokens.assign(1, std::move(all));
  }
};

}  // namespace

Result<std::unique_ptr<const Decoder>> read_fuse(const JsonPart& /*part*/) {
  return std::make_unique<Fuse>();
}

}  // namespace kindred::text
