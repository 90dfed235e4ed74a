#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gan/inversion.h"
#include "image/image.h"

namespace unitscope::cli {

/// Pictures by what they are called, in the generator's form: "scenes" (rendered, of the series that no training saw),
/// "noise", "textures" (squares, stripes, waves, slopes, patches of random colours), an IDX file, a picture or a folder
/// of them. Of pictures larger than the generator's, `count` crops of several sizes, spread over them, are taken. The
/// same for the same numbers. Throws Error naming the file.
std::vector<Image> picturesCalled(const std::string& name, const Generator& generator, std::int64_t count);

}  // namespace unitscope::cli
