#include "model/elmo.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "files/hdf5.h"
#include "model/config.h"
#include "tensor/activation.h"
#include "tensor/sums.h"

namespace kindred::model {
namespace {

using tensor::Activation;
using tensor::Linear;
using tensor::Tensor;
using tensor::Workspace;

constexpr std::string_view kOptions = "options.json";
constexpr std::string_view kWeights = "weights.hdf5";

// Characters: bytes, and marks. (Row 0 of the reference's table is no character; ours begins with
// byte 0.)
constexpr std::uint32_t kTextBegins = 256;
constexpr std::uint32_t kTextEnds = 257;
constexpr std::uint32_t kWordBegins = 258;
constexpr std::uint32_t kWordEnds = 259;
constexpr std::uint32_t kPadding = 260;
constexpr std::size_t kCharacters = 261;

/// The file of a folder whose name ends so; nothing where there is none, or more than one.
std::filesystem::path only_file(const std::filesystem::path& folder, std::string_view ending) {
  std::filesystem::path found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->path().filename().string().ends_with(ending)) continue;
    if (!found.empty()) return {};
    found = at->path();
  }
  return found;
}

/// Arrays as they stand in the file: TensorFlow's, inputs x outputs.
class Arrays {
 public:
  Arrays(const std::filesystem::path& path, const files::TensorSource& source)
      : path_(path), source_(source) {}

  Result<std::vector<float>> values(const std::string& name,
                                    std::initializer_list<std::size_t> shape) const {
    const files::StoredTensor* found = source_.find(name);
    if (found == nullptr)
      return fail(ErrorCode::corrupt, fmt::format("{}: has no array \"{}\"", path_.string(), name));
    if (!std::ranges::equal(found->shape, shape))
      return fail(ErrorCode::corrupt,
                  fmt::format("{}: \"{}\" is {}, the options ask for {}", path_.string(), name,
                              fmt::join(found->shape, " x "), fmt::join(shape, " x ")));
    std::vector<float> values(found->size());
    KINDRED_TRY(files::copy_as_f32(*found, values));
    return values;
  }

 private:
  const std::filesystem::path& path_;
  const files::TensorSource& source_;
};

/// Some rows and some columns of a matrix with `columns` columns.
struct Block {
  std::size_t first_row;
  std::size_t rows;
  std::size_t first_column;
  std::size_t columns;
};

/// Puts a block of TensorFlow's matrix, inputs x outputs, into rows of a layer.
void set_block(Linear& layer, std::size_t first_output, std::span<const float> matrix,
               std::size_t matrix_columns, const Block& block, std::span<const float> bias) {
  std::vector<float> weight(block.columns * block.rows);
  for (std::size_t output = 0; output < block.columns; ++output)
    for (std::size_t input = 0; input < block.rows; ++input)
      weight[output * block.rows + input] =
          matrix[(block.first_row + input) * matrix_columns + block.first_column + output];
  layer.set_rows(first_output, weight, bias);
}

Linear layer_of(std::span<const float> matrix, std::size_t inputs, std::size_t outputs,
                std::span<const float> bias) {
  Linear layer(outputs, inputs);
  set_block(layer, 0, matrix, outputs, {0, inputs, 0, outputs}, bias);
  return layer;
}

/// What an options file says of the LSTMs.
struct LstmSizes {
  std::size_t projection = 0;
  std::size_t cells = 0;
  std::size_t layers = 0;
  float cell_limit = 0;
  float state_limit = 0;
};

Result<LstmSizes> read_lstm_sizes(const Config& options) {
  const auto config = KINDRED_TRY(options.object("lstm"));
  if (!config) return options.wrong("lstm", "an object");
  LstmSizes sizes;
  sizes.projection = KINDRED_TRY(config->count("projection_dim"));
  sizes.cells = KINDRED_TRY(config->count("dim"));
  sizes.layers = KINDRED_TRY(config->count("n_layers"));
  sizes.cell_limit = KINDRED_TRY(config->number("cell_clip", 0));
  sizes.state_limit = KINDRED_TRY(config->number("proj_clip", 0));
  if (!KINDRED_TRY(config->flag("use_skip_connections", false)))
    return config->wrong("use_skip_connections", "true");
  KINDRED_TRY(config->require_known({}));
  return sizes;
}

