#pragma once

#include <memory>
#include <vector>

#include <QCache>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QSet>
#include <QString>

#include "app/context.h"
#include "app/neurons/unit_knowledge.h"

namespace unitscope {

/// An example of a unit, ready to be seen.
struct ShownExample {
  Example example;
  QImage picture;  ///< as the network saw it; pale where the unit does not fire, with the box of what its place sees
  QImage crop;     ///< the part in the box; null where it is the whole
};

/// Pictures of the data that excite units, for tiles: the best ones side by side, or the mean of what the unit saw in
/// them. Read anew from the data for the units that are wanted.
class TopPictures : public QObject {
  Q_OBJECT
 public:
  enum class Kind { Top, Mean };
  /// `pane` names its questions to the engine.
  TopPictures(const Context& context, UnitKnowledge& knowledge, const QString& pane, QObject* parent = nullptr);

  void look(const QString& layer, Kind kind);
  /// In this order; those that are not listed are left.
  void want(const std::vector<int>& units);
  QImage picture(int unit) const;
  QString failure(int unit) const { return failures_.value(unit); }
  bool asking() const { return asking_; }
  void forget();

 Q_SIGNALS:
  void painted(int unit);

 private:
  void askNext();

  Context context_;
  UnitKnowledge& knowledge_;
  QString pane_, layer_;
  Kind kind_ = Kind::Top;
  ExamplesPtr of_;
  std::vector<int> wanted_;
  QCache<int, QImage> pictures_;
  QHash<int, QString> failures_;
  bool asking_ = false;
  int round_ = 0;
};

/// Examples with the picture shaded by where the unit fires above `level`. Engine thread. Throws Error and Cancelled as
/// firingMask() and exampleCrops() do.
std::vector<ShownExample> showExamples(Model& model, ExampleStore& store, const QString& layer, int unit, double level,
                                       const std::vector<Example>& examples, const CancelToken& cancel);

}  // namespace unitscope
