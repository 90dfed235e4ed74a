#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace unitscope {

/// Everything that the user sets in the concepts workspace.
struct ConceptsState {
  QString view = QStringLiteral("detectors");  ///< one of views()
  QString data = QStringLiteral("scenes");     ///< "scenes", "scenes-biased" or a folder with masks
  /// Network that says what the pixels show, a file or a built-in one; empty: the data's own masks.
  QString segmenter;
  int pictures = 1000;
  double topShare = 0.01;  ///< of a unit's activations that counts as firing
  double iou = 0.04;       ///< from which a unit is a detector
  bool allLayers = true;   ///< else the chosen one alone is dissected
  bool unique = false;     ///< layers are compared by concepts found instead of units
  QString layer;           ///< empty: the last one that has detectors
  QString conceptName;     ///< chosen; empty for none
  QString category;        ///< only its concepts are shown; empty for all
  double vectorShare = 0.05;
  int epochs = 30;
  QStringList concepts;                  ///< to learn vectors of; empty for all
  QString plus, minus;                   ///< chosen concept + plus - minus
  int opacity = 60;                      ///< of the mask, percent
  QString file, otherFile, vectorsFile;  ///< results that were opened
  bool operator==(const ConceptsState&) const = default;

  static const QStringList& views();
  /// Whether the view shows concept vectors; else it shows the dissection.
  bool ofVectors() const;

  QJsonObject toJson() const;
  /// Takes what it understands; the rest is as by default.
  static ConceptsState fromJson(const QJsonObject& json);
};

}  // namespace unitscope