Result<tensor::Lstm> read_lstm(const Arrays& arrays, const LstmSizes& sizes, std::size_t direction,
                               std::size_t layer) {
  const std::string prefix =
      fmt::format("RNN_{}/RNN/MultiRNNCell/Cell{}/LSTMCell/", direction, layer);
  const std::size_t inputs = sizes.projection;
  const std::size_t cells = sizes.cells;
  const std::size_t columns = 4 * cells;
  const auto matrix = KINDRED_TRY(arrays.values(prefix + "W_0", {2 * inputs, columns}));
  auto bias = KINDRED_TRY(arrays.values(prefix + "B", {columns}));
  const auto projection = KINDRED_TRY(arrays.values(prefix + "W_P_0", {cells, inputs}));
  // TensorFlow's order of columns is i, m, f, o, and it adds 1 to f.
  constexpr std::size_t kInput = 0;
  constexpr std::size_t kMemory = 1;
  constexpr std::size_t kForget = 2;
  constexpr std::size_t kOutput = 3;
  for (std::size_t i = kForget * cells; i < (kForget + 1) * cells; ++i) bias[i] += 1;

  tensor::Lstm lstm{.gates_of_input = Linear(3 * cells, inputs),
                    .gates_of_state = Linear(3 * cells, inputs),
                    .memory_of_input = Linear(cells, inputs),
                    .memory_of_state = Linear(cells, inputs),
                    .projection = layer_of(projection, cells, inputs, std::vector<float>(inputs)),
                    .cell_limit = sizes.cell_limit,
                    .state_limit = sizes.state_limit,
                    .backwards = direction == 1};
  const std::vector<float> none(cells);
  const auto set = [&](Linear& of_input, Linear& of_state, std::size_t first, std::size_t part) {
    set_block(of_input, first, matrix, columns, {0, inputs, part * cells, cells}, none);
    set_block(of_state, first, matrix, columns, {inputs, inputs, part * cells, cells},
              std::span(bias).subspan(part * cells, cells));
  };
  set(lstm.gates_of_input, lstm.gates_of_state, 0, kInput);
  set(lstm.gates_of_input, lstm.gates_of_state, cells, kForget);
  set(lstm.gates_of_input, lstm.gates_of_state, 2 * cells, kOutput);
  set(lstm.memory_of_input, lstm.memory_of_state, 0, kMemory);
  return lstm;
}

Tensor joined(Workspace& workspace, const Tensor& left, const Tensor& right) {
  Tensor out = workspace.tensor(left.rows(), left.columns() + right.columns());
  for (std::size_t row = 0; row < out.rows(); ++row) {
    float* to = std::copy_n(left.row(row), left.columns(), out.row(row));
    std::copy_n(right.row(row), right.columns(), to);
  }
  return out;
}

/// Rows of a sequence but its first and its last.
Tensor without_marks(Workspace& workspace, const Tensor& x, tensor::Sequences marked) {
  Tensor out = workspace.tensor(x.rows() - 2 * (marked.size() - 1), x.columns());
  float* to = out.data();
  for (std::size_t i = 0; i + 1 < marked.size(); ++i)
    to = std::copy(x.row(marked[i] + 1), x.row(marked[i + 1] - 1), to);
  return out;
}

}  // namespace

bool Elmo::is_one(const std::filesystem::path& folder) {
  return !only_file(folder, kOptions).empty() && !only_file(folder, kWeights).empty();
}

