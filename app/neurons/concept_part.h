#pragma once

#include "app/neurons/page_part.h"

class QPushButton;

namespace unitscope {

class BarList;
class UnitKnowledge;

/// Which concepts a unit agrees with, best first.
class ConceptPart : public PagePart {
  Q_OBJECT
 public:
  explicit ConceptPart(UnitKnowledge& knowledge, QWidget* parent = nullptr);
  void showUnit(const UnitAddress& address) override;
  BarList* list() const { return list_; }
  QPushButton* dissectButton() const { return dissect_; }

 Q_SIGNALS:
  void dissectWanted();

 private:
  void showFound();
  UnitKnowledge& knowledge_;
  UnitAddress address_;
  BarList* list_;
  QPushButton* dissect_;
};

}  // namespace unitscope
