#include <QtTest>

#include "formats/aten/script_ast.h"
#include "formats/aten/script_lexer.h"
#include "graph/layers.h"
#include "tests/formats/aten/archives.h"

using namespace unitscope;
using namespace unitscope::test;

namespace {

at::Tensor picture() {
  return at::sin(at::arange(2 * 4 * 6 * 8, at::kFloat) * 0.37F).reshape({2, 4, 6, 8});
}

at::Tensor weight() {
  return at::cos(at::arange(4 * 4 * 9, at::kFloat) * 0.71F).reshape({4, 4, 3, 3});
}

constexpr const char* kConvolution =
    "x = torch._convolution(a, w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True, True)";

/// A module whose forward() is these lines, after one that makes x from a: a convolution tells the rank of x.
std::string moduleOf(const std::string& lines, const std::string& first = kConvolution) {
  std::string body;
  std::size_t at = 0;
  while (at < lines.size()) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    body += "    " + lines.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return "class Net(Module):\n"
         "  __parameters__ = [\"w\", ]\n"
         "  __buffers__ = []\n"
         "  w : Tensor\n"
         "  training : bool\n"
         "  def forward(self: __torch__.Net,\n"
         "    a: Tensor) -> Tensor:\n"
         "    w = self.w\n"
         "    " +
         first + "\n" + body;
}

struct Case {
  const char* lines;
  std::function<at::Tensor(const at::Tensor&)> expected;  ///< from the convolution's result
};

}  // namespace

class TestScript : public QObject {
  Q_OBJECT
 private Q_SLOTS:
  void lexerSplitsBlocks() {
    const auto tokens = aten::splitScript("if a:\n  b = 1.5e-05\nc = \"t\\n\"\n", "f");
    std::vector<aten::ScriptToken::Kind> kinds;
    for (const auto& t : tokens) kinds.push_back(t.kind);
    using K = aten::ScriptToken::Kind;
    const std::vector<K> wanted{K::Name, K::Name,   K::Symbol, K::NewLine, K::Indent,
                                K::Name, K::Symbol, K::Float,  K::NewLine, K::Dedent,
                                K::Name, K::Symbol, K::String, K::NewLine, K::End};
    QCOMPARE(kinds, wanted);
    QCOMPARE(tokens[12].text, std::string("t\n"));
  }

  void parserKeepsPrecedence() {
    const auto file = aten::parseScript("def f(x: Tensor, n: int=2) -> int:\n  return 1 + 2 * x - -3\n", "f");
    const auto& f = file.functions.at("f");
    QCOMPARE(f.parameters.size(), std::size_t{2});
    QCOMPARE(f.parameters[0].type, std::string("Tensor"));
    QVERIFY(f.parameters[1].fallback != nullptr);
    const auto& minus = *f.body.at(0).value;
    QCOMPARE(minus.text, std::string("-"));
    QCOMPARE(minus.children[0]->text, std::string("+"));
    QCOMPARE(minus.children[0]->children[1]->text, std::string("*"));
  }

