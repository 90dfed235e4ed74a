#pragma once

#include <memory>

#include <QString>

#include "app/context.h"
#include "app/engine_bridge.h"
#include "gan/generator.h"

namespace unitscope {

/// The open network, for EngineBridge::askInBackground().
BackgroundModel backgroundModel(const Context& context);
/// The generator in the network that work in the background was lent; to be gone when the work is done.
std::shared_ptr<Generator> generatorOf(Model& lent);
/// A network by the name of its file or of a built-in one; null for an empty name. Throws Error naming the file. Not
/// for the GUI thread.
std::shared_ptr<Model> networkNamed(const QString& name, const ComputeSettings& compute, const CancelToken& cancel);

}  // namespace unitscope
