#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "data/label_lists.h"
#include "engine/model_card.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

constexpr std::int64_t kLargestSide = 16384;
constexpr std::int64_t kImageNetClasses = 1000;
constexpr int kFarthestHead = 24;
constexpr std::uintmax_t kLargestCard = std::uintmax_t{32} << 20;

bool isOneOf(std::string_view op, std::initializer_list<std::string_view> known) {
  return std::ranges::find(known, op) != known.end();
}

const Shape* shapeOf(const Graph& graph, ValueId id) {
  return id != kNoValue && graph.value(id).shape ? &*graph.value(id).shape : nullptr;
}

/// The input that takes the picture: the first with four dimensions, else the first that has to be fed.
ValueId pictureInput(const Graph& graph) {
  ValueId first = kNoValue;
  for (const ValueId id : graph.inputs()) {
    if (graph.value(id).data) continue;
    if (const Shape* shape = shapeOf(graph, id); shape != nullptr && shape->size() == 4) return id;
    if (first == kNoValue) first = id;
  }
  return first;
}

const Node* producerOf(const Graph& graph, ValueId id) {
  if (id == kNoValue || graph.value(id).producer == kNoNode) return nullptr;
  return &graph.node(graph.value(id).producer);
}

/// Rows of the weights of the last layer that has some: the number of classes where the file states no shape.
std::optional<std::int64_t> widthOfHead(const Graph& graph, ValueId output) {
  const Node* node = producerOf(graph, output);
  for (int step = 0; node != nullptr && step < kFarthestHead; ++step) {
    const ValueId weightId = node->input(1);
    const bool hasWeight = weightId != kNoValue && graph.value(weightId).data.has_value();
    if (hasWeight && isOneOf(node->op, {"Gemm", "MatMul", "Conv"})) {
      const Shape& weight = graph.value(weightId).data->shape();
      if (weight.size() < 2) return std::nullopt;
      if (node->op == "Conv" || (node->op == "Gemm" && node->intOr("transB", 0) != 0)) return weight.front();
      return weight.back();
    }
    if (!isOneOf(node->op, {"Softmax", "LogSoftmax", "Sigmoid", "Flatten", "Reshape", "Squeeze", "Identity", "Add",
                            "Relu", "GlobalAveragePool", "AveragePool", "ReduceMean", "Dropout", "Cast", "Mul"}))
      return std::nullopt;
    node = producerOf(graph, node->input(0));
  }
  return std::nullopt;
}

bool endsInSoftmax(const Graph& graph, ValueId output) {
  const Node* node = producerOf(graph, output);
  for (int step = 0; node != nullptr && step < 4; ++step) {
    if (node->op == "Softmax") return true;
    if (!isOneOf(node->op, {"Flatten", "Reshape", "Squeeze", "Identity", "Cast"})) return false;
    node = producerOf(graph, node->input(0));
  }
  return false;
}

/// Whether the network itself subtracts a mean or divides, so that it wants plain values in 0..1.
bool normalisesItself(const Graph& graph, ValueId input) {
  for (const Node& node : graph.nodes()) {
    if (std::ranges::find(node.inputs, input) == node.inputs.end()) continue;
    if (node.op == "BatchNormalization") return true;
    if (!isOneOf(node.op, {"Sub", "Div", "Mul", "Add"})) continue;
    for (const ValueId other : node.inputs)
      if (other != input && other != kNoValue && graph.value(other).data) return true;
  }
  return false;
}

/// Guesses one thing after another, writing down from what.
class Guess {
 public:
  explicit Guess(const Graph& graph) : graph_(graph) {}

  ModelCard card() {
    card_.title = graph_.name;
    card_.guessed = true;
    input();
    output();
    values();
    published();
    return std::move(card_);
  }
  std::optional<std::int64_t> classes() const { return classes_; }

 private:
  void note(std::string text) { card_.guesses.push_back(std::move(text)); }
  void published();
  void input();
  void output();
  void values();
  void drawing(const Shape& picture);
  void imageNet() {
    card_.mean = {0.485, 0.456, 0.406};
    card_.std = {0.229, 0.224, 0.225};
  }

  const Graph& graph_;
  ModelCard card_;
  ValueId inputId_ = kNoValue;
  bool picture_ = false;
  std::optional<std::int64_t> classes_;
};

