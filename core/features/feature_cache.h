#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/fingerprint.h"
#include "features/visualise.h"

namespace unitscope {

/// Name under which the picture of question.goals[index] is kept. Callbacks do not matter to it; parameters at their
/// defaults and not set at all are the same. Where the goal belongs to a group, the whole group counts. Throws Error
/// for unknown methods and parameters.
std::string featureKey(const std::string& fingerprint, const FeatureQuestion& question, std::size_t index = 0);

/// Finished pictures in a folder, so that a gallery opens at once the second time: a PNG and a small JSON for each.
/// The folder never holds much more than `limit` bytes: what was not looked at for longest goes first. Any number of
/// threads and programs may use one folder at once; each entry appears whole or not at all. Entries that are damaged
/// are dropped and count as missing. Looking one up reads one small file, and is safe from any thread.
class FeatureCache {
 public:
  /// The folder is made with the first picture. An empty path keeps nothing.
  explicit FeatureCache(std::filesystem::path folder, std::uint64_t limit = std::uint64_t{256} << 20);

  /// The picture, with `goal` empty but for what the caller knows: it is not stored. Never throws.
  std::optional<FeaturePicture> find(const std::string& key) const;
  /// Whether there is an entry, without reading it.
  bool has(const std::string& key) const;
  /// Keeps it. A folder that cannot be written to is no error: false then.
  bool store(const std::string& key, const FeaturePicture& picture);
  /// Bytes that the folder's entries take now.
  std::uint64_t bytes() const;
  void clear();

  const std::filesystem::path& folder() const noexcept { return folder_; }

 private:
  std::filesystem::path folder_;
  std::uint64_t limit_;
};

/// visualise() that takes from the cache what is there, makes the rest, and keeps it. The callbacks see goals' numbers
/// as in the question.
std::vector<FeaturePicture> visualiseCached(Model& model, const std::string& fingerprint, FeatureCache& cache,
                                            const FeatureQuestion& question, const Progress& progress = {},
                                            const CancelToken& cancel = {});

}  // namespace unitscope
