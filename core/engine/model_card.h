#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace unitscope {

/// What a network expects and means, where its file does not say: preprocessing, labels, task. Kept as JSON beside
/// the model ("NAME.card.json") or in the user's settings.
struct ModelCard {
  enum class Task { Classifier, Generator, Segmenter, Features };
  enum class Resize { ShortSideThenCrop, Stretch };

  std::string title;
  Task task = Task::Classifier;
  std::string input;  ///< name of the graph input that takes the picture
  int channels = 3;   ///< 1 or 3
  int height = 224, width = 224;
  int resizeTo = 256;  ///< short side before the centre crop; ignored by Stretch
  Resize resize = Resize::ShortSideThenCrop;
  bool bgr = false;            ///< channel order fed to the network
  bool channelsLast = false;   ///< input is [N,H,W,C] instead of [N,C,H,W]
  double scale = 1.0 / 255.0;  ///< x = (value * scale - mean) / std, value in 0..255
  std::vector<double> mean{0.485, 0.456, 0.406};
  std::vector<double> std{0.229, 0.224, 0.225};
  std::string output;                ///< name of the graph output that holds the scores
  bool outputIsProbability = false;  ///< the network ends in a softmax (or sigmoids)
  bool multiLabel = false;           ///< several classes may hold at once: a sigmoid each, no softmax over all
  std::string labelsFile;            ///< relative to the model, or absolute
  std::vector<std::string> labels;   ///< read from labelsFile, or given in place
  bool guessed = true;               ///< nobody has confirmed it yet
  std::vector<std::string> guesses;  ///< for the user: what was guessed and from what

  bool operator==(const ModelCard&) const = default;
};

std::string toJson(const ModelCard& card);
/// Throws Error(origin, reason) for malformed JSON, unknown tasks, and sizes or numbers out of range.
ModelCard cardFromJson(std::string_view json, const std::string& origin);

/// Where the card of a model lies: "<model>.card.json".
std::filesystem::path cardPathFor(const std::filesystem::path& model);
/// The card beside the model, else a guess from the graph (input shape, class count: 1000 means ImageNet's
/// preprocessing, 32x32 inputs CIFAR's...). Labels come from a `labels` file beside the model
/// ("<stem>_labels.txt", "<stem>.labels.txt", "labels.txt", "imagenet_labels.txt" for 1000 classes).
ModelCard findCard(const std::filesystem::path& model, const Graph& graph);
/// Writes atomically. Throws Error when the folder is read-only.
void saveCard(const ModelCard& card, const std::filesystem::path& file);
/// One label a line. Throws Error naming the file for unreadable or binary ones.
std::vector<std::string> readLabels(const std::filesystem::path& file);

}  // namespace unitscope
