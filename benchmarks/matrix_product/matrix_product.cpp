/// Matrix products of the encoder's shapes: Kindred's linear layer beside oneDNN's sgemm, in one
/// run, on one thread each.
///
/// Prints one JSON line a shape: Gflop/s of both (the best of several alternating rounds) and the
/// largest difference of their results. The arguments are the rows of a batch and the seconds for
/// each shape.
#include <dnnl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/random.h"
#include "kindred/threads.h"
#include "tensor/linear.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Shape {
  const char* name;
  std::size_t inputs, outputs;
};

/// The products of a layer of MiniLM (hidden 384) and of a BERT-base-sized one (hidden 768).
constexpr Shape kShapes[] = {
    {"query, key, value of 384", 384, 1152},
    {"attention output of 384", 384, 384},
    {"intermediate of 384", 384, 1536},
    {"output of 384", 1536, 384},
    {"query, key, value of 768", 768, 2304},
    {"intermediate of 768", 768, 3072},
    {"output of 768", 3072, 768},
};

template <typename Work>
double seconds_of(const Work& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void measure(const Shape& shape, std::size_t rows, double seconds) {
  kindred::base::Random random(1);
  std::vector<float> weight(shape.outputs * shape.inputs);
  std::vector<float> bias(shape.outputs);
  for (float& value : weight) value = 0.05F * random.normal();
  kindred::tensor::Linear layer(shape.outputs, shape.inputs);
  layer.set_rows(0, weight, bias);
  kindred::tensor::Workspace workspace;
  auto x = workspace.tensor(rows, shape.inputs);
  for (std::size_t i = 0; i < rows * shape.inputs; ++i) x.data()[i] = random.normal();
  std::vector<float> theirs(rows * shape.outputs);

  kindred::tensor::Tensor ours;
  double our_best = INFINITY;
  double their_best = INFINITY;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  do {
    our_best = std::min(our_best, seconds_of([&] { ours = linear(workspace, x, layer); }));
    their_best = std::min(their_best, seconds_of([&] {
                            dnnl_sgemm('N', 'T', static_cast<dnnl_dim_t>(rows),
                                       static_cast<dnnl_dim_t>(shape.outputs),
                                       static_cast<dnnl_dim_t>(shape.inputs), 1, x.data(),
                                       static_cast<dnnl_dim_t>(shape.inputs), weight.data(),
                                       static_cast<dnnl_dim_t>(shape.inputs), 0, theirs.data(),
                                       static_cast<dnnl_dim_t>(shape.outputs));
                          }));
  } while (Clock::now() < end);

  float difference = 0;
  for (std::size_t i = 0; i < theirs.size(); ++i)
    difference = std::max(difference, std::abs(theirs[i] - ours.values()[i]));
  const double flops = 2.0 * static_cast<double>(rows * shape.inputs * shape.outputs);
  fmt::print(
      "{{\"shape\": \"{}\", \"rows\": {}, \"inputs\": {}, \"outputs\": {}, \"kindred\": {:.1f}, "
      "\"onednn\": {:.1f}, "
      "\"difference\": {:.2g}}}\n",
      shape.name, rows, shape.inputs, shape.outputs, flops / our_best / 1e9,
      flops / their_best / 1e9, difference);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1024;
  const double seconds = argc > 2 ? std::strtod(argv[2], nullptr) : 1;
  kindred::set_threads(1);
  for (const Shape& shape : kShapes) measure(shape, rows, seconds);
}
