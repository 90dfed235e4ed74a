#include "app/generator/lent_generator.h"

#include <optional>

#include "app/app_settings.h"
#include "zoo/embedded_models.h"

namespace unitscope {

BackgroundModel backgroundModel(const Context& context) {
  return {context.document.model(), context.document.card(), context.settings.compute()};
}

std::shared_ptr<Generator> generatorOf(Model& lent) {
  // The bridge owns the network, for longer than the work takes.
  return Generator::from(std::shared_ptr<Model>(std::shared_ptr<Model>(), &lent));
}

std::shared_ptr<Model> networkNamed(const QString& name, const ComputeSettings& compute, const CancelToken& cancel) {
  if (name.isEmpty()) return nullptr;
  if (std::optional<ReadModel> own = readBuiltInModel(name.toStdString()))
    return Model::fromGraph(std::move(own->graph), std::move(own->card), compute);
  return Model::open(name.toStdString(), compute, {}, cancel);
}

}  // namespace unitscope
