#include "app/model_hash.h"

#include "app/aside.h"
#include "engine/fingerprint.h"

namespace unitscope {

void askModelHash(QObject* receiver, const std::shared_ptr<Model>& model,
                  const std::function<void(const QString& hash)>& done) {
  runAside<QString>(
      receiver,
      [model] {
        try {
          return QString::fromStdString(modelFingerprint(*model));
        } catch (const std::exception&) {
          return QString();
        }
      },
      [done](const QString& hash) { done(hash); });
}

}  // namespace unitscope
