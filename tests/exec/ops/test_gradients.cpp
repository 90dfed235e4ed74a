// Derivatives of the operators with respect to the data, against central differences in float64.
#include <functional>

#include <QtTest>

#include "exec/ops/call_operator.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

struct Case {
  std::string name, op;
  std::vector<at::Tensor> inputs;
  Attributes attributes;
  std::size_t which = 0;
  std::string domain;
};

at::Tensor scales(const std::vector<double>& values) {
  return at::tensor(values, at::kFloat);
}

at::Tensor positive(const Ints& shape) {
  return waves(shape).abs() + 0.3;
}

std::vector<Case> windowCases() {
  const at::Tensor x = waves({2, 4, 5, 6}), none;
  const Ints k23{2, 3}, s21{2, 1}, asymmetric{1, 0, 2, 1};
  return {
      {"conv",
       "Conv",
       {x, waves({6, 2, 2, 3}, 1), waves({6}, 2)},
       {{"group", std::int64_t{2}}, {"strides", s21}, {"pads", asymmetric}, {"dilations", Ints{1, 2}}}},
      {"conv weights", "Conv", {x, waves({2, 4, 2, 3}, 1)}, {{"pads", Ints{1, 1, 1, 1}}}, 1},
      {"conv 1d", "Conv", {waves({1, 2, 7}), waves({3, 2, 3}, 1)}, {{"auto_pad", std::string("SAME_LOWER")}}},
      {"conv 3d", "Conv", {waves({1, 2, 3, 3, 3}), waves({2, 2, 2, 2, 2}, 1)}, {{"pads", Ints{1, 0, 0, 0, 1, 0}}}},
      {"conv transpose",
       "ConvTranspose",
       {x, waves({4, 3, 2, 3}, 1), waves({3}, 2)},
       {{"strides", Ints{2, 2}}, {"pads", Ints{0, 1, 1, 0}}, {"output_padding", Ints{1, 0}}}},
      {"conv transpose shape",
       "ConvTranspose",
       {x, waves({4, 1, 3, 3}, 1)},
       {{"strides", Ints{3, 2}}, {"output_shape", Ints{14, 14}}}},
      {"deform conv", "DeformConv", {x, waves({2, 4, 2, 3}, 1), waves({2, 12, 4, 4}, 2) * 0.4 + 0.05}, {}},
      {"deform conv offsets", "DeformConv", {x, waves({2, 4, 2, 3}, 1), waves({2, 12, 4, 4}, 2) * 0.4 + 0.05}, {}, 2},
      {"max pool",
       "MaxPool",
       {x},
       {{"kernel_shape", k23}, {"pads", asymmetric}, {"ceil_mode", std::int64_t{1}}, {"strides", Ints{2, 2}}}},
      {"max pool dilated", "MaxPool", {x}, {{"kernel_shape", k23}, {"dilations", Ints{2, 2}}}},
      {"average pool", "AveragePool", {x}, {{"kernel_shape", k23}, {"pads", asymmetric}, {"strides", Ints{2, 2}}}},
      {"average pool dilated",
       "AveragePool",
       {x},
       {{"kernel_shape", k23},
        {"dilations", Ints{2, 2}},
        {"count_include_pad", std::int64_t{1}},
        {"pads", asymmetric}}},
      {"lp pool", "LpPool", {x}, {{"kernel_shape", k23}, {"p", std::int64_t{3}}}},
      {"global average", "GlobalAveragePool", {x}},
      {"global max", "GlobalMaxPool", {x}},
      {"global lp", "GlobalLpPool", {x}},
      {"adaptive average", "AdaptiveAvgPool", {x}, {{"output_size", Ints{3, 4}}}, 0, "unitscope"},
      {"adaptive max", "AdaptiveMaxPool", {x}, {{"output_size", Ints{3, 4}}}, 0, "unitscope"},
      {"roi align",
       "RoiAlign",
       {x, at::tensor({0.3, 0.1, 4.2, 3.9, 1.0, 1.2, 3.0, 4.4}, at::kDouble).reshape({2, 4}), longs({1, 0})},
       {{"output_height", std::int64_t{2}}, {"output_width", std::int64_t{3}}}},
      {"max roi pool",
       "MaxRoiPool",
       {x, at::tensor({1.0, 0.0, 1.0, 4.0, 4.0}, at::kDouble).reshape({1, 5})},
       {{"pooled_shape", Ints{2, 2}}}},
      {"col2im", "Col2Im", {waves({1, 8, 6}), longs({3, 4}), longs({2, 2})}},
  };
}

