#pragma once

#include <vector>

#include "app/context.h"

class QWidget;

namespace unitscope {

class GeneratorPage;
class GeneratorStage;
class StagePanel;

/// The pages of the generator workspace in the order of its tabs. `panel` shows the picture, for those that paint on it
/// or lay something over it.
std::vector<GeneratorPage*> makeGeneratorPages(const Context& context, GeneratorStage& stage, StagePanel& panel,
                                               QWidget* parent);

}  // namespace unitscope
