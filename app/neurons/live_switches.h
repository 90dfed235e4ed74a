#pragma once

#include <memory>
#include <vector>

#include <QObject>
#include <QVector>

#include "app/context.h"
#include "app/counterfactual/turnstile.h"
#include "app/document.h"
#include "app/neurons/neurons_state.h"

namespace unitscope {

/// What the network says of a picture with units switched off or turned up, as quickly as it can be told: one question
/// is under way at a time, and of those that come meanwhile the newest is asked next.
class LiveSwitches : public QObject {
  Q_OBJECT
 public:
  struct Answer {
    QVector<UnitScale> scales;
    std::vector<Prediction> before, after;  ///< all classes, best first
  };

  explicit LiveSwitches(const Context& context, QObject* parent = nullptr);

  /// Asks unless that is known already. No picture: nothing is known.
  void ask(ImageId image, const QVector<UnitScale>& scales);
  /// Null until there is one for the picture.
  const Answer* answer() const { return answer_.get(); }
  bool busy() const { return turnstile_.busy(); }

 Q_SIGNALS:
  void answered();

 private:
  struct Board;
  void forget();

  Context context_;
  Turnstile turnstile_;
  std::shared_ptr<Board> board_;  // its contents belong to the engine thread
  std::unique_ptr<Answer> answer_;
  ImageId image_ = 0;
  QVector<UnitScale> scales_;
  int round_ = 0;
};

}  // namespace unitscope