std::vector<Case> resamplingCases() {
  std::vector<Case> cases;
  const at::Tensor none;
  for (const char* mode : {"linear", "cubic", "nearest"})
    for (const char* transform : {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric",
                                  "tf_half_pixel_for_nn", "half_pixel_symmetric"})
      for (const auto& [factor, antialias] :
           {std::pair(1.7, 0), std::pair(0.6, 0), std::pair(0.6, 1), std::pair(2.0, 0)})
        cases.push_back({std::string("resize ") + mode + " " + transform + " " + std::to_string(factor) +
                             (antialias != 0 ? " antialias" : ""),
                         "Resize",
                         {waves({1, 2, 5, 4}), none, scales({1, 1, factor, factor})},
                         {{"mode", std::string(mode)},
                          {"coordinate_transformation_mode", std::string(transform)},
                          {"antialias", std::int64_t{antialias}}}});
  cases.push_back({"resize crop",
                   "Resize",
                   {waves({1, 1, 5, 4}), at::tensor({0.0, 0.0, 0.2, 0.1, 1.0, 1.0, 1.1, 0.8}, at::kFloat), none,
                    longs({1, 1, 4, 6})},
                   {{"mode", std::string("linear")},
                    {"coordinate_transformation_mode", std::string("tf_crop_and_resize")},
                    {"extrapolation_value", 3.0}}});
  cases.push_back({"resize exclude outside",
                   "Resize",
                   {waves({1, 1, 5, 4}), none, scales({1, 1, 1.7, 0.8})},
                   {{"mode", std::string("cubic")}, {"exclude_outside", std::int64_t{1}}, {"cubic_coeff_a", -0.5}}});
  for (const char* padding : {"zeros", "border", "reflection"})
    for (const char* mode : {"linear", "nearest", "cubic"})
      cases.push_back({std::string("grid sample ") + mode + " " + padding,
                       "GridSample",
                       {waves({1, 2, 4, 5}), waves({1, 3, 3, 2}, 5) * 1.1},
                       {{"mode", std::string(mode)}, {"padding_mode", std::string(padding)}}});
  cases.push_back({"grid sample grid", "GridSample", {waves({1, 2, 4, 5}), waves({1, 3, 3, 2}, 5) * 0.8}, {}, 1});
  cases.push_back({"depth to space", "DepthToSpace", {waves({1, 8, 2, 3})}, {{"blocksize", std::int64_t{2}}}});
  cases.push_back({"space to depth", "SpaceToDepth", {waves({1, 2, 4, 6})}, {{"blocksize", std::int64_t{2}}}});
  for (const char* mode : {"constant", "reflect", "edge", "wrap"}) {
    cases.push_back({std::string("pad ") + mode,
                     "Pad",
                     {waves({1, 2, 3, 4}), longs({0, 0, 1, 2, 0, 0, 2, 1})},
                     {{"mode", std::string(mode)}}});
    cases.push_back({std::string("pad crop ") + mode,
                     "Pad",
                     {waves({2, 4, 5}), longs({1, -1, 2, 0, 2, -1})},
                     {{"mode", std::string(mode)}}});
  }
  return cases;
}

