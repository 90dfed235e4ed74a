#pragma once

#include <functional>
#include <memory>

#include <QObject>
#include <QString>

#include "app/context.h"
#include "gan/causal_effects.h"
#include "gan/gan_dissection.h"

namespace unitscope {

class GeneratorStage;

using GanDissectionPtr = std::shared_ptr<const GanDissection>;
using CausalEffectsPtr = std::shared_ptr<const CausalEffects>;

/// What is known of the concepts that the generator's units draw: its dissection, and what switching them does. Made in
/// the background, or read from a file on another thread; kept in the user's cache folder, and handed to the stage for
/// the other pages.
class GanKnowledge : public QObject {
  Q_OBJECT
 public:
  GanKnowledge(const Context& context, GeneratorStage& stage, QObject* parent = nullptr);

  const GanDissectionPtr& dissection() const { return dissection_; }
  /// Null while nothing was measured.
  const CausalEffectsPtr& effects() const { return effects_; }
  bool dissecting() const { return dissecting_; }
  bool measuring() const { return measuring_; }
  /// Whether a file is still being read.
  bool reading() const { return reading_ > 0; }
  bool busy() const { return dissecting_ || measuring_ || reading(); }
  /// Why the last work failed; empty where it did not.
  const QString& failure() const { return failure_; }

  /// Reads what the program found before, unless there is a dissection.
  void look();
  /// `segmenter`: a file or the name of a built-in network that says what the pixels show.
  void dissect(const GanDissectQuestion& question, const QString& segmenter);
  /// Switches the units of each concept. There must be a dissection.
  void measure(const CausalQuestion& question, const QString& segmenter);
  /// Looks for the units of one concept that act on it together, and switches these.
  void optimise(const OptimiseQuestion& question, const QString& segmenter);
  void stop();
  void open(const QString& file);
  /// Tells of it in the messages.
  void save(const QString& file);

 Q_SIGNALS:
  void dissectionChanged();
  void effectsChanged();
  void busyChanged();

 private:
  struct Measured {
    CausalEffectsPtr effects;
    GanDissectionPtr dissection;
  };
  struct Found {
    GanDissectionPtr dissection;
    bool fits = true;
    QString problem;
  };
  void forget();
  void askHash();
  void read(const QString& file, bool tells);
  void take(const GanDissectionPtr& dissection);
  void began(bool& flag);
  void measureWith(const QString& title, std::function<Measured(Generator&, const Progress&, const CancelToken&)> work);
  QString cacheFile() const;

  Context context_;
  GeneratorStage& stage_;
  QString hash_;  // of the network; empty until known
  bool askedHash_ = false;
  int round_ = 0, reading_ = 0;
  bool dissecting_ = false, measuring_ = false;
  QString failure_;
  GanDissectionPtr dissection_;
  CausalEffectsPtr effects_;
};

}  // namespace unitscope
