#pragma once

#include <functional>
#include <memory>

#include <QString>

class QObject;

namespace unitscope {

class Model;

/// The network's fingerprint, by which results are kept for it, computed aside: large networks take longer than a
/// frame. Empty where there is none; nothing is kept for it then.
void askModelHash(QObject* receiver, const std::shared_ptr<Model>& model,
                  const std::function<void(const QString& hash)>& done);

}  // namespace unitscope
