#include "app/input_cache.h"

#include <algorithm>

namespace unitscope {

namespace {
constexpr std::size_t kEntries = 16;
}

PreparedInput InputCache::prepare(const Model& model, const ImagePtr& picture) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.model == &model && entry.picture == picture;
  });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front().prepared;
  }
  PreparedInput prepared;
  auto input = std::make_shared<Array>(model.preprocess(*picture));
  prepared.seen = std::make_shared<Image>(model.pictureOf(*input));
  prepared.input = std::move(input);
  entries_.push_front({&model, picture, prepared});
  if (entries_.size() > kEntries) entries_.pop_back();
  return prepared;
}

}  // namespace unitscope