Result<Elmo> Elmo::open(const std::filesystem::path& folder) {
  const Config options = KINDRED_TRY(Config::read(only_file(folder, kOptions)));
  const auto weights_path = only_file(folder, kWeights);
  const LstmSizes sizes = KINDRED_TRY(read_lstm_sizes(options));
  const auto cnn = KINDRED_TRY(options.object("char_cnn"));
  if (!cnn) return options.wrong("char_cnn", "an object: Kindred reads words by their characters");
  const auto embedding = KINDRED_TRY(cnn->object("embedding"));
  if (!embedding) return cnn->wrong("embedding", "an object");

  Elmo elmo;
  elmo.dimensions_ = KINDRED_TRY(embedding->count("dim"));
  elmo.most_characters_ = KINDRED_TRY(cnn->count("max_characters_per_token"));
  KINDRED_TRY(cnn->require("n_characters", kCharacters + 1));
  const auto activation = KINDRED_TRY(cnn->text("activation"));
  if (activation != "relu" && activation != "tanh")
    return cnn->wrong("activation", "\"relu\" or \"tanh\"");
  elmo.activation_ = activation == "relu" ? Activation::relu : Activation::tanh;
  const auto filters = cnn->json().find("filters");
  const std::size_t highways = KINDRED_TRY(cnn->id("n_highway", 0));
  const auto is_filter = [&](const nlohmann::json& filter) {
    constexpr std::size_t kMost = 1U << 20;
    return filter.is_array() && filter.size() == 2 && filter[0].is_number_unsigned() &&
           filter[1].is_number_unsigned() && filter[0] >= 1 && filter[1] >= 1 &&
           filter[0] <= elmo.most_characters_ && filter[1] <= kMost;
  };
  constexpr std::size_t kMostLayers = 64;
  if (filters == cnn->json().end() || !filters->is_array() || filters->empty() ||
      filters->size() > kMostLayers || !std::ranges::all_of(*filters, is_filter))
    return cnn->wrong("filters", "a list of widths and counts");
  if (highways > kMostLayers || sizes.layers > kMostLayers || elmo.most_characters_ < 3)
    return cnn->wrong("n_highway", "a number of layers up to 64");

  auto file = KINDRED_TRY(files::Hdf5::open(weights_path));
  elmo.weights_ = std::make_shared<const files::Hdf5>(std::move(file));
  for (const files::StoredTensor& tensor : elmo.weights_->tensors())
    elmo.parameters_ += tensor.size();
  const Arrays arrays(weights_path, *elmo.weights_);
  elmo.embeddings_ = KINDRED_TRY(arrays.values("char_embed", {kCharacters, elmo.dimensions_}));
  std::size_t width = 0;  // of a word after the convolutions
  for (std::size_t i = 0; i < filters->size(); ++i) {
    const auto characters = (*filters)[i][0].get<std::size_t>();
    const auto count = (*filters)[i][1].get<std::size_t>();
    const auto weight = KINDRED_TRY(
        arrays.values(fmt::format("CNN/W_cnn_{}", i), {1, characters, elmo.dimensions_, count}));
    const auto bias = KINDRED_TRY(arrays.values(fmt::format("CNN/b_cnn_{}", i), {count}));
    elmo.filters_.push_back(
        {.width = characters,
         .layer = layer_of(weight, characters * elmo.dimensions_, count, bias)});
    width += count;
  }
  for (std::size_t i = 0; i < highways; ++i) {
    const auto read = [&](std::string_view part) -> Result<Linear> {
      const auto name = [&](char kind) { return fmt::format("CNN_high_{}/{}_{}", i, kind, part); };
      const auto weight = KINDRED_TRY(arrays.values(name('W'), {width, width}));
      const auto bias = KINDRED_TRY(arrays.values(name('b'), {width}));
      return layer_of(weight, width, width, bias);
    };
    auto carry = KINDRED_TRY(read("carry"));
    auto transform = KINDRED_TRY(read("transform"));
    elmo.highways_.push_back({.carry = std::move(carry), .transform = std::move(transform)});
  }
  const auto projection = KINDRED_TRY(arrays.values("CNN_proj/W_proj", {width, sizes.projection}));
  const auto bias = KINDRED_TRY(arrays.values("CNN_proj/b_proj", {sizes.projection}));
  elmo.projection_ = layer_of(projection, width, sizes.projection, bias);
  for (std::size_t layer = 0; layer < sizes.layers; ++layer) {
    auto forward = KINDRED_TRY(read_lstm(arrays, sizes, 0, layer));
    auto backward = KINDRED_TRY(read_lstm(arrays, sizes, 1, layer));
    elmo.layers_.push_back({.forward = std::move(forward), .backward = std::move(backward)});
  }
  return elmo;
}

/// A word's bytes between its marks; longer ones are cut.
std::vector<std::uint32_t> Elmo::characters(std::string_view word) const {
  std::vector<std::uint32_t> characters = {kWordBegins};
  for (const char c : word.substr(0, most_characters_ - 2))
    characters.push_back(static_cast<unsigned char>(c));
  characters.push_back(kWordEnds);
  return characters;
}

