#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/array.h"
#include "runtime/progress.h"

namespace unitscope {

class Generator;
class Model;

/// Something that pictures have more or less of, and that a number can be given for.
struct PictureAttribute {
  enum class Kind {
    ClassProbability,  ///< "class:boat": a classifier's answer, 0..1
    ClassScore,        ///< "score:boat": the same before sigmoid or softmax, which does not saturate
    ConceptArea,       ///< "area:tree": share of the pixels that a segmenter calls so, 0..1
    ColorArea,         ///< "color:green": share of the pixels that one of the eleven basic colours names, 0..1
    Brightness,        ///< "brightness": mean luma, 0..1
    Contrast,          ///< "contrast": standard deviation of the luma
    Saturation,        ///< "saturation": mean (max - min) / max of red, green and blue, 0..1
    Warmth,            ///< "warmth": mean red minus mean blue, -1..1
    HandLabels         ///< "hand:NAME": what a person said; never scored by itself
  };
  /// Which rows of the picture count. Not for class scores.
  enum class Band { Whole, Top, Middle, Bottom };  ///< "brightness@top": thirds

  Kind kind = Kind::Brightness;
  std::string name;  ///< label of the class, concept or colour, name of the hand labels; a class's number is taken too
  Band band = Band::Whole;

  bool operator==(const PictureAttribute&) const = default;
};

/// "class:boat", "area:tree", "brightness@top": what attributeFrom() reads.
std::string textOf(const PictureAttribute& attribute);
/// Throws Error that says what there is, for anything else.
PictureAttribute attributeFrom(const std::string& text);

/// The networks that give scores. Null: the embedded scene classifier and scene segmenter, opened when one is needed.
struct AttributeModels {
  std::shared_ptr<Model> classifier, segmenter;
};

/// What can be asked: the classifier's classes (as ClassProbability and as ClassScore), the segmenter's concepts, the
/// basic colours, and the statistics of the whole picture and its thirds. Runs the networks once where their cards have
/// no labels. Throws Error where a network cannot be opened or takes no pictures.
std::vector<PictureAttribute> availableAttributes(const AttributeModels& models = {});

/// Gives pictures their scores. Belongs on the engine thread, as its networks do.
class AttributeScorer {
 public:
  /// Throws Error for attributes that the networks do not know, and for HandLabels.
  explicit AttributeScorer(std::vector<PictureAttribute> attributes, const AttributeModels& models = {});
  ~AttributeScorer();
  AttributeScorer(AttributeScorer&&) noexcept;
  AttributeScorer& operator=(AttributeScorer&&) noexcept;

  const std::vector<PictureAttribute>& attributes() const;

  /// Scores [N,K] of pictures [N,C,H,W] in the generator's own range: a row a picture, a column an attribute. A picture
  /// of another size is resized to the networks' own, whole. Throws Error for other shapes; Cancelled.
  Array score(const Generator& generator, const Array& pictures, const Progress& progress = {},
              const CancelToken& cancel = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace unitscope
