#include "app/generator/generator_pages.h"

#include "app/generator/concepts/dissection_page.h"
#include "app/generator/directions/directions_page.h"
#include "app/generator/generator_page.h"
#include "app/generator/generator_stage.h"
#include "app/generator/inversion/inversion_page.h"
#include "app/generator/samples/samples_page.h"
#include "app/generator/units/units_page.h"

namespace unitscope {

std::vector<GeneratorPage*> makeGeneratorPages(const Context& context, GeneratorStage& stage, StagePanel& panel,
                                               QWidget* parent) {
  return {
      new SamplesPage(context, stage, panel, parent), new UnitsPage(context, stage, panel, parent),
      new DissectionPage(context, stage, parent),     new DirectionsPage(context, stage, parent),
      new InversionPage(context, stage, parent),
  };
}

}  // namespace unitscope
