#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/parameters.h"
#include "engine/array.h"
#include "engine/model_card.h"
#include "graph/graph.h"
#include "graph/layers.h"
#include "image/image.h"
#include "runtime/progress.h"

namespace unitscope {

struct ModelFile;

/// Where and how a model computes.
struct ComputeSettings {
  std::string device = "cpu";    ///< "cpu", "cuda", "cuda:1", "mps"
  bool bfloat16 = false;         ///< forward passes only
  std::size_t memoryBudget = 0;  ///< bytes; 0 means the default
};

struct Prediction {
  std::int64_t index = 0;
  std::string label;         ///< "class 7" where the model has no labels
  double probability = 0.0;  ///< softmax over the outputs, or the sigmoid of this one
  double score = 0.0;        ///< logit
};

/// A curve that a method gives with its map.
struct AnswerCurve {
  std::string title, xTitle, yTitle;
  std::vector<double> x, y;
  std::optional<double> level;
  std::string levelTitle;
};

/// A picture that a method gives with its map, as the network takes it, [1,C,H,W].
struct AnswerPicture {
  std::string title;
  Array picture;
};

struct AttributionAnswer {
  Array map;  ///< [N,C,h,w] in the method's own resolution and channels
  std::int64_t target = 0;
  std::string layer;  ///< the layer that was used, if any
  std::vector<float> channelScores;
  std::vector<std::string> notes;
  std::vector<AnswerCurve> curves;
  std::vector<AnswerPicture> pictures;
  double seconds = 0.0;
};

struct AttributionQuestion {
  std::string method;        ///< id of the method
  Array input;               ///< preprocessed [1,C,H,W]
  std::int64_t target = -1;  ///< class or output channel; -1 means the model's first choice
  std::string layer;         ///< name; empty means the method's default
  ParameterValues parameters;

  // Other scores than a class of the network's output; see AttributionQuery.
  std::string unitLayer;      ///< explains channel `target` of this layer instead of a class
  std::int64_t against = -1;  ///< class whose score is taken off
  Array region;               ///< [h,w] weights of the output's places; empty for all
  Array resemble;             ///< a second image, preprocessed [1,C,H,W]: the score is the outputs' cosine similarity
  Array segments;             ///< [H,W] numbers of superpixels; empty: the method finds some
  /// Given what is there so far, on the calling thread.
  std::function<void(const AttributionAnswer&)> preview;
};

struct LayerChoice {
  std::string name;
  std::string shape;  ///< "[1, 512, 13, 13]"
};

/// An opened network that answers questions in plain values: the one door for windows and command line, which
/// never see LibTorch. Every call that computes belongs on one thread at a time (the engine thread); graph(),
/// layers() and card() may be read from any thread once opened.
class Model {
 public:
  /// Reads the file, finds its card, checks that every operator is known. Throws Error naming the file.
  static std::shared_ptr<Model> open(const std::filesystem::path& file, const ComputeSettings& settings = {},
                                     const Progress& progress = {}, const CancelToken& cancel = {});
  /// The same for a file that was read already; `file` is where it lies. Throws Error as open() does.
  static std::shared_ptr<Model> fromFile(ModelFile read, const std::filesystem::path& file,
                                         const ComputeSettings& settings = {});
  static std::shared_ptr<Model> fromGraph(Graph graph, ModelCard card, const ComputeSettings& settings = {});
  ~Model();

  const Graph& graph() const;
  const std::string& format() const;
  const std::filesystem::path& file() const;
  const std::vector<std::string>& notes() const;
  const std::vector<Layer>& layers() const;
  const ModelCard& card() const;
  void setCard(ModelCard card);
  const ComputeSettings& settings() const;
  std::string label(std::int64_t index) const;

  /// [1,C,H,W] (or [1,H,W,C] if the card says so), as the card describes.
  Array preprocess(const Image& image) const;
  /// What the network sees, back as a picture (undoes mean and std). For previews and overlays.
  Image pictureOf(const Array& input) const;
  /// Output of a value for the input, whatever its shape.
  Array activations(const Array& input, ValueId value, const CancelToken& cancel = {});
  /// Scores [N,K] of the card's output; outputs with spatial extent are averaged over places.
  Array scores(const Array& input, const CancelToken& cancel = {});
  /// Best classes of one image, best first, `top` at most.
  std::vector<Prediction> classify(const Array& input, int top, const CancelToken& cancel = {});
  std::vector<Prediction> predictionsFrom(const Array& scores, std::int64_t row, int top) const;
  AttributionAnswer attribute(const AttributionQuestion& question, const Progress& progress = {},
                              const CancelToken& cancel = {});
  /// Output shape of each layer for an input of the card's size, by index into layers(); found by evaluating once.
  const std::vector<Shape>& layerShapes(const CancelToken& cancel = {});
  /// Layers with spatial extent that CAM methods can use, last first.
  std::vector<LayerChoice> spatialLayers(const CancelToken& cancel = {});

  /// LibTorch side, for code that may see it (core and command line only): see engine/model_internal.h.
  struct Internal;
  Internal& internal();

 private:
  Model();
  std::unique_ptr<Internal> internal_;
};

/// The methods of this build, in the order in which they are shown.
std::vector<MethodInfo> attributionMethods();
/// Devices that this LibTorch can use, best first: "cpu", "cuda:0"...
std::vector<std::string> availableDevices();
/// "LibTorch 1.13.1, OpenBLAS, oneDNN, 2 threads", for About and bug reports.
std::string engineDescription();

}  // namespace unitscope
