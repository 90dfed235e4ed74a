#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include <QColor>
#include <QObject>
#include <QString>
#include <QStringList>

namespace unitscope {

/// What a dissection says of one unit.
struct UnitLabel {
  QString conceptName;  ///< the concept it agrees with best; empty for none
  double iou = NAN;     ///< with that concept
};

/// Units of a layer that draw a concept together: what one switch acts on.
struct ConceptGroup {
  QString name;                     ///< "tree"
  QString category;                 ///< "class", "color"...; may be empty
  QColor color;                     ///< of the concept in charts; invalid: no colour of its own
  std::vector<std::int64_t> units;  ///< best first, never empty
  /// What to hold each of the units at where the concept is to be drawn; as many as units.
  std::vector<double> high;
  double iou = NAN;      ///< of the best unit
  double removed = NAN;  ///< share of the concept's pixels that goes when the units are off, where it was measured
};

struct LayerConcepts {
  std::vector<UnitLabel> units;      ///< by number of the unit; may be shorter than the layer has units
  std::vector<ConceptGroup> groups;  ///< in the order to show them in
};

/// What is known of the concepts that the generator's units draw. A dissection fills it in; pages that switch and paint
/// read it. Owned by the stage, and empty whenever another network is opened.
class GeneratorConcepts : public QObject {
  Q_OBJECT
 public:
  explicit GeneratorConcepts(QObject* parent = nullptr) : QObject(parent) {}

  bool empty() const { return layers_.empty(); }
  /// Names as Model::layers() has them, in the order of evaluation.
  const QStringList& layers() const { return order_; }
  /// Null where the layer was not dissected.
  const LayerConcepts* of(const QString& layer) const;
  /// Null where the layer has no group of this name.
  const ConceptGroup* group(const QString& layer, const QString& name) const;

  /// Replaces everything. Groups that are unfit for a switch (no units, `high` of another length) are left out.
  void set(const QStringList& order, std::map<QString, LayerConcepts> layers);
  void clear();

 Q_SIGNALS:
  void changed();

 private:
  QStringList order_;
  std::map<QString, LayerConcepts> layers_;
};

}  // namespace unitscope