std::vector<Case> plainCases() {
  const at::Tensor x = waves({3, 4}), none;
  std::vector<Case> cases;
  for (const char* op : {"Relu",
                         "Sigmoid",
                         "Tanh",
                         "HardSwish",
                         "Mish",
                         "Softplus",
                         "Softsign",
                         "LeakyRelu",
                         "Elu",
                         "Celu",
                         "Selu",
                         "ThresholdedRelu",
                         "Softmax",
                         "LogSoftmax",
                         "HardSigmoid",
                         "Gelu",
                         "Swish",
                         "Shrink",
                         "Abs",
                         "Neg",
                         "Exp",
                         "Erf",
                         "Sin",
                         "Cos",
                         "Tan",
                         "Sinh",
                         "Cosh",
                         "Asinh",
                         "Atan",
                         "Identity",
                         "LpNormalization"})
    cases.push_back({op, op, {x}});
  for (const char* op : {"Sqrt", "Log", "Reciprocal"}) cases.push_back({op, op, {positive({3, 4})}});
  for (const char* op : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                         "ReduceSumSquare", "ReduceLogSumExp"})
    cases.push_back({op, op, {waves({2, 3, 4}), longs({-1, 0})}, {{"keepdims", std::int64_t{0}}}});
  cases.push_back({"ReduceLogSum", "ReduceLogSum", {positive({2, 3}), longs({1})}});
  for (const char* op : {"Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"})
    cases.push_back({op, op, {waves({2, 3, 4}), waves({3, 1}, 2) + 1.5}});
  const std::string tanh = "tanh";
  cases.push_back({"gelu tanh", "Gelu", {x}, {{"approximate", tanh}}});
  cases.push_back({"pow", "Pow", {positive({3, 4}), waves({4}, 1)}});
  cases.push_back({"pow scalar", "Pow", {x, at::tensor(3.0)}});
  cases.push_back({"prelu", "PRelu", {x, waves({4}, 3)}});
  cases.push_back({"clip", "Clip", {x, at::tensor(-0.31), at::tensor(0.52)}});
  cases.push_back(
      {"cumsum", "CumSum", {x, longs({1}).squeeze()}, {{"exclusive", std::int64_t{1}}, {"reverse", std::int64_t{1}}}});
  cases.push_back({"cumprod", "CumProd", {x, longs({0}).squeeze()}});
  cases.push_back({"topk", "TopK", {x, longs({2})}});
  cases.push_back({"gemm",
                   "Gemm",
                   {x, waves({5, 4}, 1), waves({5}, 2)},
                   {{"transB", std::int64_t{1}}, {"alpha", 0.5}, {"beta", 2.0}}});
  cases.push_back({"matmul", "MatMul", {waves({2, 1, 3, 4}), waves({3, 4, 2}, 1)}});
  cases.push_back(
      {"einsum", "Einsum", {waves({2, 3, 4}), waves({2, 4, 5}, 1)}, {{"equation", std::string("bij, bjk -> bki")}}});
  cases.push_back({"det", "Det", {waves({2, 3, 3})}});
  const at::Tensor image = waves({2, 4, 3, 3});
  const at::Tensor four = waves({4}, 4), spread = positive({4});
  cases.push_back({"batch norm", "BatchNormalization", {image, four, waves({4}, 1), waves({4}, 2), spread}});
  cases.push_back({"instance norm", "InstanceNormalization", {image, four, spread}});
  cases.push_back({"layer norm", "LayerNormalization", {waves({2, 3, 4}), four, spread}});
  cases.push_back(
      {"layer norm axis", "LayerNormalization", {waves({2, 3, 4}), four, spread}, {{"axis", std::int64_t{1}}}});
  cases.push_back({"group norm", "GroupNormalization", {image, four, spread}, {{"num_groups", std::int64_t{2}}}});
  cases.push_back({"rms norm", "RMSNormalization", {waves({2, 3, 4}), four}});
  cases.push_back({"lrn", "LRN", {image}, {{"size", std::int64_t{4}}, {"alpha", 0.3}}});
  cases.push_back({"mvn", "MeanVarianceNormalization", {image}});
  cases.push_back({"attention",
                   "Attention",
                   {waves({1, 2, 3, 4}), waves({1, 2, 5, 4}, 1), waves({1, 2, 5, 4}, 2)},
                   {{"is_causal", std::int64_t{1}}, {"softcap", 2.0}}});
  cases.push_back({"rotary", "RotaryEmbedding", {waves({1, 2, 3, 4}), waves({1, 3, 2}, 1), waves({1, 3, 2}, 2)}});
  cases.push_back({"dft", "DFT", {waves({1, 6, 1}), none, longs({1}).squeeze()}, {{"onesided", std::int64_t{1}}}});
  cases.push_back({"stft", "STFT", {waves({1, 12, 1}), longs({3}).squeeze(), positive({6})}});
  cases.push_back({"cross entropy", "SoftmaxCrossEntropyLoss", {waves({3, 4}), longs({0, 3, 1})}});
  return cases;
}

