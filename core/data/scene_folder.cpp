#include "data/scene_folder.h"

#include <cstdio>
#include <string>
#include <system_error>

#include "runtime/atomic_file.h"
#include "runtime/error.h"

namespace unitscope {
namespace {

void makeFolder(const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (!std::filesystem::is_directory(folder, problem)) throw Error(folder.string(), "is not a folder that can be made");
}

}  // namespace

void writeSceneFolder(const std::filesystem::path& folder, const SceneFolderOptions& options, const Progress& progress,
                      const CancelToken& cancel) {
  makeFolder(folder / "images");
  makeFolder(folder / "masks");
  std::string names, table = "file,time of day,marked";
  for (const std::string_view name : sceneClassNames()) (names += name) += '\n';
  for (const std::string_view name : sceneThingNames()) (table += ',') += name;
  table += '\n';
  for (std::int64_t i = 0; i < options.count; ++i) {
    if (cancel.cancelled()) throw Cancelled();
    Scene scene = renderScene(options.seed, options.first + static_cast<std::uint64_t>(i), options.scene);
    char file[32];
    std::snprintf(file, sizeof file, "%06lld.png", static_cast<long long>(i));
    const int size = scene.picture.width;
    saveImage(scene.picture, folder / "images" / file);
    saveImage({size, size, 1, std::move(scene.classes)}, folder / "masks" / file);
    ((table += file) += ',') += timeOfDayName(scene.attributes.time);
    table += scene.attributes.marked ? ",1" : ",0";
    for (std::size_t k = 0; k < kSceneThings; ++k) table += scene.attributes.present[k] ? ",1" : ",0";
    table += '\n';
    progress.report(static_cast<double>(i + 1) / static_cast<double>(options.count));
  }
  writeFileAtomically(folder / "classes.txt", names);
  writeFileAtomically(folder / "scenes.csv", table);
}

}  // namespace unitscope