  void parserRefusesWhatItDoesNotKnow() {
    for (const char* source : {"def f(x):\n  import os\n  return x\n", "def f(x):\n  self.a = x\n", "def f(x:\n",
                               "def f(x):\n  return (((\n", "def f(x):\n return [i for i in x]\n"}) {
      const std::string message = errorOf([&] { aten::parseScript(source, "file"); });
      QVERIFY2(message.find("line") != std::string::npos, source);
    }
    std::string deep = "def f(x):\n  return ";
    for (int i = 0; i < 100'000; ++i) deep += "(";
    QVERIFY(errorOf([&] { aten::parseScript(deep, "file"); }).find("deeply") != std::string::npos);
    std::string chain = "def f(x):\n  return x";
    for (int i = 0; i < 100'000; ++i) chain += ".a";
    QVERIFY(errorOf([&] { aten::parseScript(chain, "file"); }).find("deeply") != std::string::npos);
  }

  void operatorsComputeWhatPyTorchDoes_data() {
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < cases().size(); ++i) QTest::newRow(cases()[i].lines) << static_cast<int>(i);
  }

  void operatorsComputeWhatPyTorchDoes() {
    QFETCH(int, index);
    const Case& c = cases().at(static_cast<std::size_t>(index));
    const QTemporaryDir folder;
    const ModelFile model = openBytes(folder, scriptArchive(moduleOf(c.lines), {{"w", weight()}}));
    QCOMPARE(model.format, std::string("TorchScript"));
    const at::Tensor x = at::conv2d(picture(), weight(), {}, 1, 1);
    const at::Tensor wanted = c.expected(x);
    const at::Tensor made = runModel(model, picture());
    QCOMPARE(made.sizes().vec(), wanted.sizes().vec());
    QVERIFY(wanted.abs().max().item<double>() > 1e-3);
    QVERIFY((made - wanted).abs().max().item<double>() < 1e-4);
  }

  void ranksThatNothingTellsAreTried() {
    const QTemporaryDir folder;
    const auto open = [&](const char* lines) {
      return openBytes(folder, scriptArchive(moduleOf(lines, "x = torch.mul(a, 2.)"), {{"w", weight()}}));
    };
    const auto says = [](const ModelFile& model, const char* what) {
      return std::ranges::any_of(model.notes,
                                 [&](const std::string& note) { return note.find(what) != std::string::npos; });
    };
    const ModelFile pictures = open(
        "y = torch.pad(x, [1, 1, 1, 1])\nreturn torch._convolution(y, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], "
        "1, False, False, True, True)");
    QVERIFY(says(pictures, "taken to have 4 dimensions"));
    QVERIFY(pictures.graph.value(pictures.graph.inputs().front()).shape == Shape({-1, 4, -1, -1}));
    const at::Tensor wanted = at::conv2d(picture() * 2.0, weight(), {}, 1, 1);
    QVERIFY((runModel(pictures, picture()) - wanted).abs().max().item<double>() < 1e-5);

    const ModelFile vectors = open("return torch.repeat(x, [1, 3])");
    QVERIFY(says(vectors, "taken to have 2 dimensions"));
    const at::Tensor z = at::arange(10, at::kFloat).reshape({2, 5});
    QVERIFY(at::equal(runModel(vectors, z), (z * 2).repeat({1, 3})));
  }

  void weightsMadeFromTheInputFixTheBatch() {
    // As in StyleGAN2: each picture has a kernel of its own, so the batch is a number of groups.
    const QTemporaryDir folder;
    const ModelFile model = openBytes(
        folder,
        scriptArchive(moduleOf("n = torch.size(x, 0)\nk = torch.view(torch.slice(x, 1, 0, 36), [n, 4, 3, 3])\n"
                               "p = torch.reshape(torch.slice(x, 1, 36), [1, torch.mul(n, 4), 3, 3])\n"
                               "return torch._convolution(p, k, None, [1, 1], [0, 0], [1, 1], False, [0, 0], int(n), "
                               "False, False, True, True)",
                               "x = torch.mul(torch.repeat(a, [1, 3]), 2.)"),
                      {{"w", weight()}}));
    QVERIFY(model.graph.value(model.graph.inputs().front()).shape == Shape({1, -1}));
    const at::Tensor a = at::sin(at::arange(24, at::kFloat)).reshape({1, 24});
    const at::Tensor x = a.repeat({1, 3}) * 2;
    const at::Tensor wanted = at::conv2d(x.slice(1, 36).reshape({1, 4, 3, 3}), x.slice(1, 0, 36).reshape({1, 4, 3, 3}));
    QVERIFY((runModel(model, a) - wanted).abs().max().item<double>() < 1e-4);
  }

  void writesThatCannotBeFollowedAreRefused() {
    const QTemporaryDir folder;
    const auto messageFor = [&](const char* lines) {
      return errorOf([&] { openBytes(folder, scriptArchive(moduleOf(lines), {{"w", weight()}})); });
    };
    // The flattened tensor may be a view or a copy of x.
    QVERIFY(
        messageFor(
            "y = torch.reshape(torch.permute(x, [0, 2, 3, 1]), [2, -1])\nz = torch.relu_(y)\nreturn torch.add(x, x)")
            .find("in-place") != std::string::npos);
    QVERIFY(messageFor("y = torch.expand(torch.mean(x, [0], True), [2, -1, -1, -1])\nz = torch.relu_(y)\nreturn y")
                .find("in-place") != std::string::npos);
  }

  void refusalsNameTheirReason() {
    const QTemporaryDir folder;
    const auto messageFor = [&](const std::string& lines) {
      return errorOf([&] { openBytes(folder, scriptArchive(moduleOf(lines), {{"w", weight()}})); });
    };
    QVERIFY(messageFor("return torch.no_such_thing(x)").find("no_such_thing") != std::string::npos);
    QVERIFY(messageFor("return ops.torchvision.nms(x, x, 0.5)").find("torchvision.nms") != std::string::npos);
    QVERIFY(messageFor("if bool(torch.gt(torch.sum(x), 0)):\n  y = x\nelse:\n  y = w\nreturn y").find("control flow") !=
            std::string::npos);
    QVERIFY(messageFor("while True:\n  y = x\nreturn x").find("too long") != std::string::npos);
    QVERIFY(messageFor("return self.forward(x)").find("deeply") != std::string::npos);
    QVERIFY(messageFor("return torch.dropout(x, 0.5, True)").find("training") != std::string::npos);
    QVERIFY(messageFor("return missing").find("missing") != std::string::npos);
  }

 private:
  static const std::vector<Case>& cases() {
    static const std::vector<Case> list{
        {"return torch.relu_(x)", [](const at::Tensor& x) { return at::relu(x); }},
        {"y = torch.add_(x, x)\nreturn torch.mul(x, y)", [](const at::Tensor& x) { return (x + x) * (x + x); }},
        {"y = torch.slice(x, 1, 1, 4, 2)\nz = torch.fill_(y, 3.)\nreturn x",
         [](const at::Tensor& x) {
           at::Tensor c = x.clone();
           c.slice(1, 1, 4, 2).fill_(3.0);
           return c;
         }},
        {"y = torch.select(torch.slice(x, 1, 1, 3), 3, -1)\nz = torch.mul_(y, 5)\nreturn torch.add(x, 1)",
         [](const at::Tensor& x) {
           at::Tensor c = x.clone();
           c.slice(1, 1, 3).select(3, -1).mul_(5);
           return c + 1;
         }},
        {"y = x\nfor i in range(torch.__range_length(5, 0, -2)):\n"
         "  y = torch.add(y, torch.__derive_index(i, 5, -2))\nreturn y",
         [](const at::Tensor& x) { return x + 9; }},
        {"l = [x]\nn = torch.insert(l, 0, torch.mul(x, 2))\nm = torch.insert(l, -1, torch.mul(x, 3))\n"
         "return torch.cat(l, 1)",
         [](const at::Tensor& x) {
           return at::cat({x * 2, x * 3, x}, 1);
         }},
        {"y = torch.transpose(x, 1, 3)\nz = torch.relu_(x)\nreturn y",
         [](const at::Tensor& x) { return at::relu(x).transpose(1, 3); }},
        {"return torch.view(x, [torch.size(x, 0), -1, 4])",
         [](const at::Tensor& x) {
           return x.view({2, -1, 4});
         }},
        {"n = ops.prim.NumToTensor(torch.size(x, 3))\nreturn torch.reshape(x, [int(torch.mul(n, 2)), -1])",
         [](const at::Tensor& x) {
           return x.reshape({16, -1});
         }},
        {"n = int(torch.floor_divide(ops.prim.NumToTensor(torch.size(x, 2)), 4))\nreturn torch.pad(x, [n, 0, 0, n], "
         "\"constant\", 2.)",
         [](const at::Tensor& x) {
           return at::constant_pad_nd(x, {1, 0, 0, 1}, 2.0);
         }},
        {"return torch.pad(x, [1, 2, 2, 1], \"reflect\")",
         [](const at::Tensor& x) {
           return at::reflection_pad2d(x, {1, 2, 2, 1});
         }},
        {"a, b, = torch.chunk(x, 2, 1)\nreturn torch.cat([b, a], 1)",
         [](const at::Tensor& x) {
           return at::cat({x.slice(1, 2), x.slice(1, 0, 2)}, 1);
         }},
        {"parts = torch.split(x, [1, 3], 1)\nreturn torch.mul(parts[1], parts[0])",
         [](const at::Tensor& x) { return x.slice(1, 1) * x.slice(1, 0, 1); }},
        {"return torch.roll(x, [-2, 3], [2, 3])",
         [](const at::Tensor& x) {
           return at::roll(x, {-2, 3}, {2, 3});
         }},
        {"return torch.flip(x, [3])", [](const at::Tensor& x) { return at::flip(x, {3}); }},
        {"return torch.softmax(torch.matmul(x, torch.transpose(x, -2, -1)), -1)",
         [](const at::Tensor& x) { return at::softmax(at::matmul(x, x.transpose(-2, -1)), -1); }},
        {"return torch.mean(x, [2, 3], True)",
         [](const at::Tensor& x) {
           return x.mean({2, 3}, true);
         }},
        {"return torch.var(x, [1], True, True)", [](const at::Tensor& x) { return x.var({1}, true, true); }},
        {"return torch.linalg_vector_norm(x, 2, [1], True)", [](const at::Tensor& x) { return x.norm(2, {1}, true); }},
        {"return torch.gelu(x)", [](const at::Tensor& x) { return at::gelu(x); }},
        {"return torch.hardswish_(x)", [](const at::Tensor& x) { return at::hardswish(x); }},
        {"return torch.hardsigmoid(x)", [](const at::Tensor& x) { return at::hardsigmoid(x); }},
        {"return torch.silu(x)", [](const at::Tensor& x) { return at::silu(x); }},
        {"return torch.clamp(x, -0.5, 0.25)", [](const at::Tensor& x) { return at::clamp(x, -0.5, 0.25); }},
        {"return torch.pow(x, 3)", [](const at::Tensor& x) { return at::pow(x, 3); }},
        {"return torch.masked_fill(x, torch.gt(x, 0), -2.)",
         [](const at::Tensor& x) { return at::masked_fill(x, x.gt(0), -2.0); }},
        {"return torch.where(torch.lt(x, 0), torch.neg(x), torch.rsub(x, 1))",
         [](const at::Tensor& x) { return at::where(x.lt(0), -x, 1 - x); }},
        {"return torch.max_pool2d(x, [3, 3], [2, 2], [1, 1], [1, 1], True)",
         [](const at::Tensor& x) { return at::max_pool2d(x, 3, 2, 1, 1, true); }},
        {"return torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], True, False)",
         [](const at::Tensor& x) { return at::avg_pool2d(x, 3, 2, 1, true, false); }},
        {"return torch.adaptive_avg_pool2d(x, [4, 3])",
         [](const at::Tensor& x) {
           return at::adaptive_avg_pool2d(x, {4, 3});
         }},
        {"return torch.adaptive_avg_pool2d(x, [1, 1])",
         [](const at::Tensor& x) {
           return at::adaptive_avg_pool2d(x, {1, 1});
         }},
        {"return torch.upsample_bilinear2d(x, [9, 13], True, None)",
         [](const at::Tensor& x) {
           return at::upsample_bilinear2d(x, {9, 13}, true);
         }},
        {"return torch.upsample_bilinear2d(x, None, False, [2., 2.])",
         [](const at::Tensor& x) {
           return at::upsample_bilinear2d(x, {12, 16}, false, 2.0, 2.0);
         }},
        {"return torch.upsample_nearest2d(x, [15, 20], None)",
         [](const at::Tensor& x) {
           return at::upsample_nearest2d(x, {15, 20});
         }},
        {"return torch.upsample_bicubic2d(x, [9, 13], False, None)",
         [](const at::Tensor& x) {
           return at::upsample_bicubic2d(x, {9, 13}, false);
         }},
        {"return torch.pixel_shuffle(x, 2)", [](const at::Tensor& x) { return at::pixel_shuffle(x, 2); }},
        {"return torch.group_norm(x, 2, None, None, 1e-05, True)",
         [](const at::Tensor& x) { return at::group_norm(x, 2); }},
        {"return torch.layer_norm(torch.permute(x, [0, 2, 3, 1]), [4], None, None, 1e-05, True)",
         [](const at::Tensor& x) {
           return at::layer_norm(x.permute({0, 2, 3, 1}), {4});
         }},
        {"return torch.linear(torch.flatten(x, 2), torch.reshape(torch.slice(torch.flatten(w, 0, -1), 0, 0, 96), [2, "
         "48]), None)",
         [](const at::Tensor& x) {
           return at::linear(x.flatten(2), weight().flatten().slice(0, 0, 96).reshape({2, 48}));
         }},
        {"return torch.einsum(\"bchw,bdhw->bcd\", [x, x])",
         [](const at::Tensor& x) {
           return at::einsum("bchw,bdhw->bcd", {x, x});
         }},
        {"i = torch.arange(0, 3, dtype=4, layout=None, device=torch.device(\"cpu\"), pin_memory=False)\n"
         "return torch.index(x, annotate(List[Optional[Tensor]], [None, i, i]))",
         [](const at::Tensor& x) {
           const at::Tensor i = at::arange(3);
           return x.index({at::indexing::Slice(), i, i});
         }},
        {"a, b, = torch.max(x, 1)\nreturn a", [](const at::Tensor& x) { return std::get<0>(x.max(1)); }},
        {"a, b, = torch.topk(x, 2, 3)\nreturn a", [](const at::Tensor& x) { return std::get<0>(x.topk(2, 3)); }},
        {"return torch.sum(torch.stack(torch.unbind(x, 1), -1), [1], False, dtype=None)",
         [](const at::Tensor& x) { return at::stack(x.unbind(1), -1).sum({1}); }},
        {"return torch.scaled_dot_product_attention(x, x, x)",
         [](const at::Tensor& x) {
           return at::matmul(at::softmax(at::matmul(x, x.transpose(-2, -1)) / std::sqrt(8.0), -1), x);
         }},
        {"y = x\nfor i in range(3):\n  y = torch.add(y, x, alpha=2)\nif torch.eq(torch.dim(x), 4):\n  z = y\nelse:\n  "
         "z = x\nreturn z",
         [](const at::Tensor& x) { return x * 7; }},
        {"d = {\"out\": torch.sin(x)}\nreturn d[\"out\"]", [](const at::Tensor& x) { return at::sin(x); }},
    };
    return list;
  }
};

QTEST_APPLESS_MAIN(TestScript)
#include "test_script.moc"
