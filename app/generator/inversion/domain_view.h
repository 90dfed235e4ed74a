#pragma once

#include <optional>
#include <vector>

#include <QWidget>

#include "app/generator/inversion/inversion_work.h"

class QLabel;
class QPushButton;

namespace unitscope {

class DataBox;
class ThresholdHistogram;

/// Whether the generator can draw this picture at all: a verdict, and for each measure where the picture stands among
/// pictures that the generator can draw.
class DomainView : public QWidget {
  Q_OBJECT
 public:
  explicit DomainView(QWidget* parent = nullptr);

  void setFinding(const std::optional<DomainFinding>& finding, const DomainReferencePtr& reference);
  void setReady(const QString& reasonIfNot, bool running);
  /// Tells nobody.
  void setKnown(const QString& known);

  QLabel* verdict() const { return verdict_; }
  QPushButton* checkButton() const { return check_; }
  DataBox* known() const { return known_; }
  const std::vector<ThresholdHistogram*>& histograms() const { return histograms_; }

 Q_SIGNALS:
  void checkWanted();
  void stopWanted();
  void knownPicked(const QString& known);  ///< "scenes", "samples", or a folder
  void knownFolderWanted();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void show();

  std::optional<DomainFinding> finding_;
  DomainReferencePtr reference_;
  bool running_ = false;
  QPushButton* check_;
  DataBox* known_;
  QString chosenKnown_;
  QLabel* verdict_;
  std::vector<QLabel*> titles_;
  std::vector<ThresholdHistogram*> histograms_;
};

}  // namespace unitscope
