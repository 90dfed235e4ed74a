#pragma once

#include <QVector>
#include <QWidget>

#include "app/context.h"
#include "app/neurons/neurons_state.h"
#include "app/neurons/page_part.h"

class QBoxLayout;
class QScrollArea;
class QToolButton;

namespace unitscope {

class ConceptPart;
class ElidedLabel;
class ExamplesPart;
class LiveSwitches;
class NeighboursPart;
class PortraitsPart;
class PurposePart;
class ResponsesPart;
class SwitchPart;
class UnitKnowledge;
class UnitPortraits;

/// Everything that is known of one unit, and its switch. Escape closes it; comma and full stop go to the unit before
/// and after it in the gallery.
class UnitPage : public QWidget {
  Q_OBJECT
 public:
  UnitPage(const Context& context, UnitPortraits& portraits, UnitKnowledge& knowledge, LiveSwitches& switches,
           QWidget* parent = nullptr);

  /// A unit of -1: nothing is shown, and nothing asked for.
  void showUnit(const UnitAddress& address);
  const UnitAddress& address() const { return address_; }
  void setState(const NeuronsState& state);
  bool busy() const;

  PortraitsPart* portraits() const { return portraitsPart_; }
  SwitchPart* switcher() const { return switch_; }
  ConceptPart* concepts() const { return concept_; }
  ResponsesPart* responses() const { return responses_; }
  ExamplesPart* examples() const { return examples_; }
  PurposePart* purpose() const { return purpose_; }
  NeighboursPart* neighbours() const { return neighbours_; }
  QToolButton* closeButton() const { return close_; }

 Q_SIGNALS:
  void closed();
  void stepWanted(int by);
  void factorWanted(double factor);
  void allOnWanted();
  void unitWanted(const QString& layer, int unit);
  void collectWanted();
  void dissectWanted();
  void exampleOpened(const QString& name, const QImage& picture);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void makeLayout();
  void showTitle();

  UnitKnowledge& knowledge_;
  UnitAddress address_;
  PortraitsPart* portraitsPart_;
  SwitchPart* switch_;
  ConceptPart* concept_;
  ResponsesPart* responses_;
  ExamplesPart* examples_;
  PurposePart* purpose_;
  NeighboursPart* neighbours_;
  QVector<PagePart*> parts_;
  QToolButton *close_, *before_, *after_;
  ElidedLabel* title_;
  QScrollArea* scroll_;
  QBoxLayout* columns_;
};

}  // namespace unitscope
