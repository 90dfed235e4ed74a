#include <cmath>
#include <string>

#include "runtime/error.h"
#include "zoo/networks/networks.h"

namespace unitscope {
namespace {

using Ints = std::vector<std::int64_t>;

/// The noise would else be learned first of all: specks are the quickest way to look less smooth.
constexpr double kNoiseRate = 0.1;

/// The parts of a generator while it is written.
class Writer {
 public:
  Writer(const GeneratorShape& shape, NetBuilder& b) : shape_(shape), b_(b), g_(b.graph()) {}

  void mapping();
  void synthesis();

 private:
  /// [N,1,1,channels..]: the style of layer `index` as a factor for each channel, [N,channels].
  ValueId styleOf(const std::string& name, int index, int channels);
  ValueId modulated(const std::string& name, ValueId x, ValueId style, int in, int out, int kernel, bool demodulate);
  ValueId layer(const std::string& name, ValueId x, int index, int in, int out, int side);
  ValueId toPicture(const std::string& name, ValueId x, int index, int in);
  ValueId perPlace(ValueId factors, int channels);  ///< [N,C] to [N,C,1,1]

  const GeneratorShape& shape_;
  NetBuilder& b_;
  GraphBuilder& g_;
  ValueId wPlus_ = kNoValue;
  int noises_ = 0;
};

void Writer::mapping() {
  const ValueId z = g_.input("z", DType::Float32, Shape{-1, shape_.latent});
  g_.setScope("mapping.norm");
  // z of length sqrt(latent), as published.
  ValueId x = g_.op("ReduceMean", {b_.mul(z, z), g_.constant({1})}, {{"keepdims", std::int64_t{1}}});
  x = g_.op("Div", {z, g_.op("Sqrt", {b_.add(x, g_.scalarFloat(1e-8f))})});
  for (int i = 0; i < shape_.mappingLayers; ++i) {
    const std::string name = "mapping." + std::to_string(i);
    x = b_.leakyRelu(b_.linear(name, x, shape_.latent, shape_.latent, {.gain = std::sqrt(2.0), .rate = 0.1}));
  }
  g_.graph().renameValue(x, "w");
  g_.setScope("truncation");
  const ValueId mean = b_.filledParameter("w_mean", {shape_.latent}, 0.0f, 0.0);
  // A graph input with a default: callers may feed another value.
  const ValueId truncation = g_.parameter("truncation", TensorData::fromFloats({1}, {1.0f}));
  g_.graph().addInput(truncation);
  x = b_.add(mean, b_.mul(g_.op("Sub", {x, mean}), truncation));
  x = g_.op("Unsqueeze", {x, g_.constant({1})});
  wPlus_ = g_.op("Expand", {x, g_.constant({1, shape_.layers(), 1})});
  g_.graph().renameValue(wPlus_, "w_plus");
}

ValueId Writer::styleOf(const std::string& name, int index, int channels) {
  g_.setScope(name + ".style");
  const ValueId w = g_.op("Gather", {wPlus_, g_.scalarInt(index)}, {{"axis", std::int64_t{1}}});
  return b_.linear(name + ".style", w, shape_.latent, channels, {.bias = 1.0});
}

ValueId Writer::perPlace(ValueId factors, int channels) {
  return g_.op("Reshape", {factors, g_.constant({-1, channels, 1, 1})});
}

/// Convolution with weights that the style scales a channel, and that are normalised a filter. Scaling what goes in and
/// what comes out is the same and needs no weights of its own for each picture (Karras et al. 2020, section 2.2).
ValueId Writer::modulated(const std::string& name, ValueId x, ValueId style, int in, int out, int kernel,
                          bool demodulate) {
  g_.setScope(name);
  const double fanIn = static_cast<double>(in) * kernel * kernel;
  // With demodulation the scale cancels; 1/sqrt(fan in) gives the equalised rate.
  const ValueId weight = b_.normalParameter(name + ".weight", {out, in, kernel, kernel}, 1.0 / std::sqrt(fanIn));
  const std::int64_t pad = (kernel - 1) / 2;
  ValueId y =
      g_.op("Conv", {b_.mul(x, perPlace(style, in)), weight},
            {{"kernel_shape", Ints{kernel, kernel}}, {"pads", Ints{pad, pad, pad, pad}}, {"strides", Ints{1, 1}}});
  if (!demodulate) return y;
  g_.setScope(name + ".demodulation");
  const ValueId squares =
      g_.op("ReduceSum", {b_.mul(weight, weight), g_.constant({2, 3})}, {{"keepdims", std::int64_t{0}}});
  ValueId norm = g_.op("MatMul", {b_.mul(style, style), g_.op("Transpose", {squares}, {{"perm", Ints{1, 0}}})});
  norm = g_.op("Reciprocal", {g_.op("Sqrt", {b_.add(norm, g_.scalarFloat(1e-8f))})});
  return b_.mul(y, perPlace(norm, out));
}

ValueId Writer::layer(const std::string& name, ValueId x, int index, int in, int out, int side) {
  ValueId y = modulated(name, x, styleOf(name, index, in), in, out, 3, true);
  g_.setScope(name + ".noise");
  const std::string noiseName = "noise." + std::to_string(noises_++);
  const ValueId noise = b_.normalParameter(noiseName, {1, 1, side, side}, 1.0);
  g_.graph().addInput(noise);
  const ValueId strength = b_.filledParameter(name + ".noise_strength", {1}, 0.0f, kNoiseRate);
  y = b_.add(y, b_.mul(noise, strength));
  g_.setScope(name);
  y = b_.add(y, b_.filledParameter(name + ".bias", {1, out, 1, 1}, 0.0f));
  y = b_.leakyRelu(y);
  // Keeps the variance at one, as the published activation does.
  y = b_.mul(y, g_.scalarFloat(std::sqrt(2.0f)));
  g_.graph().renameValue(y, name);
  return y;
}

ValueId Writer::toPicture(const std::string& name, ValueId x, int index, int in) {
  const ValueId style = styleOf(name, index, in);
  const ValueId y = modulated(name, x, style, in, shape_.channels, 1, false);
  return b_.add(y, b_.filledParameter(name + ".bias", {1, shape_.channels, 1, 1}, 0.0f));
}

void Writer::synthesis() {
  int side = shape_.firstSide, width = shape_.widths.front();
  g_.setScope("const");
  const ValueId start = b_.normalParameter("const", {1, width, side, side}, 1.0);
  ValueId x = start;
  ValueId picture = kNoValue;
  int index = 0;
  for (std::size_t i = 0; i < shape_.widths.size(); ++i) {
    const std::string stem = std::to_string(side);
    if (i > 0) {
      g_.setScope("block" + stem + ".up");
      x = layer("block" + stem + ".conv0", b_.upsample(x), index++, width, shape_.widths[i], side);
      width = shape_.widths[i];
    }
    x = layer("block" + stem + ".conv1", x, index++, width, width, side);
    const ValueId drawn = toPicture("block" + stem + ".to_picture", x, index - 1, width);
    g_.setScope("block" + stem + ".picture");
    picture = picture == kNoValue ? drawn : b_.add(b_.upsample(picture), drawn);
    side *= 2;
  }
  g_.output(picture, "image");
}

}  // namespace

Network makeGenerator(const GeneratorShape& shape, const NetOptions& options) {
  if (shape.widths.empty() || shape.latent < 1) throw Error("generator", "needs at least one width and a latent");
  NetBuilder b("style-based generator", options);
  b.equaliseRates();
  Writer writer(shape, b);
  writer.mapping();
  writer.synthesis();
  return {b.graph().take(), b.rates()};
}

}  // namespace unitscope