Tensor Elmo::embed(Workspace& workspace, std::span<const std::vector<std::uint32_t>> words) const {
  std::size_t width = 0;
  for (const Filter& filter : filters_) width += filter.layer.outputs();
  Tensor out = workspace.tensor(words.size(), width);
  std::size_t column = 0;
  for (const Filter& filter : filters_) {
    // Every place where the filter sees a character, and one where it sees padding alone (all of
    // those give the same); as many as a word of the greatest length has.
    const std::size_t places_of_longest = most_characters_ - filter.width + 1;
    const auto places = [&](const auto& word) {
      return std::min(word.size() + 1, places_of_longest);
    };
    std::size_t rows = 0;
    for (const auto& word : words) rows += places(word);
    Tensor seen = workspace.tensor(rows, filter.width * dimensions_);
    float* to = seen.data();
    for (const auto& word : words)
      for (std::size_t place = 0; place < places(word); ++place)
        for (std::size_t i = place; i < place + filter.width; ++i) {
          const std::size_t character = i < word.size() ? word[i] : kPadding;
          to = std::copy_n(embeddings_.data() + character * dimensions_, dimensions_, to);
        }
    const Tensor found = linear(workspace, seen, filter.layer);
    std::size_t row = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      float* largest = out.row(i) + column;
      std::fill_n(largest, found.columns(), -std::numeric_limits<float>::infinity());
      for (const std::size_t last = row + places(words[i]); row < last; ++row)
        for (std::size_t k = 0; k < found.columns(); ++k)
          largest[k] = std::max(largest[k], found.row(row)[k]);
    }
    column += filter.layer.outputs();
  }
  out = activate(workspace, out, activation_);
  for (const Highway& highway : highways_) {
    const Tensor gate = linear(workspace, out, highway.carry, Activation::sigmoid);
    const Tensor made = linear(workspace, out, highway.transform, Activation::relu);
    for (std::size_t row = 0; row < out.rows(); ++row)
      for (std::size_t i = 0; i < out.columns(); ++i) {
        const float open = gate.row(row)[i];
        out.row(row)[i] = (1 - open) * out.row(row)[i] + open * made.row(row)[i];
      }
  }
  return linear(workspace, out, projection_);
}

void Elmo::forward(Workspace& workspace, std::span<const std::string_view> words,
                   tensor::Sequences sequences, const WatchLayers& watch) const {
  // Words that are told apart, the two marks of texts first.
  std::vector<std::vector<std::uint32_t>> distinct = {{kWordBegins, kTextBegins, kWordEnds},
                                                      {kWordBegins, kTextEnds, kWordEnds}};
  std::map<std::string_view, std::size_t> number_of;
  std::vector<std::size_t> numbers;
  std::vector<std::size_t> marked = {0};
  for (std::size_t i = 0; i + 1 < sequences.size(); ++i) {
    numbers.push_back(0);
    for (std::size_t word = sequences[i]; word < sequences[i + 1]; ++word) {
      const auto [known, is_new] = number_of.emplace(words[word], distinct.size());
      if (is_new) distinct.push_back(characters(words[word]));
      numbers.push_back(known->second);
    }
    numbers.push_back(1);
    marked.push_back(numbers.size());
  }
  const Tensor vectors = embed(workspace, distinct);
  Tensor forward = workspace.tensor(numbers.size(), vectors.columns());
  for (std::size_t row = 0; row < numbers.size(); ++row)
    std::copy_n(vectors.row(numbers[row]), vectors.columns(), forward.row(row));
  Tensor backward = workspace.tensor(forward.rows(), forward.columns());
  std::ranges::copy(forward.values(), backward.data());

  const auto show = [&](std::size_t layer) {
    const Tensor both = joined(workspace, forward, backward);
    watch(layer, without_marks(workspace, both, marked));
  };
  show(0);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    Tensor next_forward = lstm(workspace, forward, marked, layers_[i].forward);
    Tensor next_backward = lstm(workspace, backward, marked, layers_[i].backward);
    if (i > 0) {
      next_forward = add(workspace, std::move(next_forward), forward);
      next_backward = add(workspace, std::move(next_backward), backward);
    }
    forward = std::move(next_forward);
    backward = std::move(next_backward);
    show(i + 1);
  }
}

}  // namespace kindred::model
