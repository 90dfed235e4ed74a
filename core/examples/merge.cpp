#include <optional>

#include "examples/collect.h"
#include "examples/examples_state.h"
#include "runtime/error.h"

namespace unitscope {

namespace fs = std::filesystem;

void mergeExamples(const std::vector<fs::path>& files, const fs::path& out, const Progress& progress,
                   const CancelToken& cancel) {
  if (files.empty()) throw Error("merge", "needs files to join");
  std::optional<ExamplesState> whole;
  for (std::size_t i = 0; i < files.size(); ++i) {
    cancel.check();
    progress.report(static_cast<double>(i) / static_cast<double>(files.size() + 1), files[i].string());
    ExamplesState part = readExamples(files[i]);
    for (std::size_t p = 0; p < part.header.parts.size(); ++p)
      if (part.header.blocksDone[p] != part.header.blocksOf(part.header.parts[p]))
        throw Error(files[i].string(), "is the checkpoint of a run that is not done; let it resume first");
    if (whole)
      whole->add(part, files[i].string());
    else
      whole = std::move(part);
  }
  whole->header.pictures = static_cast<std::int64_t>(whole->pictures.size());
  writeExamples(*whole, out);
  progress.report(1.0);
}

}  // namespace unitscope