void Guess::input() {
  inputId_ = pictureInput(graph_);
  if (inputId_ == kNoValue) return note("The network has no input.");
  card_.input = graph_.value(inputId_).name;
  const Shape* shape = shapeOf(graph_, inputId_);
  if (shape == nullptr) {
    picture_ = true;
    return note("The file does not say how large the input is: 3 x 224 x 224 is assumed.");
  }
  if (shape->size() != 4) return note("The input " + toString(*shape) + " is not a picture.");
  const auto isColours = [](std::int64_t n) { return n == 1 || n == 3; };
  // A latent [N,100,1,1] is no picture one pixel high.
  card_.channelsLast = isColours((*shape)[3]) && !isColours((*shape)[1]) && (*shape)[2] != 1;
  const std::size_t c = card_.channelsLast ? 3 : 1;
  const std::size_t h = card_.channelsLast ? 1 : 2;
  const std::int64_t channels = (*shape)[c];
  picture_ = channels < 0 || isColours(channels);
  if (!picture_) return note("An input of " + std::to_string(channels) + " channels is not a picture.");
  card_.channels = channels == 1 ? 1 : 3;
  if (card_.channelsLast) note("Channels come last in the input.");
  const auto side = [&](std::int64_t length, int& into) {
    if (length > 0 && length <= kLargestSide) into = static_cast<int>(length);
    return length > 0;
  };
  const bool known = side((*shape)[h], card_.height) && side((*shape)[h + 1], card_.width);
  const std::string size = std::to_string(card_.height) + " x " + std::to_string(card_.width);
  note(known ? "The input's shape says " + size + "." : "The network takes any size: " + size + " is assumed.");
  // torchvision's habit: the crop is 7/8 of the short side. Small pictures are not cropped.
  const int shorter = std::min(card_.height, card_.width);
  card_.resizeTo = shorter >= 160 ? static_cast<int>(std::lround(shorter / 0.875)) : shorter;
  if (card_.height != card_.width) card_.resize = ModelCard::Resize::Stretch;
}

void Guess::output() {
  if (graph_.outputs().empty()) return note("The network has no output.");
  const ValueId id = graph_.outputs().front();
  card_.output = graph_.value(id).name;
  const Shape* shape = shapeOf(graph_, id);
  classes_ = widthOfHead(graph_, id);
  if (shape != nullptr && shape->size() >= 2 && (*shape)[1] > 0) classes_ = (*shape)[1];
  const bool map = shape != nullptr && shape->size() == 4 && ((*shape)[2] != 1 || (*shape)[3] != 1);
  if (!picture_) {
    card_.task = map && ((*shape)[1] == 1 || (*shape)[1] == 3) ? ModelCard::Task::Generator : ModelCard::Task::Features;
  } else if (map) {
    card_.task = ModelCard::Task::Segmenter;
  } else if (classes_.value_or(2) < 2 || (shape != nullptr && shape->size() == 3)) {
    card_.task = ModelCard::Task::Features;
  }
  if (card_.task == ModelCard::Task::Generator) drawing(*shape);
  card_.outputIsProbability = endsInSoftmax(graph_, id);
  if (card_.outputIsProbability) note("The network ends in a softmax, so its output is taken as probabilities.");
}

/// A generator's card tells of the picture that comes out.
void Guess::drawing(const Shape& picture) {
  card_.channels = static_cast<int>(picture[1]);
  const auto isSide = [](std::int64_t n) { return n > 0 && n <= kLargestSide; };
  if (!isSide(picture[2]) || !isSide(picture[3])) return;
  card_.height = static_cast<int>(picture[2]);
  card_.width = static_cast<int>(picture[3]);
  card_.resizeTo = std::min(card_.height, card_.width);
  note("The network draws pictures of " + std::to_string(card_.height) + " x " + std::to_string(card_.width) + ".");
}

/// Published generators, rebuilt from their weights: the card tells of the picture's values, and what others mean.
void Guess::published() {
  constexpr std::array<std::string_view, 5> kKnown = {"pggan-genforce", "stylegan-genforce", "stylegan2-genforce",
                                                      "stylegan2-rosinality", "biggan-deep"};
  if (card_.task != ModelCard::Task::Generator || std::ranges::find(kKnown, graph_.name) == kKnown.end()) return;
  card_.mean.assign(static_cast<std::size_t>(card_.channels), 0.5);
  card_.std = card_.mean;
  std::string text = "A published generator: z is its latent";
  if (graph_.find("class") != kNoValue) text += ", class a one-hot vector";
  if (graph_.find("w") != kNoValue) text += ", w what the mapping network makes of it, w_plus the style of each layer";
  card_.guesses = {text + "; its pictures have values from -1 to 1."};
}

