#pragma once

#include <QObject>

#include "app/counterfactual/cover_scorer.h"
#include "app/counterfactual/turnstile.h"
#include "app/engine_bridge.h"

namespace unitscope {

/// What covering one window does to the explained class.
struct HoverReading {
  PixelBox window;
  double before = 0.0, after = 0.0;                        ///< score of the class
  double probabilityBefore = 0.0, probabilityAfter = 0.0;  ///< its share
  double drop() const { return before - after; }
};

/// Answers for the window under the pointer as fast as the network can; a newer place replaces one that waits.
class HoverProbe : public QObject {
  Q_OBJECT
 public:
  explicit HoverProbe(EngineBridge& engine, QObject* parent = nullptr);

  /// The picture that is covered, in the network's resolution. What came before is forgotten.
  void setPicture(const std::shared_ptr<Model>& model, const ImagePtr& seen, CoverContent content);
  void probe(const PixelBox& window, int target);
  /// The pointer has left.
  void forget() { turnstile_.forget(); }
  bool busy() const { return turnstile_.busy(); }

 Q_SIGNALS:
  void answered(const unitscope::HoverReading& reading);
  void busyChanged();

 private:
  /// Made on the engine thread by the first question about a picture.
  struct Prepared;
  void ask(const PixelBox& window, int target);
  EngineBridge& engine_;
  std::shared_ptr<Prepared> prepared_;
  Turnstile turnstile_;
};

}  // namespace unitscope
