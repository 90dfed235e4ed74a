#pragma once

#include <map>
#include <memory>

#include "activations/unit_effect.h"
#include "app/context.h"
#include "app/neurons/neurons_state.h"
#include "app/neurons/page_part.h"

class QPushButton;

namespace unitscope {

class BarList;

/// What a unit is for: how far the score of each class drops over the data when it is off, alone or together with the
/// other units that are switched.
class PurposePart : public PagePart {
  Q_OBJECT
 public:
  explicit PurposePart(const Context& context, QWidget* parent = nullptr);
  void showUnit(const UnitAddress& address) override;
  void setScales(const QVector<UnitScale>& scales);
  void setData(const QString& data);
  bool busy() const override { return measuring_; }
  BarList* list() const { return list_; }
  QPushButton* measureButton() const { return measure_; }
  QPushButton* measureAllButton() const { return measureAll_; }

 private:
  void forget();
  void measure(bool switched);
  void showFound();
  QString keyOf(bool switched) const;

  Context context_;
  UnitAddress address_;
  QVector<UnitScale> scales_;
  QString data_ = QStringLiteral("scenes");
  bool measuring_ = false;
  int round_ = 0;
  std::map<QString, std::shared_ptr<const UnitEffects>> found_;
  QString shown_;  // key in found_
  QPushButton *measure_, *measureAll_;
  BarList* list_;
};

}  // namespace unitscope