void Guess::values() {
  if (card_.task == ModelCard::Task::Generator && graph_.find("w") != kNoValue && graph_.find("w_plus") != kNoValue) {
    card_.mean.assign(static_cast<std::size_t>(card_.channels), 0.5);
    card_.std = card_.mean;
    const std::string classes = graph_.find("class") != kNoValue ? ", class is one-hot" : "";
    return note("A style-based generator: " + card_.input + " is its latent, w what the mapping network makes of it, " +
                "w_plus the style of each layer" + classes + "; values from -1 to 1 are assumed in the picture.");
  }
  if (!picture_) {
    card_.mean.assign(card_.mean.size(), 0.0);
    card_.std.assign(card_.std.size(), 1.0);
    return;
  }
  const int side = card_.height;
  if (normalisesItself(graph_, inputId_)) {
    card_.mean.assign(static_cast<std::size_t>(card_.channels), 0.0);
    card_.std.assign(static_cast<std::size_t>(card_.channels), 1.0);
    note("The network normalises its input itself: values from 0 to 1 are assumed.");
  } else if (card_.channels == 1) {
    card_.mean = {side == 28 ? 0.1307 : 0.5};
    card_.std = {side == 28 ? 0.3081 : 0.5};
    note(side == 28 ? "28 x 28 grey values: MNIST's mean and deviation are assumed."
                    : "Grey values from -1 to 1 are assumed.");
  } else if (classes_ == kImageNetClasses + 1) {
    // TensorFlow's networks count a background class and take values from -1 to 1.
    card_.mean = {0.5, 0.5, 0.5};
    card_.std = {0.5, 0.5, 0.5};
    note("1001 classes: TensorFlow's values from -1 to 1 are assumed.");
  } else if (classes_ == kImageNetClasses) {
    imageNet();
    note("1000 classes: ImageNet's mean and deviation are assumed.");
  } else if (side == 32 && card_.width == 32) {
    card_.mean = {0.4914, 0.4822, 0.4465};
    card_.std = {0.2470, 0.2435, 0.2616};
    note("32 x 32 colours: CIFAR-10's mean and deviation are assumed.");
  } else {
    imageNet();
    note("ImageNet's mean and deviation are assumed, as most networks are trained from such.");
  }
}

/// Labels beside the model, if a file there has one line for each class.
void findLabels(ModelCard& card, const std::filesystem::path& model, std::optional<std::int64_t> classes) {
  if (card.task == ModelCard::Task::Generator || card.task == ModelCard::Task::Features) return;
  const std::string stem = model.stem().string();
  std::vector<std::string> names{stem + "_labels.txt", stem + ".labels.txt", "labels.txt"};
  if (classes == kImageNetClasses) names.emplace_back("imagenet_labels.txt");
  for (const std::string& name : names) {
    const std::filesystem::path file = model.parent_path() / name;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) continue;
    try {
      std::vector<std::string> labels = readLabels(file);
      if (classes && static_cast<std::int64_t>(labels.size()) != *classes) {
        card.guesses.push_back(name + " has " + std::to_string(labels.size()) + " labels for " +
                               std::to_string(*classes) + " classes, so it is left aside.");
        continue;
      }
      card.labels = std::move(labels);
      card.labelsFile = name;
      card.guesses.push_back("Labels are taken from " + name + ".");
      return;
    } catch (const Error& error) {
      card.guesses.push_back("Labels: " + std::string(error.what()) + ".");
    }
  }
  if (classes != kImageNetClasses) return;
  card.labels = builtInLabels("imagenet1k");
  card.guesses.push_back("1000 classes: ImageNet's names are assumed, in torchvision's order.");
}

/// The file's text, or nothing where there is no such file. Throws Error for what cannot be a card.
std::optional<std::string> readCard(const std::filesystem::path& file) {
  std::error_code problem;
  if (!std::filesystem::exists(file, problem)) return std::nullopt;
  if (!std::filesystem::is_regular_file(file, problem)) throw Error(file.string(), "is not a file that can be read");
  if (std::filesystem::file_size(file, problem) > kLargestCard || problem)
    throw Error(file.string(), "is too large for a model card");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(file.string(), "cannot be read");
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace

ModelCard findCard(const std::filesystem::path& model, const Graph& graph) {
  Guess guess(graph);
  ModelCard guessed = guess.card();
  if (isOneOf(guessed.title, {"", "main_graph", "torch_jit", "torch-jit-export"}))
    guessed.title = model.stem().string();
  const std::filesystem::path file = cardPathFor(model);
  try {
    if (const auto text = readCard(file)) {
      ModelCard card = cardFromJson(*text, file.string());
      if (graph.find(card.input) == kNoValue) card.input = guessed.input;
      if (graph.find(card.output) == kNoValue) card.output = guessed.output;
      // The list is the newer of the two where a card has both.
      if (!card.labelsFile.empty()) {
        try {
          card.labels = readLabels(model.parent_path() / card.labelsFile);
        } catch (const Error& error) {
          card.guesses.push_back("Labels: " + std::string(error.what()) + ".");
        }
      }
      return card;
    }
  } catch (const Error& error) {
    // A broken card must not keep the model from opening; the user confirms a guess instead.
    guessed.guesses.insert(guessed.guesses.begin(), "The card was not used: " + std::string(error.what()) + ".");
  }
  findLabels(guessed, model, guess.classes());
  return guessed;
}

}  // namespace unitscope
