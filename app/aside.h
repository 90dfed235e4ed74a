#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <QCoreApplication>
#include <QObject>
#include <QPointer>
#include <QThreadPool>

namespace unitscope {

/// Small work that needs nothing of the engine's thread, which may be busy for minutes: runs on a thread of a pool, and
/// hands the answer to `done` on the GUI thread while `receiver` lives. Work that throws (it was cancelled, say) has no
/// answer.
template <class T>
void runAside(QObject* receiver, std::function<T()> work, std::function<void(T)> done) {
  QThreadPool::globalInstance()->start(
      [receiver = QPointer<QObject>(receiver), work = std::move(work), done = std::move(done)] {
        auto answer = std::make_shared<std::optional<T>>();
        try {
          answer->emplace(work());
        } catch (const std::exception&) {
          return;
        }
        // Whether the receiver is still there is only certain on its own thread.
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [receiver, done, answer] {
              if (receiver) done(std::move(**answer));
            },
            Qt::QueuedConnection);
      });
}

}  // namespace unitscope
