#pragma once

#include "app/generator/generator_page.h"

class QCheckBox;
class QTabWidget;

namespace unitscope {

class ConceptSwitches;
class EditList;
class PaintPanel;
class StagePanel;
class UnitGallery;
class UnitPainter;
class UnitSwitchPanel;

/// The generator's units as switches: one by one, by concept, or under a brush.
class UnitsPage : public GeneratorPage {
  Q_OBJECT
 public:
  UnitsPage(const Context& context, GeneratorStage& stage, StagePanel& panel, QWidget* parent = nullptr);

  QString id() const override { return QStringLiteral("units"); }
  QString title() const override { return tr("Units"); }
  QString explanation() const override {
    return tr("Switch units off, turn them up, or paint with them, and watch the picture");
  }
  QJsonObject saveState() const override;
  void restoreState(const QJsonObject& state) override;
  bool busy() const override;
  void setActive(bool active) override;

  UnitGallery* gallery() const { return gallery_; }
  QTabWidget* tools() const { return tools_; }
  UnitSwitchPanel* switches() const { return switches_; }
  ConceptSwitches* conceptSwitches() const { return concepts_; }
  PaintPanel* paint() const { return paint_; }
  EditList* edits() const { return edits_; }
  QCheckBox* overlay() const { return overlay_; }

 private:
  void choose(const QString& layer, const std::vector<std::int64_t>& units);
  void follow();
  void tellSelection();
  void open(int unit);
  void showOverlay();
  void tellPainter();

  StagePanel& panel_;
  bool active_ = false, telling_ = false;
  UnitGallery* gallery_;
  UnitPainter* painter_;
  QTabWidget* tools_;
  UnitSwitchPanel* switches_;
  ConceptSwitches* concepts_;
  PaintPanel* paint_;
  EditList* edits_;
  QCheckBox* overlay_;
};

}  // namespace unitscope
