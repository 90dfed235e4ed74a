#pragma once

#include <vector>

#include "app/context.h"

class QWidget;

namespace unitscope {

class GeneratorPage;
class GeneratorStage;

/// The pages of the generator workspace in the order of its tabs.
std::vector<GeneratorPage*> makeGeneratorPages(const Context& context, GeneratorStage& stage, QWidget* parent);

}  // namespace unitscope
