#pragma once

#include <vector>

#include <QScrollArea>
#include <QString>

#include "app/context.h"
#include "app/weight_facts.h"
#include "runtime/progress.h"

class QFormLayout;
class QVBoxLayout;

namespace unitscope {

/// The right side: what is known of whatever is selected (network, layer, unit, place, image, class).
class InspectorPanel : public QScrollArea {
  Q_OBJECT
 public:
  explicit InspectorPanel(const Context& context, QWidget* parent = nullptr);
  ~InspectorPanel() override;
  /// The facts shown now, "Shape: [1, 64, 13, 13]" one a line.
  QString asText() const;

 Q_SIGNALS:
  void cardWanted();

 private:
  struct Fact {
    QString section, name, value;
  };
  void rebuild();
  void rebuildSoon();
  void addNetwork();
  void addLayer();
  void addUnit(const unitscope::Shape& shape);
  void addWeights();
  void addPicture();
  void addTarget();
  void addSection(const QString& title);
  void addFact(const QString& name, const QString& value, bool copies = false);
  void askWeights();

  Context context_;
  QVBoxLayout* column_;
  QFormLayout* form_ = nullptr;
  QString section_;
  std::vector<Fact> facts_;
  QString weightsOf_;  // the layer whose weights are in weights_ or asked for
  std::vector<WeightFacts> weights_;
  CancelToken weightsCancel_;
  bool rebuildPosted_ = false;
};

}  // namespace unitscope
