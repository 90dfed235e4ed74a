#include "app/generator/generator_pages.h"

#include "app/generator/generator_page.h"
#include "app/generator/generator_stage.h"

namespace unitscope {

std::vector<GeneratorPage*> makeGeneratorPages(const Context& context, GeneratorStage& stage, QWidget* parent) {
  Q_UNUSED(context)
  Q_UNUSED(stage)
  Q_UNUSED(parent)
  return {};
}

}  // namespace unitscope