std::vector<Case> movingCases() {
  const at::Tensor x = waves({3, 4}), none;
  const at::Tensor indices = longs({0, -1, 1, 0}).reshape({2, 2});
  std::vector<Case> cases = {
      {"reshape", "Reshape", {x, longs({2, -1})}},
      {"flatten", "Flatten", {waves({2, 3, 2})}, {{"axis", std::int64_t{2}}}},
      {"transpose", "Transpose", {waves({2, 3, 4})}, {{"perm", Ints{2, 0, 1}}}},
      {"concat", "Concat", {x, waves({2, 4}, 1)}, {{"axis", std::int64_t{0}}}},
      {"slice", "Slice", {waves({5, 6}), longs({4, 1}), longs({-100, 6}), longs({0, 1}), longs({-2, 2})}},
      {"squeeze", "Squeeze", {waves({3, 1, 2}), longs({1})}},
      {"unsqueeze", "Unsqueeze", {x, longs({0, -1})}},
      {"expand", "Expand", {waves({3, 1}), longs({2, 1, 4})}},
      {"tile", "Tile", {x, longs({2, 3})}},
      {"center crop pad", "CenterCropPad", {waves({4, 5}), longs({7, 2})}},
      {"reverse", "ReverseSequence", {waves({4, 2, 3}), longs({3, 1})}},
      {"gather", "Gather", {x, indices}, {{"axis", std::int64_t{1}}}},
      {"gather elements", "GatherElements", {x, indices}},
      {"gather nd", "GatherND", {waves({2, 3, 4}), longs({0, 1, -1, 2}).reshape({2, 2})}},
      {"where", "Where", {waves({4}) > 0, x, waves({1, 4}, 1)}, {}, 1},
      {"compress", "Compress", {x, at::tensor({1, 0, 1}, at::kLong).to(at::kBool)}, {{"axis", std::int64_t{0}}}},
      {"trilu", "Trilu", {x, longs({1}).squeeze()}, {{"upper", std::int64_t{0}}}},
  };
  for (const char* how : {"none", "add", "mul", "max", "min"})
    for (const std::size_t which : {std::size_t{0}, std::size_t{2}}) {
      const std::string name = std::string(how) + (which == 0 ? " data" : " updates");
      cases.push_back({"scatter elements " + name,
                       "ScatterElements",
                       {x, longs({2, 0, 1, 1}).reshape({1, 4}), waves({1, 4}, 8)},
                       {{"reduction", std::string(how)}},
                       which});
      cases.push_back({"scatter nd " + name,
                       "ScatterND",
                       {x, longs({2, 0}).reshape({2, 1}), waves({2, 4}, 8)},
                       {{"reduction", std::string(how)}},
                       which});
    }
  return cases;
}

}  // namespace

class TestGradients : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void windows() { check(windowCases()); }
  void resampling() { check(resamplingCases()); }
  void plain() { check(plainCases()); }
  void moving() { check(movingCases()); }

  void normsTakeGradientsLaidOutOtherwise() {
    const at::Tensor w = waves({4}, 1) + 2, b = waves({4}, 2), mean = waves({4}, 3), spread = waves({4}, 4).abs() + 1;
    for (const auto layout : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
      const at::Tensor x = waves({1, 4, 3, 5}).contiguous(layout).set_requires_grad(true);
      for (const bool instance : {false, true}) {
        const at::Tensor y = instance ? callOne("InstanceNormalization", {x, w, b})
                                      : callOne("BatchNormalization", {x, w, b, mean, spread});
        const at::Tensor v = waves({1, 4, 3, 5}, 5);
        const at::Tensor wanted = torch::autograd::grad({y}, {x}, {v}, /*retain_graph=*/true)[0];
        for (const at::Tensor& other :
             {v.contiguous(at::MemoryFormat::ChannelsLast), v.transpose(2, 3).contiguous().transpose(2, 3),
              v.flatten(2).transpose(1, 2).contiguous().transpose(1, 2).unflatten(2, {3, 5})})
          QVERIFY(near(torch::autograd::grad({y}, {x}, {other}, /*retain_graph=*/true)[0], wanted, 1e-9));
      }
    }
  }

 private:
  static void check(const std::vector<Case>& cases) {
    for (const Case& c : cases) {
      double error = 0;
      try {
        error = gradientError(c.op, c.inputs, c.attributes, c.which, c.domain);
      } catch (const std::exception& e) {
        QFAIL((c.name + ": " + e.what()).c_str());
      }
      if (!(error < 2e-5)) {
        const std::string message = c.name + ": off by " + std::to_string(error);
        qWarning("%s", message.c_str());
        QTest::qFail(message.c_str(), __FILE__, __LINE__);
      }
    }
  }
};

QTEST_APPLESS_MAIN(TestGradients)
#include "test_gradients.moc"
