#pragma once

#include <vector>

#include "activations/neighbours.h"
#include "activations/unit_correlations.h"
#include "app/context.h"
#include "app/neurons/page_part.h"

class QPushButton;
class QLabel;

namespace unitscope {

class TileGrid;
class UnitKnowledge;
class UnitPortraits;

/// Whom a unit works with: the units that feed it, those that it feeds, and those that fire together with it. A click
/// walks there.
class NeighboursPart : public PagePart {
  Q_OBJECT
 public:
  NeighboursPart(const Context& context, UnitPortraits& portraits, UnitKnowledge& knowledge, QWidget* parent = nullptr);
  void showUnit(const UnitAddress& address) override;
  /// Which data the correlations are over.
  void setData(const QString& data) { data_ = data; }
  bool busy() const override { return reading_ || correlating_; }
  TileGrid* incoming() const { return grids_[0]; }
  TileGrid* outgoing() const { return grids_[1]; }
  TileGrid* together() const { return grids_[2]; }
  QPushButton* correlateButton() const { return correlate_; }

 Q_SIGNALS:
  void unitWanted(const QString& layer, int unit);

 private:
  /// A unit to walk to.
  struct Neighbour {
    UnitAddress address;
    QString text, help;
  };
  void forget();
  void read();
  void correlate();
  void fill(int grid, std::vector<Neighbour> neighbours, const QString& empty);
  void showTogether();
  void wish();

  Context context_;
  UnitPortraits& portraits_;
  UnitKnowledge& knowledge_;
  UnitAddress address_;
  QString data_ = QStringLiteral("scenes");
  bool reading_ = false, correlating_ = false;
  int round_ = 0;
  std::shared_ptr<const UnitCorrelations> correlations_;
  QString correlationsOf_;  // layer
  std::vector<Neighbour> neighbours_[3];
  TileGrid* grids_[3];
  QLabel* titles_[3];
  QPushButton* correlate_;
};

}  // namespace unitscope
