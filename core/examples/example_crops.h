#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/model.h"
#include "examples/example_store.h"
#include "image/image.h"
#include "sources/picture_source.h"

namespace unitscope {

/// An example as it is shown: the picture as the network sees it, and the part that the unit saw.
struct ExampleCrop {
  Image picture;
  Image crop;    ///< the part of `picture` in `box`
  FieldBox box;  ///< in pixels of `picture`
};

/// The pictures of examples, read anew from `source` (openPictures() with the store's data and seed). Pictures that
/// several examples share are read once. One that cannot be read any more comes out empty. Cancelled.
std::vector<ExampleCrop> exampleCrops(const Model& model, const PictureSource& source,
                                      const std::vector<Example>& examples, const CancelToken& cancel = {});

/// The mean of what the unit saw in the examples: crops laid over one another by the middle of their fields, each pixel
/// averaged over the crops that reach it; grey where none does. As large as the field, the input's size at most. Empty
/// where no picture can be read.
Image meanOfCrops(const Model& model, const PictureSource& source, const std::vector<Example>& examples,
                  const ReceptiveField& field, const CancelToken& cancel = {});

/// Where a unit fires on a preprocessed picture [1,...]: its map enlarged bilinearly to the input's size, 1 above
/// `level`, else 0, as [H,W]. A dense unit gives all or nothing. Throws Error for a layer or unit that does not exist
/// or has no places.
Array firingMask(Model& model, const Array& input, const std::string& layer, std::int64_t unit, double level,
                 const CancelToken& cancel = {});
/// The enlarged map itself, [H,W].
Array firingMap(Model& model, const Array& input, const std::string& layer, std::int64_t unit,
                const CancelToken& cancel = {});

}  // namespace unitscope
